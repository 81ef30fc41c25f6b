"""Condition keys of a request and the number of their values: no engine treats one value as all possible ones."""

import pytest

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.engine.obligations import Questions
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, TABLE, Document, MakeModel, join
from tests.analysis.proof.test_traps import OWN, ROWS


def said(effect: str, action: str, resource: Document, *conditions: tuple[str, str, list[str]]) -> Document:
    condition: dict[str, dict[str, list[str]]] = {}
    for operator, key, values in conditions:
        condition.setdefault(operator, {})[key] = values
    return {"Effect": effect, "Action": action, "Resource": resource, "Condition": condition}


NAMED, KEYS = "dynamodb:Attributes", ("Null", "dynamodb:LeadingKeys", ["false"])
SOME, ALL = "ForAnyValue:StringEquals", "ForAllValues:StringEquals"
ATTRIBUTES = [
    said("Allow", "dynamodb:GetItem", TABLE, (SOME, NAMED, ["a"])),
    said("Deny", "dynamodb:GetItem", TABLE, (ALL, NAMED, ["a"]), KEYS),
]
SERVICES = [
    said("Allow", "s3:GetObject", join(BUCKET, "/*"), (SOME, "aws:CalledVia", ["a"])),
    said("Deny", "s3:GetObject", join(BUCKET, "/*"), (ALL, "aws:CalledVia", ["a"])),
]
TWO_DENIED = [
    *ATTRIBUTES[:1],
    said("Deny", "dynamodb:GetItem", TABLE, (ALL, NAMED, ["a", "b"]), KEYS),
    said("Deny", "dynamodb:GetItem", TABLE, (ALL, NAMED, ["a", "c"]), KEYS),
]
THREE_NEEDED = [
    said("Allow", "dynamodb:GetItem", TABLE, (SOME, NAMED, ["a"]), ("ForAnyValue:StringLike", NAMED, ["b"])),
    said("Deny", "dynamodb:GetItem", TABLE, (ALL, NAMED, ["a", "b"]), KEYS),
]


@pytest.mark.parametrize("statements", [ATTRIBUTES, SERVICES, TWO_DENIED, THREE_NEEDED])
def test_a_request_with_several_values_is_found(make_model: MakeModel, statements: list[Document]) -> None:
    model = make_model([OWN, ROWS, *statements])
    (caller,) = model.callers
    asked = [each for place in find_places(model) for each in Questions(caller, model).about(place)]
    found = [each for each in asked if decide(each).answer is Answer.COUNTEREXAMPLE]
    assert found
    with Cvc5() as second:
        assert all(second.decide(each).answer is Answer.COUNTEREXAMPLE for each in found)


@pytest.mark.parametrize(
    ("key", "several"),
    [
        ("dynamodb:attributes", True),
        ("dynamodb:leadingkeys", True),
        ("aws:calledvia", True),
        ("cognito-identity.amazonaws.com:amr", True),
        ("s3:prefix", False),
        ("dynamodb:select", False),
        ("aws:sourceip", False),
        ("nobody:knows", False),
    ],
)
def test_which_keys_have_several_values_the_action_data_says(key: str, several: bool) -> None:
    assert catalogue.is_multivalued(key) is several


@pytest.mark.parametrize("key", ["dynamodb:SecondPartitionKeyValues", "dynamodb:NobodyKnows"])
def test_a_key_that_the_data_gives_no_action_does_not_keep_a_statement_from_applying(
    make_model: MakeModel, key: str
) -> None:
    assert catalogue.has_key("dynamodb:Query", key.lower())
    assert not catalogue.has_key("s3:GetObject", key.lower())
    wide = said("Allow", "dynamodb:Query", TABLE, ("StringEquals", key, ["x"]))
    assert prove([make_model([OWN, ROWS, wide])]).status is Status.COUNTEREXAMPLE


def test_a_key_that_the_data_gives_other_actions_alone_is_absent() -> None:
    assert catalogue.has_key("s3:ListBucket", "s3:prefix")
    assert not catalogue.has_key("s3:GetObject", "s3:prefix")
    assert not catalogue.has_key("dynamodb:Scan", "dynamodb:leadingkeys")
