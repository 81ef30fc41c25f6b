"""Apps of the last release can be updated: every resource they deployed is still there, under the same logical ID.

`__ledger__` has what each example and each project of `cognito-app init` deploys as of the last release, or, before
there is one, as of when it was written. CloudFormation replaces a resource whose logical ID changes: a role that comes
anew is a moment without rights, a user pool that does so is a pool without users.
"""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, find_replacements
from tests.apps import APPS, templates

LEDGER = Path(__file__).parent / "__ledger__"
HASHED = ("AWS::Lambda::Version", "AWS::ApiGateway::Deployment")
"""Types whose logical ID follows from their content, by design: each change is a new one."""


def deployed(template: Mapping[str, Any]) -> dict[str, str]:
    resources: Mapping[str, Any] = template["Resources"]
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


@pytest.mark.parametrize("app", APPS)
def test_an_example_or_project_keeps_every_resource(app: str, pytestconfig: pytest.Config) -> None:
    check(app, {stack: deployed(template) for stack, template in templates(app).items()}, pytestconfig)


@pytest.mark.parametrize("app", APPS)
def test_it_is_refused_nothing(app: str) -> None:
    """Neither its first deploy nor an update that changes nothing."""
    made = templates(app)
    first = find_replacements({}, made).findings
    assert [each.what for each in first if each.effect is Effect.REFUSED] == []
    assert find_replacements(made, copy.deepcopy(made)).findings == ()


def test_a_resource_that_moves_would_be_seen() -> None:
    then = {"S": {"PoolA": "AWS::Cognito::UserPool", "Files": "AWS::S3::Bucket"}}
    assert gone(then, {"S": {**then["S"], "More": "AWS::SQS::Queue"}}) == []
    assert gone(then, {"S": {"PoolB": "AWS::Cognito::UserPool", "Files": "AWS::S3::Bucket"}}) == [
        "S: PoolA (AWS::Cognito::UserPool) is now gone"
    ]
    assert gone(then, {}) == [f"S: {name} ({kind}) is now gone" for name, kind in then["S"].items()]
