"""A release is built with few rights, published without a stored secret, and only under the tag of its version."""

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert document["permissions"] == {}
    found: dict[str, Any] = document["jobs"]
    return found


def test_the_job_that_runs_our_code_may_only_read_and_the_one_that_signs_runs_none(jobs: dict[str, Any]) -> None:
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["publish"]["permissions"] == {"id-token": "write", "attestations": "write"}
    assert not any("run" in step or "checkout" in step["uses"] for step in jobs["publish"]["steps"])
    assert jobs["publish"]["needs"] == "build"
    assert "secrets." not in WORKFLOW.read_text(encoding="utf-8")


def test_it_is_published_by_a_trusted_publisher_with_its_provenance(jobs: dict[str, Any]) -> None:
    publish = jobs["publish"]
    used = [step["uses"].partition("@")[0] for step in publish["steps"]]
    assert used[-2:] == ["actions/attest-build-provenance", "pypa/gh-action-pypi-publish"]
    assert publish["steps"][-1]["with"] == {"attestations": True}
    assert publish["environment"] == "pypi"


def test_everything_is_tested_before_it_is_built(jobs: dict[str, Any]) -> None:
    commands = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    assert commands == [".ci/run", '.ci/release "$TAG"']


def test_a_tag_of_another_version_builds_nothing() -> None:
    done = subprocess.run([ROOT / ".ci" / "release", "v0"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"use v{VERSION}" in done.stderr
