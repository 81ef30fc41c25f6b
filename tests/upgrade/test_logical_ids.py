"""Apps of the last release can be updated: every resource they deployed is still there, under the same logical ID.

`__ledger__` has what each example and each project of `cognito-app init` deploys as of the last release, or, before
there is one, as of when it was written. CloudFormation replaces a resource whose logical ID changes: a role that comes
anew is a moment without rights, a user pool that does so is a pool without users.
"""

import json
import runpy
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import constructs_lib.validation
from constructs_lib.starters import Names, starters, write
from tests.synthesis import CONTEXT

ROOT = Path(__file__).parents[2]
LEDGER = Path(__file__).parent / "__ledger__"
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/app.py"))
PUBLIC_KEY = Path(__file__).parent / "public.pem"
"""Nobody has the private half of it."""
HASHED = ("AWS::Lambda::Version", "AWS::ApiGateway::Deployment")
"""Types whose logical ID follows from their content, by design: each change is a new one."""


@pytest.fixture
def synthesized(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what runs an app's `app.py` and gives what its stacks deploy: logical ID -> type, by stack."""
    shutil.copy(PUBLIC_KEY, tmp_path)
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)

    def run(folder: Path) -> dict[str, dict[str, str]]:
        out = tmp_path / "out"
        context = {**CONTEXT, "aws:cdk:bundling-stacks": []}
        app = partial(constructs_lib.validation.validated_app, context=context, outdir=str(out))
        monkeypatch.setattr(constructs_lib.validation, "validated_app", app)
        monkeypatch.syspath_prepend(folder)
        runpy.run_path(str(folder / "app.py"))
        return {path.name.partition(".")[0]: deployed(path) for path in sorted(out.glob("*.template.json"))}

    yield run
    for name in set(sys.modules) - before:
        if not str(getattr(sys.modules[name], "__file__", None) or "").startswith(sys.prefix):
            sys.modules.pop(name)


def deployed(template: Path) -> dict[str, str]:
    resources: Mapping[str, Any] = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    return {logical_id: each["Type"] for logical_id, each in resources.items() if each["Type"] not in HASHED}


def gone(then: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what an update would delete or replace, each in a line."""
    return [
        f"{stack}: {logical_id} ({kind}) is now {now.get(stack, {}).get(logical_id, 'gone')}"
        for stack, resources in then.items()
        for logical_id, kind in resources.items()
        if now.get(stack, {}).get(logical_id) != kind
    ]


def check(name: str, now: dict[str, dict[str, str]], config: pytest.Config) -> None:
    path = LEDGER / f"{name}.json"
    if config.getoption("--ledger-update"):
        path.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert path.exists(), (
        f"{path} is not there yet: write it with `pytest tests/upgrade --ledger-update`, and commit it"
    )
    then = json.loads(path.read_text(encoding="utf-8"))
    assert any("AWS::Cognito::UserPool" in resources.values() for resources in then.values())
    assert gone(then, now) == []


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_an_example_keeps_every_resource(folder: Path, synthesized: Any, pytestconfig: pytest.Config) -> None:
    check(f"example-{folder.name}", synthesized(folder), pytestconfig)


@pytest.mark.parametrize("name", starters())
def test_a_project_keeps_every_resource(
    name: str, synthesized: Any, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    project = tmp_path / "project"
    write(starters()[name], project, Names(app="my-app", people=("Alice", "Bob")), "the-library")
    check(f"project-{name}", synthesized(project), pytestconfig)


def test_a_resource_that_moves_would_be_seen() -> None:
    then = {"S": {"PoolA": "AWS::Cognito::UserPool", "Files": "AWS::S3::Bucket"}}
    assert gone(then, {"S": {**then["S"], "More": "AWS::SQS::Queue"}}) == []
    assert gone(then, {"S": {"PoolB": "AWS::Cognito::UserPool", "Files": "AWS::S3::Bucket"}}) == [
        "S: PoolA (AWS::Cognito::UserPool) is now gone"
    ]
    assert gone(then, {}) == [f"S: {name} ({kind}) is now gone" for name, kind in then["S"].items()]
