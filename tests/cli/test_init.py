"""`cognito-app init` begins a project, asks on a terminal what it was not given, and writes over nothing."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from constructs_lib.cli.init import command


def test_a_project_is_begun_and_its_two_commands_are_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(tmp_path / "photo club"), "--template", "photos"])
    assert result.exit_code == 0, result.output
    assert "make up" in result.stdout
    assert "make test" in result.stdout
    assert "PhotoClubStack" in (tmp_path / "photo club" / "app.py").read_text().replace("photo-club", "")


def test_a_library_on_this_machine_is_named_as_none_that_ci_can_install(tmp_path: Path) -> None:
    wheel = tmp_path / "library.whl"
    wheel.touch()
    for number, (library, said) in enumerate([(str(wheel), True), ("https://example.com/library.whl", False)]):
        words = [str(tmp_path / f"p{number}"), "--template", "photos", "--library", library]
        result = CliRunner().invoke(command, words)
        assert ("names a path of this machine; for CI" in result.stdout) is said


def test_what_was_not_given_is_asked_for_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"Template": "api", "Name of the app": "todo", "Two users in its tests": "Ada, Bo"}
    asked: list[str] = []

    def prompt(question: str, **_: object) -> str:
        asked.append(question)
        return answers[question]

    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda _: True})())
    monkeypatch.setattr("click.prompt", prompt)
    folder = tmp_path / "new"
    assert command.main([str(folder)], standalone_mode=False) == 0
    assert asked == list(answers)
    assert "class TodoStack" in (folder / "stack.py").read_text()
    assert "ada = person" in (folder / "tests/test_story.py").read_text().replace(
        "ada, bo, url = person", "ada = person"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--people", "Ada"], "--people 'Ada' is not two names; write two, such as Alice,Bob"),
        (["--name", "1"], "name '1' is not valid"),
        (["--library", "missing.whl"], "library 'missing.whl' is not a file"),
        (["--template", "none"], "'none' is not one of"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_written(
    tmp_path: Path, words: list[str], message: str
) -> None:
    result = CliRunner().invoke(command, [str(tmp_path / "new"), *words])
    assert result.exit_code != 0
    assert message in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_a_file_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("mine")
    result = CliRunner().invoke(command, [str(tmp_path)])
    assert result.exit_code == 1
    assert "contains app.py" in result.stderr
    assert (tmp_path / "app.py").read_text() == "mine"
