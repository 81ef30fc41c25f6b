"""Sharing by attributes in a table's metadata allows only requests that name only these attributes."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import SUB, TABLE, Document, template
from tests.analysis.proof.test_traps import ROWS
from tests.proofs import proof_of

NAMES = ["owner", "title"]
OPENED = {"place": SUB, "caller": "authenticated", "attributes": NAMES}


def named(*names: str) -> Document:
    return {"ForAllValues:StringEquals": {"dynamodb:Attributes": list(names)}}


def some(action: str, **more: Any) -> Document:
    """Return a statement in the form of the constructs; `more` replaces conditions, and None omits one."""
    conditions = {
        "Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"},
        **named(*NAMES),
        **more,
    }
    kept = {operator: values for operator, values in conditions.items() if values is not None}
    return {"Effect": "Allow", "Action": action, "Resource": TABLE, "Condition": kept}


SELECT: Document = {"StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}


ANY: Document = {"ForAllValues:StringEquals": None, "ForAnyValue:StringEquals": {"dynamodb:Attributes": NAMES}}


def returns(*values: str) -> Document:
    return {"StringEqualsIfExists": {"dynamodb:ReturnValues": list(values)}}


GET, UPDATE = some("dynamodb:GetItem", **SELECT), some("dynamodb:UpdateItem", **returns("NONE"))


def proved(*statements: Document, actions: tuple[str, ...] = ("GetItem", "UpdateItem"), **said: Any) -> Report:
    body = copy.deepcopy(template([ROWS, *statements]))
    entry = {**OPENED, "actions": [f"dynamodb:{action}" for action in actions], **said}
    body["Resources"]["Table"]["Metadata"] = {"cognito-app:opened": [entry]}
    with Cvc5() as second:
        return proof_of(body, second=second)


@pytest.mark.parametrize(
    "statement",
    [
        GET,
        UPDATE,
        some("dynamodb:GetItem", **SELECT, **named("title")),
        some("dynamodb:UpdateItem", **returns("NONE", "UPDATED_NEW", "UPDATED_OLD")),
    ],
    ids=["read", "write", "read of fewer", "what was written and may be read is given back"],
)
def test_what_is_opened_is_named_and_no_attack(statement: Document) -> None:
    report = proved(statement)
    assert report.status is Status.PROVED
    assert Status.ACCEPTED in {each.status for each in report.findings}


@pytest.mark.parametrize(
    "beside",
    [
        some("dynamodb:GetItem", **SELECT, **named(*NAMES, "secret")),
        some("dynamodb:GetItem"),
        some("dynamodb:GetItem", **SELECT, Null={"dynamodb:LeadingKeys": "false"}),
        some("dynamodb:GetItem", **SELECT, **ANY),
        some("dynamodb:UpdateItem"),
        some("dynamodb:UpdateItem", **returns("ALL_NEW")),
        some("dynamodb:Query", **SELECT),
        some("dynamodb:PutItem"),
    ],
    ids=["more", "all selected", "none named", "any of them", "all returned", "new returned", "a query", "a put"],
)  # fmt: skip
def test_a_broader_statement_beside_it_is_an_attack(beside: Document) -> None:
    assert proved(GET, UPDATE, beside).status is Status.COUNTEREXAMPLE


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (some("dynamodb:UpdateItem", **returns("UPDATED_OLD")), {"actions": ("UpdateItem",)}),
        (some("dynamodb:PutItem", **returns("NONE")), {"actions": ("PutItem",)}),
        (GET, {"attributes": []}),
        (GET, {"attributes": "title"}),
        (GET, {"attributes": ["title"]}),
        (GET, {"caller": "guest"}),
        (GET, {"within": ["owner"]}),
    ],
)
def test_what_is_not_said_is_not_opened(statement: Document, said: Document) -> None:
    assert proved(statement, **said).status is Status.COUNTEREXAMPLE
