"""Statement coverage counts the statements that the calls of a session used."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from constructs_lib.analysis import Model, build_model
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.explain.coverage import Coverage, coverage
from constructs_lib.explain.coverage_report import as_text
from constructs_lib.explain.recorded_calls import explain_recorded
from constructs_lib.explain.sources import Lines
from tests.analysis.conftest import BUCKET, SUB, join, template
from tests.explain.test_recorded_calls import BOB, ME, STACK, check, entry

GIVEN = [
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": join(BUCKET, f"/private/{SUB}/*")},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")},
    {"Effect": "Deny", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/secret")},
]


@pytest.fixture(scope="module")
def models() -> list[Model]:
    return build_model([parse_template(json.dumps(template(GIVEN)), name="app", source="app.json")])


def covered(models: list[Model], *entries: dict[str, Any]) -> Coverage:
    return coverage(models, [explain_recorded(each, models, {"app": STACK}, Lines()) for each in entries])


def allowed(action: str, key: str) -> dict[str, Any]:
    return entry(check(action, key=key, decision="Allow"), refused=False, status=200)


def test_without_calls_no_statement_is_used(models: list[Model]) -> None:
    found = covered(models)
    assert (found.used, found.elsewhere) == (0, 0)
    assert [each.idle for each in found.uses] == [("s3:GetObject", "s3:Put*"), ("s3:GetObject",), ("s3:GetObject",)]


def test_a_call_that_went_through_uses_the_statement_that_allowed_it(models: list[Model]) -> None:
    folder, *others = covered(models, allowed("s3:PutObject", f"/private/{ME}/x")).uses
    assert (folder.allowed, folder.refused, folder.idle) == (1, 0, ("s3:GetObject",))
    assert not any(each.used for each in others)


def test_a_refused_call_uses_the_allow_that_came_nearest_and_does_not_put_it_into_effect(models: list[Model]) -> None:
    folder, *others = covered(models, entry(check(key=f"/private/{BOB}/x"))).uses
    assert (folder.allowed, folder.refused) == (0, 1)
    assert folder.idle == ("s3:GetObject", "s3:Put*")
    assert not any(each.used for each in others)


def test_a_deny_that_refused_is_in_effect(models: list[Model]) -> None:
    *_, deny = covered(models, entry(check(key=f"/private/{ME}/secret", decision="Deny"))).uses
    assert (deny.allowed, deny.refused, deny.idle) == (0, 1, ())


def test_calls_that_no_statement_decided_are_counted_apart(models: list[Model]) -> None:
    by_pool = entry(operation="AWSCognitoIdentityProviderService.InitiateAuth", code="NotAuthorizedException")
    unnamed = entry(check("s3:DeleteObject", key=f"/private/{ME}/x"))
    not_as_told = allowed("s3:GetObject", f"/private/{BOB}/x")
    found = covered(models, by_pool, unnamed, not_as_told)
    assert (found.used, found.elsewhere) == (0, 3)


def test_a_permissions_boundary_that_refuses_is_elsewhere() -> None:
    said = [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {**GIVEN[1], "Effect": "Deny"}]
    limit = {"PolicyDocument": {"Version": "2012-10-17", "Statement": said}}
    more = {"Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": limit}}
    body = json.dumps(template(GIVEN, more=more, boundary="Limit"))
    found = covered(
        build_model([parse_template(body, name="app", source="app.json")]),
        entry(check(key="/public/x", decision="Deny")),
    )
    assert (found.used, found.elsewhere) == (0, 1)


def test_the_table_names_constructs_and_what_was_never_in_effect(models: list[Model]) -> None:
    page = Console(file=io.StringIO(), width=200)
    page.print(as_text(covered(models, allowed("s3:PutObject", f"/private/{ME}/x"))))
    told = page.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert "User, inline P" in told
    assert "Bucket/private/{owner}/*" in told
    assert "all of it" in told
    assert "1 of 3 statements have decided calls" in told
