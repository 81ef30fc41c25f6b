"""An `up` that cannot go on says why, what remains and how to go on; the rest is in tests/local/test_cloud.py."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.cli import main
from constructs_lib.local import environment, process


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty project as the current folder, and stop its cloud afterwards."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    process.stop(tmp_path / process.FOLDER)


def up(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["up", *words])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_an_emulator_that_cannot_be_installed_is_told_with_the_likely_cause(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "cache_folder", lambda: project)
    monkeypatch.setattr(environment, "_uv", lambda: "false")
    assert up() == 1
    said = capsys.readouterr().err
    assert "failed Installing the emulator (once)" in said
    assert "is the package registry reachable?" in said
    assert "The local cloud does not run; `cognito-app up` starts it again." in said


@pytest.mark.slow
def test_a_missing_extra_is_told_with_its_remedy_and_the_cloud_can_be_taken_down(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "constructs_lib.local.session", None)
    assert up("--app", "python app.py") == 1
    said = capsys.readouterr().err
    assert "pip install 'cognito-app-constructs[local]'" in said
    assert "still runs at" in said
    assert process.running(project / process.FOLDER) is not None
