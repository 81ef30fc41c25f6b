"""An `up` that cannot go on says why, what remains and how to go on; the rest is in tests/local/test_cloud.py."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.cli import main
from constructs_lib.cli import up as up_command
from constructs_lib.local import LocalCloud, emulator_environment, emulator_lifecycle


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
    assert up("--app", "python app.py") == 1
    said = capsys.readouterr().err
    assert "failed Installing the emulator (once)" in said
    assert "check that the package registry is reachable" in said
    assert "The local cloud does not run; `cognito-app up` starts it again." in said


def test_a_missing_extra_is_told_with_its_remedy_before_anything_is_started(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert up("--app", "python app.py") == 1
    assert capsys.readouterr().err == (
        "Error: boto3 is missing; install it with: pip install 'cognito-app-constructs[local]'\n"
    )
    assert not (project / emulator_lifecycle.FOLDER).exists()


def test_what_the_deployment_needs_is_imported_while_the_emulator_starts_and_not_before() -> None:
    program = (
        "import sys; from constructs_lib.cli import up; up.check_extras(story=True, watch=True); "
        "assert not {'boto3', 'requests', 'watchfiles'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_where_it_ends_the_consoles_address_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"http://127.0.0.1:4711/room/?token={'x' * 200}"
    monkeypatch.setattr(up_command, "_console", lambda _: address)
    cloud: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:9", folder=tmp_path)
    up_command._show_next(cloud, {}, story=True, page=tmp_path)
    assert address in capsys.readouterr().err.splitlines()[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "has no cdk.json; run this in the app's folder, or add --app 'python app.py'"),
        (["--app", "x", "--parameters", "Size"], "'Size' is not a parameter's value; write [STACK:]NAME=VALUE"),
        (["--app", "x", "--parameters", ":Size=1"], "':Size=1' is not a parameter's value; write"),
        (["--app", "x", "--context", "key"], "'key' is not a context value; write KEY=VALUE"),
        (["--app", "x", "--web", "--page", "none"], "none has no package-lock.json; name the folder of the page's"),
        (["--app", "x", "--port", "99999"], "99999 is not in the range 0<=x<=65535"),
    ],
)
def test_a_mistake_on_the_command_line_is_reported_before_anything_is_started(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    monkeypatch.setenv("HOME", str(project))
    assert up(*words) == 1
    assert said in capsys.readouterr().err
    assert not (project / emulator_lifecycle.FOLDER).exists()


def next_steps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], outputs: dict[str, dict[str, str]]
) -> list[str]:
    monkeypatch.setattr(up_command, "_console", lambda _: "none")
    cloud: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:9", folder=Path.cwd())
    up_command._show_next(cloud, outputs, story=False, page=Path.cwd())
    return [line.strip().partition(" ")[2].partition(" #")[0].strip() for line in capsys.readouterr().err.splitlines()]


def test_commands_for_a_client_are_proposed_only_if_a_stack_has_a_clients_outputs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = {"Region": "r", "UserPoolId": "r_1", "UserPoolClientId": "c", "IdentityPoolId": "r:1"}
    for_clients = {"try", "up --web", "outputs --outputs-file .local-cloud/outputs.json"}
    assert for_clients <= set(next_steps(monkeypatch, capsys, {"S": ids}))
    assert for_clients.isdisjoint(found := next_steps(monkeypatch, capsys, {"S": {"Region": "r"}}))
    assert "status" in found


@pytest.mark.parametrize(
    ("groups", "custom", "proposed"),
    [("editors", "{}", True), ("moderators", "{}", False), ("admins", '{"placeholders": {"tenant": "tenant"}}', True)],
)
def test_the_story_is_proposed_only_for_an_app_with_its_groups_or_with_tenants(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], groups: str, custom: str, *, proposed: bool
) -> None:
    ids = {"Region": "r", "UserPoolId": "r_1", "UserPoolClientId": "c", "IdentityPoolId": "r:1"}
    outputs = {"S": {**ids, "groups": f'[{{"{groups}": {{}}}}]', "customOutputs": custom}}
    assert ("try" in next_steps(monkeypatch, capsys, outputs)) is proposed


@pytest.mark.parametrize(
    ("activated", "program"), [(True, "cognito-app"), (False, ".venv/bin/cognito-app")], ids=["activated", "not"]
)
def test_the_next_steps_name_the_program_as_the_shell_finds_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, *, activated: bool, program: str
) -> None:
    environment = str(project / ".venv")
    monkeypatch.setattr(sys, "prefix", environment)
    monkeypatch.setenv("VIRTUAL_ENV", environment if activated else "")
    assert up_command._program() == program


@pytest.mark.parametrize("words", [["--port", "9"], ["--keep"]])
def test_options_that_a_running_cloud_cannot_take_are_no_fault_of_the_app(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    cloud = SimpleNamespace(endpoint_url="http://127.0.0.1:8", state=None)
    monkeypatch.setattr(LocalCloud, "attach", lambda: cloud)
    assert up("--app", "python app.py", *words) == 1
    said = capsys.readouterr().err
    assert "The local cloud still runs at http://127.0.0.1:8; `cognito-app down` stops it." in said
    assert "Correct" not in said
