"""Status where nothing runs; with a cloud it is tested in tests/local/test_cloud.py."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from constructs_lib.cli.status import _print, command
from constructs_lib.local import LocalCloud


def test_where_nothing_runs_it_says_how_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(command, [])
    assert said.exit_code == 0
    assert "`cognito-app up` starts one" in said.stdout


def test_status_as_json_has_the_same_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = json.loads(CliRunner().invoke(command, ["--format", "json"]).stdout)
    assert said == {"schema": "cognito-app/status/1", "running": False}


def test_status_changes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(command, [])
    assert list(tmp_path.iterdir()) == []


def test_a_shell_is_given_the_way_to_start_where_nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(command, ["--format", "env"])
    assert said.exit_code == 1
    assert "start one with `cognito-app up`" in said.stderr


def test_a_shell_is_given_what_makes_aws_mean_the_local_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"AWS_ACCESS_KEY_ID": "LKIAKEY", "AWS_SECRET_ACCESS_KEY": "a b", "PATH": "/bin"}
    running = SimpleNamespace(environment=lambda: environment)
    monkeypatch.setattr(LocalCloud, "attach", lambda: running)
    said = CliRunner().invoke(command, ["--format", "env"])
    assert said.stdout == "export AWS_ACCESS_KEY_ID=LKIAKEY\nexport AWS_SECRET_ACCESS_KEY='a b'\n"


@pytest.mark.parametrize(("types", "named"), [({"A::B::C", "X::Y::Z"}, True), ({"X::Y::Z"}, False)])
def test_of_the_types_that_are_not_emulated_only_those_of_the_stacks_are_named(
    capsys: pytest.CaptureFixture[str], types: set[str], *, named: bool
) -> None:
    empty = ("endpoint", "tls_endpoint", "ca_file", "region", "account", "pid", "state", "ministack")
    found: dict[str, Any] = {
        **dict.fromkeys(empty, ""),
        "overrides": [],
        "stacks": {},
        "outputs": {},
        "differs_from_aws": [],
        "accepted_but_not_emulated": ["A::B::C", "D::E::F"],
    }
    _print(found, types)
    said = capsys.readouterr().out
    assert ("not emulated, of the types in these stacks: A::B::C\n" in said) is named
    assert "D::E::F" not in said
