"""The table of reviewed types has only existing types and properties, and a reason for each."""

import json
from importlib.resources import files

import pytest

from constructs_lib.analysis.proof.access_paths.reviewed_types import HARMLESS_PROPERTIES, RULES, Effect, Kind, rule_of

SCHEMAS = files("cfnlint") / "data" / "schemas"


@pytest.fixture(scope="module")
def published() -> dict[str, str]:
    """Return the file of each type's schema."""
    found: dict[str, str] = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    return found


def properties(type_: str, published: dict[str, str]) -> set[str]:
    body = json.loads((SCHEMAS / "resources" / f"{published[type_]}.json").read_text())
    return set(body["properties"])


def test_each_reviewed_type_and_property_exists(published: dict[str, str]) -> None:
    wrong = [
        f"{each.type} {each.property}"
        for each in RULES
        # A custom resource accepts any property.
        if not each.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))
        and not (
            any(name.startswith(each.type[:-1]) for name in published)
            if each.type.endswith("::*")
            else each.type in published and each.property in {"*", *properties(each.type, published)}
        )
    ]
    assert wrong == []


def test_each_harmless_property_exists(published: dict[str, str]) -> None:
    for type_, names in HARMLESS_PROPERTIES.items():
        assert "." in type_ or names <= properties(type_, published)


def test_each_line_says_why() -> None:
    assert all(each.why and each.kinds for each in RULES)


def test_what_nobody_has_reviewed_has_no_rule() -> None:
    assert rule_of("AWS::Lambda::Function", "Architectures", Kind.ROLE) is None
    assert rule_of("AWS::Lambdas::Function", "Role", Kind.ROLE) is None
    assert rule_of("Custom::AWS", "Other", Kind.DATA) is None
    rule = rule_of("Custom::Anything", "Bucket", Kind.DATA)
    assert rule is not None
    assert rule.effect is Effect.NOTHING
