"""Down keeps what was kept, and deletes it only when asked twice."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from constructs_lib.cli.down import command


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".local-cloud" / "state"
    folder.mkdir(parents=True)
    (folder / "users.json").touch()
    return folder


def test_kept_state_stays_and_is_told(state: Path) -> None:
    said = CliRunner().invoke(command, [])
    assert said.exit_code == 0
    assert "No local cloud runs" in said.stderr
    assert f"are kept in {state}" in said.stdout
    assert state.exists()


def test_deletion_needs_a_confirmation(state: Path) -> None:
    said = CliRunner().invoke(command, ["--delete-state"], input="n\n")
    assert str(state) in said.stderr
    assert "are kept in" in said.stdout
    assert (state / "users.json").exists()


@pytest.mark.parametrize(("words", "answer"), [(["--delete-state"], "y\n"), (["--delete-state", "--yes"], "")])
def test_it_deletes_when_asked_twice(state: Path, words: list[str], answer: str) -> None:
    said = CliRunner().invoke(command, words, input=answer)
    assert "are deleted" in said.stdout
    assert not state.exists()


def test_yes_alone_deletes_nothing(state: Path) -> None:
    CliRunner().invoke(command, ["--yes"])
    assert (state / "users.json").exists()


def test_where_nothing_ran_and_nothing_is_kept_it_says_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(command, [])
    assert said.exit_code == 0
    assert said.stdout == ""


def test_without_standard_input_the_remedy_is_yes(state: Path) -> None:
    said = CliRunner().invoke(command, ["--delete-state"], input="")
    assert said.exit_code == 1
    assert "no answer can be read from standard input; add --yes" in said.stderr
    assert (state / "users.json").exists()
