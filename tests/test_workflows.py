"""Workflows have few rights, run fixed versions of GitHub's actions, and propose newer locks once a week."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WEEKLY = ROOT / ".github" / "workflows" / "weekly.yml"
MOVING = {"pypa/gh-action-pypi-publish@release/v1"}
"""The branch that PyPI's documentation names: its releases bring the rules that PyPI holds uploads to."""
GIT = shutil.which("git") or "git"
each = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)


def read(workflow: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    return document


def test_all_workflows_are_looked_at() -> None:
    assert [path.name for path in WORKFLOWS] == ["release.yml", "weekly.yml"]
    assert sorted(WEEKLY.parent.iterdir()) == WORKFLOWS


@each
def test_it_fits_the_schema_of_its_service(workflow: Path, tmp_path: Path) -> None:
    from check_jsonschema import main  # noqa: PLC0415 - takes a moment in each process that collects tests

    text = workflow.read_text(encoding="utf-8")
    (tmp_path / "broken.yml").write_text(re.sub(r"^( +)runs-on:", r"\1runs:", text, flags=re.MULTILINE))
    for file, status in ((workflow, 0), (tmp_path / "broken.yml", 1)):
        done = CliRunner().invoke(main, ["--builtin-schema", "vendor.github-workflows", str(file)])
        assert done.exit_code == status, done.output


@each
def test_a_job_has_the_rights_that_it_names_and_no_stored_secret(workflow: Path) -> None:
    document = read(workflow)
    assert document["permissions"] == {}
    assert all(job["permissions"] for job in document["jobs"].values())
    assert "secrets." not in workflow.read_text(encoding="utf-8")


@each
def test_an_action_is_the_commit_of_a_release(workflow: Path) -> None:
    used = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [
        each for each in used if each not in MOVING and not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)
    ] == []


def test_where_dependencies_run_nothing_can_be_written() -> None:
    document = read(WEEKLY)
    jobs = document["jobs"]
    assert document[True] == {"schedule": [{"cron": "23 4 * * 1"}], "workflow_dispatch": None}  # YAML 1.1 reads `on`
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "lock": {"contents": "read"},
        "test": {"contents": "read"},
        "propose": {"contents": "write", "pull-requests": "write"},
    }
    commands = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert commands == {
        "lock": ["make lock UPGRADE=--upgrade"], "test": [".ci/run"], "propose": ['.ci/propose "$LOCKS"']
    }  # fmt: skip
    for name in ("lock", "test"):
        [checkout] = [step for step in jobs[name]["steps"] if "checkout" in step.get("uses", "")]
        assert checkout["with"]["persist-credentials"] is False


def git(folder: Path, *words: str) -> str:
    done = subprocess.run([GIT, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of a repository with two locks; `gh` writes down what it is asked."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", "origin.git")
    git(tmp_path, "clone", "--quiet", "origin.git", "clone")
    clone = tmp_path / "clone"
    for file in ("requirements.lock", "package-lock.json", ".ci/propose"):
        (clone / file).parent.mkdir(exist_ok=True)
        (clone / file).write_text("old" if file != ".ci/propose" else (ROOT / file).read_text(encoding="utf-8"))
    (clone / ".ci" / "propose").chmod(0o755)
    git(clone, "switch", "--quiet", "--orphan", "main")
    git(clone, "add", ".")
    git(clone, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "First")
    git(clone, "push", "--quiet", "origin", "main")
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin" / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$2" = list ] && cat {tmp_path}/open\nexit 0\n')
    gh.chmod(0o755)
    (tmp_path / "open").touch()
    (tmp_path / "asked").touch()
    return clone


def propose(clone: Path, lock: str) -> list[str]:
    """Run the script on a folder with other files too; return what `gh` was asked."""
    given = clone.parent / "given"
    given.mkdir(exist_ok=True)
    (given / "package-lock.json").write_text("old")
    (given / "requirements.lock").write_text(lock)
    (given / "Makefile").write_text("up:\n\techo gotcha\n")
    environment = {
        **os.environ,
        "PATH": f"{clone.parent / 'bin'}:{os.environ['PATH']}",
        "RUN": "address",
        "TESTS": "failure",
    }
    subprocess.run([clone / ".ci" / "propose", given], env=environment, check=True, capture_output=True)
    return (clone.parent / "asked").read_text(encoding="utf-8").splitlines()


def test_newer_locks_are_proposed_and_nothing_else_is(clone: Path) -> None:
    _, created = propose(clone, "new")
    assert created.startswith("pr create --base main --head weekly-locks")
    assert created.endswith("The tests ended with: failure (address)")
    assert git(clone, "diff", "--name-only", "origin/main", "origin/weekly-locks") == "requirements.lock"
    assert git(clone, "show", "origin/weekly-locks:requirements.lock") == "new"


def test_an_open_proposal_is_updated(clone: Path) -> None:
    propose(clone, "new")
    git(clone, "switch", "--quiet", "main")
    (clone.parent / "open").write_text("7\n")
    assert propose(clone, "newer")[-1].startswith("pr edit weekly-locks")
    assert git(clone, "show", "origin/weekly-locks:requirements.lock") == "newer"


def test_locks_that_are_the_newest_are_left_alone(clone: Path) -> None:
    assert propose(clone, "old") == []
    assert "weekly-locks" not in git(clone, "branch", "--all")
