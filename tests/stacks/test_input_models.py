"""The requests that CloudFormation makes of the document stack fit the services' own models."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis import Template
from tests.service_models import differences

SNAPSHOTS = sorted((Path(__file__).parent / "__snapshots__/test_document_stack").glob("*.template.json"))


def template(path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return body


def found(body: dict[str, Any]) -> list[str]:
    return differences(Template(name="S", body=body, source="a snapshot"))


def test_there_are_snapshots() -> None:
    assert len(SNAPSHOTS) == 3


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.name.partition("[")[2].partition("]")[0])
def test_no_request_would_be_refused_for_its_form(path: Path) -> None:
    assert found(template(path)) == []


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("AWS::Cognito::UserPool", {"MfaConfiguration": "SOMETIMES"}, "none of OFF, ON, OPTIONAL"),
        ("AWS::Cognito::UserPool", {"EmailVerificationSubject": "x" * 141}, "is 141, out of 1 to 140"),
        ("AWS::Cognito::UserPool", {"Colour": "red"}, ".Colour is no parameter"),
        ("AWS::Cognito::UserPoolGroup", {"GroupName": "edit ors"}, "does not fit"),
        ("AWS::Cognito::UserPoolGroup", {"Precedence": -1}, "out of 0 to"),
        ("AWS::DynamoDB::GlobalTable", {"BillingMode": "FREE"}, "none of PROVISIONED, PAY_PER_REQUEST"),
        ("AWS::DynamoDB::GlobalTable", {"KeySchema": "id"}, "KeySchema"),
        ("AWS::Lambda::Function", {"Timeout": 0}, "is 0, out of 1 to"),
        ("AWS::Lambda::Function", {"Runtime": "python2"}, "'python2', none of"),
        ("AWS::Logs::LogGroup", {"Colour": "red"}, ".Colour is no parameter"),
        ("AWS::IAM::Role", {"MaxSessionDuration": 60}, "is 60, out of 3600 to 43200"),
    ],
)
def test_a_value_that_the_service_refuses_is_seen(kind: str, change: dict[str, Any], said: str) -> None:
    body = template(SNAPSHOTS[0])
    next(each for each in body["Resources"].values() if each["Type"] == kind)["Properties"].update(change)
    assert any(said in line for line in found(body)), found(body)


def test_a_type_that_nothing_knows_is_seen() -> None:
    assert found({"Resources": {"Odd": {"Type": "AWS::Nobody::Knows"}}}) == [
        "AWS::Nobody::Knows Odd: no request is known for it"
    ]
