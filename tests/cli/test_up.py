"""An `up` that cannot go on says why, what remains and how to go on; the rest is in tests/local/test_cloud.py."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.cli import main
from constructs_lib.cli import up as up_command
from constructs_lib.local import emulator_environment, emulator_lifecycle


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty project as the current folder, and stop its cloud afterwards."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    emulator_lifecycle.stop(tmp_path / emulator_lifecycle.FOLDER)


def up(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["up", *words])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_an_emulator_that_cannot_be_installed_is_told_with_the_likely_cause(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emulator_environment, "cache_folder", lambda: project)
    monkeypatch.setattr(emulator_environment, "_uv", lambda: "false")
    assert up() == 1
    said = capsys.readouterr().err
    assert "failed Installing the emulator (once)" in said
    assert "check that the package registry is reachable" in said
    assert "The local cloud does not run; `cognito-app up` starts it again." in said


def test_a_missing_extra_is_told_with_its_remedy_before_anything_is_started(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "constructs_lib.local.session", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert up("--app", "python app.py") == 1
    assert capsys.readouterr().err == (
        "Error: boto3 is missing; install it with: pip install 'cognito-app-constructs[local]'\n"
    )
    assert not (project / emulator_lifecycle.FOLDER).exists()


def test_where_it_ends_the_consoles_address_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"http://127.0.0.1:4711/room/?token={'x' * 200}"
    monkeypatch.setattr(up_command, "_console", lambda _: address)
    cloud: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:9", folder=tmp_path)
    up_command._show_next(cloud, story=True)
    assert address in capsys.readouterr().err.splitlines()[1]
