"""The snippets that post the review are valid, have minimal permissions, and use existing commands and markers."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from constructs_lib.analysis.report.review import MARKER
from constructs_lib.cli.main import COMMANDS

REVIEW = Path(__file__).parents[3] / "docs" / "review"
SNIPPETS = ["github-workflow.yml", "gitlab-ci.yml"]


@pytest.mark.parametrize(
    ("name", "schema"), [("github-workflow.yml", "github-workflows"), ("gitlab-ci.yml", "gitlab-ci")]
)
def test_it_fits_the_schema_of_its_service(tmp_path: Path, name: str, schema: str) -> None:
    from check_jsonschema import main  # noqa: PLC0415 - slow in each process that collects tests

    text = (REVIEW / name).read_text(encoding="utf-8")
    (tmp_path / "broken.yml").write_text(re.sub(r"^( +)(runs-on|script):", r"\1\2s:", text, flags=re.MULTILINE))
    for file, status in ((REVIEW / name, 0), (tmp_path / "broken.yml", 1)):
        done = CliRunner().invoke(main, ["--builtin-schema", f"vendor.{schema}", str(file)])
        assert done.exit_code == status, done.output


def _workflow() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((REVIEW / "github-workflow.yml").read_text(encoding="utf-8"))
    return document


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_commands_in_it_exist(name: str) -> None:
    text = (REVIEW / name).read_text(encoding="utf-8")
    assert yaml.safe_load(text)
    used = re.findall(r"cognito-app (\w+) \S*old", text)
    assert used
    assert set(used) <= set(COMMANDS)


def test_the_workflow_looks_for_the_marker_that_the_review_writes() -> None:
    assert MARKER in (REVIEW / "github-workflow.yml").read_text(encoding="utf-8")


def test_the_job_that_runs_the_pull_requests_code_may_not_write() -> None:
    jobs = _workflow()["jobs"]
    assert _workflow()["permissions"] == {}
    assert jobs["review"]["permissions"] == {"contents": "read"}
    writing = [name for name, job in jobs.items() if "write" in job["permissions"].values()]
    assert writing == ["comment"]
    assert not any("checkout" in step.get("uses", "") for step in jobs["comment"]["steps"])


def test_nothing_of_the_event_is_pasted_into_a_script() -> None:
    scripts = [step["run"] for job in _workflow()["jobs"].values() for step in job["steps"] if "run" in step]
    assert not any("${{" in script for script in scripts)
