"""The workflow that verifies an account is valid, uses no access keys, and requires the account ID as input."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner

from constructs_lib.cli.main import group

FILE = Path(__file__).parents[2] / "docs" / "verify" / "workflow.yml"


@pytest.fixture
def job() -> dict[str, Any]:
    document: dict[Any, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert document["permissions"] == {}
    assert set(document[True]) == {"workflow_dispatch"}  # YAML 1.1 reads `on` so
    assert list(document["jobs"]) == ["verify"]
    found: dict[str, Any] = document["jobs"]["verify"]
    return found


def test_it_fits_the_schema_of_github(tmp_path: Path) -> None:
    from check_jsonschema import main  # noqa: PLC0415 - takes a moment in each process that collects tests

    broken = tmp_path / "broken.yml"
    broken.write_text(FILE.read_text(encoding="utf-8").replace("runs-on:", "runs-ons:"), encoding="utf-8")
    for file, status in ((FILE, 0), (broken, 1)):
        done = CliRunner().invoke(main, ["--builtin-schema", "vendor.github-workflows", str(file)])
        assert done.exit_code == status, done.output


def test_its_permissions_are_read_and_an_oidc_token_only(job: dict[str, Any]) -> None:
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert job["environment"] == "verify"
    text = FILE.read_text(encoding="utf-8")
    assert "secrets." not in text
    assert not re.search(r"aws-(access-key-id|secret-access-key)", text)


def test_the_account_that_was_typed_is_the_only_one_that_credentials_are_taken_for(job: dict[str, Any]) -> None:
    taking = [step["with"] for step in job["steps"] if "configure-aws-credentials" in step.get("uses", "")]
    assert len(taking) == 2
    assert {each["allowed-account-ids"] for each in taking} == {"${{ inputs.account }}"}


def test_inputs_are_not_inserted_into_scripts(job: dict[str, Any]) -> None:
    assert not any("${{" in step["run"] for step in job["steps"] if "run" in step)


def test_each_command_is_one_that_the_command_line_takes(job: dict[str, Any]) -> None:
    text = "\n".join(step["run"].replace("\\\n", "") for step in job["steps"] if "run" in step)
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("cognito-app ")]
    assert len(lines) == 2
    for line in lines:
        _, name, *words = shlex.split(line)
        command = group.get_command(click.Context(group), name)
        assert command is not None
        command.make_context(name, list(words)).close()
        assert {"--account", "--region"} <= set(words)


def test_a_failed_or_cancelled_run_is_swept(job: dict[str, Any]) -> None:
    [sweeping] = [step for step in job["steps"] if "--sweep" in step.get("run", "")]
    assert sweeping["if"] == "failure() || cancelled()"
