"""A project is written with the names it is given, into a folder that holds nothing."""

import ast
import errno
import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from constructs_lib.starters import Names, requirement, starters, write

REPOSITORY = Path(__file__).parents[2]
NAMES = Names(app="photo-club", people=("Ada", "Bo"))
every_starter = pytest.mark.parametrize("name", starters())


def written(name: str, folder: Path) -> dict[str, str]:
    places = write(starters()[name], folder, NAMES, "the-library")
    return {place: (folder / place).read_text(encoding="utf-8") for place in places}


@every_starter
def test_a_project_has_what_its_two_commands_need(name: str, tmp_path: Path) -> None:
    files = written(name, tmp_path / "new")
    expected = {"Makefile", "setup.sh", "requirements.txt", "README.md", "app.py", "stack.py", "cdk.json", ".gitignore"}
    expected |= {f"tests/{each}.py" for each in ("conftest", "test_isolation", "test_template", "test_story")}
    expected |= {f".github/workflows/{each}.yml" for each in ("test", "review")}
    assert expected <= files.keys()
    assert not [place for place in files if "dot-" in place or "starter.json" in place or "__pycache__" in place]
    assert json.loads(files["cdk.json"])["app"] == "python app.py"
    assert tomllib.loads(files["pyproject.toml"])
    for place, text in files.items():
        if place.endswith(".py"):
            ast.parse(text, place)


@every_starter
def test_no_name_of_the_starter_is_left(name: str, tmp_path: Path) -> None:
    files = written(name, tmp_path)
    assert not [
        (place, word)
        for place, text in files.items()
        for word in ("MyApp", "my-app", "Alice", "alice", "Bob", "bob", "LIBRARY", "PURPOSE")
        if word in text
    ]
    assert "class PhotoClubStack(Stack):" in files["stack.py"]
    assert files["README.md"].startswith("# photo-club\n")
    assert "Ada" in files["tests/test_story.py"]
    assert files["requirements.txt"].splitlines()[-1] == "the-library"


def test_a_folder_that_holds_anything_is_refused_by_a_name_in_it(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="name an empty folder, or one that does not exist"):
        written("api", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(ValueError, match="is a file"):
        written("api", tmp_path / "notes.txt")


@pytest.mark.parametrize("existed", [False, True])
def test_a_project_that_cannot_be_written_completely_leaves_nothing_so_that_it_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, existed: bool
) -> None:
    folder, stock = tmp_path / "new", Path.open
    if existed:
        folder.mkdir()

    def full(path: Path, mode: str, **options: Any) -> Any:
        if mode == "x" and path.name == "stack.py":
            raise OSError(errno.ENOSPC, "No space left on device")
        return stock(path, mode, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with pytest.raises(OSError, match="No space left"):
            written("documents", folder)
    assert [path.name for path in tmp_path.rglob("*")] == (["new"] if existed else [])
    assert "stack.py" in written("documents", folder)


@pytest.mark.parametrize(
    ("app", "people", "message"),
    [
        ("1st", ("Ada", "Bo"), "use letters, digits and hyphens, beginning with a letter,"),
        ("my app", ("Ada", "Bo"), "name 'my app'"),
        ("my_app", ("Ada", "Bo"), "name 'my_app'"),
        ("app", ("Ada", "ada"), "people='ada' is one name for both"),
        ("app", ("Ada", "B-o"), "people='B-o' is not valid"),
        ("app", ("Ada", "Guest"), "people='Guest' is not valid"),
    ],
)
def test_names_that_nothing_can_have_are_refused(app: str, people: tuple[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Names(app=app, people=people)


def test_names_are_replaced_at_once() -> None:
    """So that a person called as the other one is in the starter stays themselves."""
    swapped = Names(app="alice-app", people=("Bob", "Alice"))
    assert swapped.written("MyApp my-app Alice bob") == "AliceApp alice-app Bob alice"


def test_the_library_comes_from_where_it_is_said_to(tmp_path: Path) -> None:
    extras = "[local,proof,testing,validation]"
    wheel = tmp_path / "a.whl"
    wheel.touch()
    assert requirement() == f"cognito-app-constructs{extras}=={version('cognito-app-constructs')}"
    assert requirement(str(wheel)) == f"cognito-app-constructs{extras} @ {wheel.as_uri()}"
    assert requirement("https://e.com/a.whl") == f"cognito-app-constructs{extras} @ https://e.com/a.whl"
    assert requirement("git+ssh://e.com/a") == f"cognito-app-constructs{extras} @ git+ssh://e.com/a"
    assert requirement("cognito-app-constructs>=0.1,<2") == f"cognito-app-constructs{extras}>=0.1,<2"
    assert requirement("cognito-app-constructs[local]") == "cognito-app-constructs[local]"
    with pytest.raises(ValueError, match=r"library 'missing\.whl' is not a file or folder here"):
        requirement("missing.whl")


def test_the_review_of_a_project_is_the_documented_one_with_its_own_library(tmp_path: Path) -> None:
    text = written("api", tmp_path)[".github/workflows/review.yml"]
    documented = (REPOSITORY / "docs/review/github-workflow.yml").read_text(encoding="utf-8").splitlines()
    differing = [line.strip() for line in text.splitlines() if line not in documented]
    assert differing == [
        "- run: pip install -r new/requirements.txt",
        '"$side/.venv/bin/pip" install --quiet -r "$side/requirements.txt"',
    ]
    assert "docs" not in text


@pytest.mark.parametrize("workflow", ["test", "review"])
def test_workflows_are_what_github_takes(workflow: str, tmp_path: Path) -> None:
    from check_jsonschema import main  # noqa: PLC0415 - takes a moment in each process that collects tests

    written("api", tmp_path)
    path = tmp_path / ".github" / "workflows" / f"{workflow}.yml"
    found = CliRunner().invoke(main, ["--builtin-schema", "vendor.github-workflows", str(path)])
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize("terminal", [True, False])
def test_the_set_up_shows_the_progress_of_the_installation_on_a_terminal_only(
    tmp_path: Path, *, terminal: bool
) -> None:
    written("api", tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "uv"):
        (programs / name).write_text(f'#!/bin/sh\necho "$@" >> {name}.txt\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    controller, screen = os.openpty()
    try:
        subprocess.run(
            ["/bin/sh", "setup.sh", sys.executable],
            cwd=tmp_path,
            stderr=screen if terminal else subprocess.DEVNULL,
            check=True,
        )
    finally:
        os.close(controller)
        os.close(screen)
    options = "" if terminal else "-q "
    assert (tmp_path / "uv.txt").read_text(encoding="utf-8") == f"pip install {options}-r requirements.txt\n"
