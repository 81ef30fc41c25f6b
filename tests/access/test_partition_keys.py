"""Partition keys that say whose a row is: what IAM compares them with, and shapes that would blur two people."""

from itertools import product
from typing import Any, Final

import pytest

from constructs_lib.access import Rule, Statement, Subject, allow, compile_rows
from constructs_lib.access.partition_keys import KeyTemplate
from constructs_lib.access.value_formats import Form

FORMS: Final = {
    "owner": Form.parse("[0-9a-f-]{36}"),
    "tenant": Form.parse("[a-z0-9-]{3,36}"),
    "department": Form.parse("[A-Z@]{1,3}"),
}
VARIABLES: Final = {"owner": "${me}", "tenant": "${T}", "department": "${D}"}
MEMBER: Final = frozenset({allow.authenticated, allow.owner, allow.tenant})
ADMIN: Final = MEMBER | {allow.group("admins")}
KEYS: Final = "dynamodb:LeadingKeys"


def compiled(key: str, *rules: Rule, subjects: frozenset[Subject] = ADMIN, **options: Any) -> list[Statement]:
    template = KeyTemplate.parse(key, FORMS)
    return compile_rows(rules, subjects, resources=["T"], variables=VARIABLES, key=template, **options)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("{owner}", "${me}"),
        ("{tenant}", "${T}"),
        ("TENANT#{tenant}", "TENANT#${T}"),
        ("USER#{owner}", "USER#${me}"),
        ("TENANT#{tenant}#{owner}", "TENANT#${T}#${me}"),
        ("{tenant}#notes", "${T}#notes"),
    ],
)
def test_a_key_of_any_shape_is_compared_whole(key: str, value: str) -> None:
    subject = allow.owner if "owner" in key else allow.tenant
    (statement,) = compiled(key, subject.to("get"))
    assert statement.conditions == {"Null": {KEYS: "false"}, "ForAllValues:StringEquals": {KEYS: [value]}}


def test_all_owners_of_a_tenant_are_a_pattern_that_ends_after_the_tenant() -> None:
    rules = [allow.owner.to("get", "write"), allow.group("admins").to("get", everyone="tenant")]
    get, write = compiled("TENANT#{tenant}#{owner}", *rules)
    assert write.conditions["ForAllValues:StringEquals"] == {KEYS: ["TENANT#${T}#${me}"]}
    assert get.actions == ("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem")
    assert get.conditions == {"Null": {KEYS: "false"}, "ForAllValues:StringLike": {KEYS: ["TENANT#${T}#*"]}}
    assert compiled("TENANT#{tenant}#{owner}", *rules, subjects=MEMBER)[0].conditions == {
        "Null": {KEYS: "false"},
        "ForAllValues:StringEquals": {KEYS: ["TENANT#${T}#${me}"]},
    }


def test_a_batch_may_name_rows_of_the_tenant_and_of_nobody_at_once() -> None:
    rules = [allow.group("admins").to("get", everyone="tenant")]
    (statement,) = compiled("{tenant}#{owner}", *rules, partitions={"PUBLIC": [allow.authenticated.to("get")]})
    assert statement.conditions["ForAllValues:StringLike"] == {KEYS: ["PUBLIC", "${T}#*"]}


def test_everybody_in_words_is_every_row() -> None:
    (statement,) = compiled("{tenant}", allow.group("admins").to("get", everyone=True))
    assert statement.conditions == {"Null": {KEYS: "false"}}


def test_some_attributes_of_a_tenants_rows_are_held_to_the_pattern_too() -> None:
    rule = allow.group("admins").to("get", everyone="tenant", attributes=["title"])
    (statement,) = compiled("{tenant}#{owner}", rule, key_attributes=["pk"])
    assert statement.conditions["ForAllValues:StringLike"] == {KEYS: ["${T}#*"]}
    assert statement.conditions["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "title"]}


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("public", r"add one of \{owner\}, \{tenant\}, \{department\}"),
        ("", r"add one of \{owner\}, \{tenant\}, \{department\}"),
        ("{region}", r"the placeholders here are \{owner\}, \{tenant\}, \{department\}"),
        ("{}", r"the placeholders here are \{owner\}, \{tenant\}, \{department\}"),
        ("{tenant}#{tenant}", "more than once"),
        ("{owner}#{tenant}", "write {owner} last"),
        ("A*#{tenant}", "wildcard or a reserved"),
        ("A?{tenant}", "wildcard or a reserved"),
        ("${tenant}", "wildcard or a reserved"),
        ("{tenant", r"add one of \{owner\}, \{tenant\}, \{department\}"),
        ("{tenant}}", "wildcard or a reserved"),
        ("{tenant}{owner}", "two owners could have the same key"),
        ("{tenant}-{owner}", "two owners could have the same key"),
        ("{tenant}a#{owner}", "two owners could have the same key"),
        ("{department}@{tenant}", "two owners could have the same key"),
    ],
)
def test_a_key_that_would_blur_two_people_is_refused(key: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        KeyTemplate.parse(key, FORMS)
    assert repr(key) in str(refused.value)


def test_no_two_pairs_of_values_have_one_key() -> None:
    forms = {"tenant": Form.parse("[ab]{1,3}"), "department": Form.parse("[ab@]{1,2}")}
    template = KeyTemplate.parse("{tenant}@{department}", forms)
    tenants = ["".join(each) for length in (1, 2, 3) for each in product("ab", repeat=length)]
    departments = ["".join(each) for length in (1, 2) for each in product("ab@", repeat=length)]
    values = [template.value({"tenant": t, "department": d}) for t, d in product(tenants, departments)]
    assert len(values) == len(set(values))


@pytest.mark.parametrize(
    ("key", "value", "may"),
    [
        ("{tenant}", "public", True),
        ("{tenant}", "PUBLIC", False),
        ("TENANT#{tenant}", "public", False),
        ("TENANT#{tenant}", "TENANT#acme", True),
        ("TENANT#{tenant}", "TENANT#acme#settings", False),
        # A tenant's administrators reach what begins so.
        ("TENANT#{tenant}#{owner}", "TENANT#acme#settings", True),
        ("TENANT#{tenant}#{owner}", "TENANT#", False),
    ],
)
def test_a_key_knows_what_could_be_somebodys(key: str, value: str, *, may: bool) -> None:
    assert KeyTemplate.parse(key, FORMS).may_be(value, FORMS) is may


def test_a_digit_is_a_digit_of_ascii() -> None:
    forms = {"tenant": Form.parse(r"\d{2}")}
    template = KeyTemplate.parse("{tenant}", forms)
    assert template.may_be("33", forms)
    assert not template.may_be("\u0663\u0663", forms)
