"""Status where nothing runs; with a cloud it is tested in tests/local/test_cloud.py."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from constructs_lib.cli.status import command


def test_where_nothing_runs_it_says_how_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(command, [])
    assert said.exit_code == 0
    assert "`cognito-app up` starts one" in said.stdout


def test_the_same_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert json.loads(CliRunner().invoke(command, ["--format", "json"]).stdout) == {"running": False}


def test_it_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(command, [])
    assert list(tmp_path.iterdir()) == []
