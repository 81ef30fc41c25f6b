"""Rules about rows that would widen somebody's access unsaid are refused."""

from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.access import allow
from constructs_lib.access.partition_keys import KeyTemplate
from constructs_lib.access.value_formats import Form
from constructs_lib.database import Index
from constructs_lib.database.rules import check_index, check_rows, opened_rows

FORMS = {"tenant": Form.parse("[a-z]{1,9}"), "owner": Form.parse("[0-9a-f]{8}")}


def test_a_rule_for_others_must_say_everyone() -> None:
    with pytest.raises(ValueError, match=r'allow.group\("editors"\).to\(..., everyone=True\)'):
        check_rows([allow.group("editors").to("read")], {})


@pytest.mark.parametrize(
    "key",
    [
        "us-east-1:12345678-1234-1234-1234-123456790abc",
        "12345678-1234-1234-1234-123456790abc",
        "${cognito-identity.amazonaws.com:sub}",
        "",
    ],
)
def test_a_partition_that_could_be_an_owners_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="be the key of an owner; use a plain word, such as 'public'"):
        check_rows([], {key: [allow.guest.to("read")]})


@pytest.mark.parametrize(
    ("letters", "word"), [("[0-9]{6}", "public"), ("[a-z]{1,9}", "PUBLIC"), ("[a-zA-Z]{1,9}", "#public")]
)
def test_a_partition_that_could_be_a_tenants_is_refused_with_a_word_that_could_not(letters: str, word: str) -> None:
    forms = {**FORMS, "tenant": Form.parse(letters)}
    taken = "123456" if word == "public" else "acme"
    with pytest.raises(ValueError, match=f"be the key of a tenant; use a plain word, such as '{word}'"):
        check_rows([], {taken: [allow.guest.to("read")]}, KeyTemplate.parse("{tenant}", forms), forms=forms)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (allow.owner.to("read"), "name who can access it, or move the rule to access"),
        (allow.guest_owner.to("read"), "name who can access it, or move the rule to access"),
        (allow.guest.to("read", everyone=True), "everyone=True on partition 'public' has no effect"),
    ],
)
def test_a_partition_has_no_owners(rule: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_rows([], {"public": [rule]})


EVERY_ROW = allow.group("editors").to("get", everyone=True)
TITLES = allow.group("editors").to("get", everyone=True, attributes=["title"])


@pytest.mark.parametrize(
    ("rule", "partition"),
    [
        (EVERY_ROW, []),
        (EVERY_ROW, [allow.guest.to("read"), allow.group("admins").to("read"), allow.group("editors").to("list")]),
        (EVERY_ROW, [allow.group("editors").to("get", attributes=["title"])]),
        (TITLES, [allow.group("editors").to("get", attributes=["body"])]),
    ],
)
def test_a_rule_for_every_owner_opens_no_partition_unsaid(rule: Any, partition: list[Any]) -> None:
    with pytest.raises(
        ValueError, match=r"""would also open partition 'staff'; add allow\.group\("editors"\)\.to\('get'"""
    ):
        check_rows([rule], {"staff": partition})


def test_what_users_may_do_in_a_partition_is_nothing_that_guests_may() -> None:
    with pytest.raises(ValueError, match="would also open partition 'staff'"):
        check_rows([allow.guest.to("get", everyone=True)], {"staff": [allow.authenticated.to("get")]})


@pytest.mark.parametrize(
    ("rule", "partition"),
    [
        (EVERY_ROW, [allow.group("editors").to("read")]),
        (EVERY_ROW, [allow.authenticated.to("read")]),
        (TITLES, [allow.group("editors").to("get", attributes=["title", "body"])]),
        (TITLES, [allow.group("editors").to("get", attributes=["title"])]),
    ],
)
def test_a_rule_for_every_owner_that_repeats_a_partition_is_accepted(rule: Any, partition: list[Any]) -> None:
    check_rows([rule], {"staff": partition})


@pytest.mark.parametrize("key", ["news*", "news?", "*"])
def test_a_partition_with_a_wildcard_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="wildcard") as refused:
        check_rows([], {key: [allow.guest.to("read")]})
    assert repr(key) in str(refused.value)


def test_a_rule_that_is_given_twice_is_refused_with_the_list_it_is_in() -> None:
    rule = allow.guest.to("read")
    with pytest.raises(ValueError, match=r"^access "):
        check_rows([allow.owner.to("read")] * 2, {})
    with pytest.raises(ValueError, match=r"^partitions\['public'\] "):
        check_rows([], {"public": [rule, rule]})


def test_a_rule_for_what_the_key_does_not_have_is_refused_with_the_key() -> None:
    with pytest.raises(ValueError, match=r"key='USER#\{owner\}'"):
        check_rows([allow.tenant.to("read")], {}, KeyTemplate.parse("USER#{owner}"))


def test_words_as_partitions_are_accepted() -> None:
    check_rows([allow.owner.to("read")], {"public": [allow.guest.to("read")], "decade": [allow.guest.to("get")]})


def check_owned_index(*rules: Any) -> None:
    """Check an index whose key is its owner's, of a table whose key is so too."""
    index = Index("by-owner", partition_key="owner_key", key="USER#{owner}", access=rules)
    check_index(index, KeyTemplate.parse("USER#{owner}"), [], KeyTemplate.parse("{owner}"), ["pk", "sk"])


@pytest.mark.parametrize("rule", [allow.authenticated.to("list"), allow.group("editors").to("list")], ids=str)
def test_an_index_of_owners_shows_their_rows_to_nobody_else_unsaid(rule: Any) -> None:
    with pytest.raises(ValueError, match=r"would open the rows of every owner; write .*everyone=True"):
        check_owned_index(rule)


def test_an_index_of_owners_is_listed_by_owners_and_by_whom_it_is_opened_to_is_accepted() -> None:
    check_owned_index(allow.owner.to("list"), allow.group("editors").to("list", everyone=True))


def check_tenants_index(key: str, *rules: Any) -> None:
    """Check an index of a table whose rows are people's of tenants."""
    index = Index("by-other", partition_key="other", key=key, access=rules)
    check_index(index, KeyTemplate.parse(key, FORMS), [], KeyTemplate.parse("{tenant}#{owner}", FORMS), ["pk"])


def test_an_index_is_named_with_its_key_in_errors() -> None:
    with pytest.raises(
        ValueError, match=r"index 'by-other' with key='\{tenant\}'.*every owner.*everyone='tenant' or everyone=True"
    ):
        check_tenants_index("{tenant}", allow.tenant.to("list"))
    with pytest.raises(ValueError, match=r"^index 'by-other' with key='\{tenant\}' has a rule for allow.owner"):
        check_tenants_index("{tenant}", allow.owner.to("list"))
    with pytest.raises(ValueError, match=r"write key='\{tenant\}#USER#\{owner\}'"):
        check_index(
            Index("by-other", partition_key="other", key="USER#{owner}", access=[allow.tenant.to("list")]),
            KeyTemplate.parse("USER#{owner}", FORMS), [], KeyTemplate.parse("{owner}", FORMS), ["pk"],
        )  # fmt: skip


def test_opening_an_index_to_its_own_tenant_is_accepted_where_it_has_an_effect() -> None:
    rule = allow.group("admins").to("list", everyone="tenant")
    check_tenants_index("{tenant}#{owner}", rule)
    check_tenants_index("{tenant}", rule)
    with pytest.raises(ValueError, match="has no effect"):
        check_index(
            Index("by-other", partition_key="other", key="{tenant}", access=[rule]),
            KeyTemplate.parse("{tenant}", FORMS), [], KeyTemplate.parse("{tenant}", FORMS), ["pk"],
        )  # fmt: skip


def opened(*rules: Any) -> list[dict[str, Any]]:
    admins = frozenset({allow.authenticated, allow.group("admins")})
    auth: Any = SimpleNamespace(
        callers=lambda: [(frozenset({allow.guest}), None), (admins, None)], variables={"tenant": "T", "owner": "me"}
    )
    return opened_rows(rules, auth, ["pk"], KeyTemplate.parse("{tenant}#{owner}", FORMS))


def test_what_rules_open_is_declared_by_caller_action_and_attribute_and_no_more() -> None:
    place = {"place": "T#me", "caller": "group:admins"}
    assert opened(allow.group("admins").to("get", everyone=True, attributes=["title", "pk"])) == [
        {**place, "actions": ["dynamodb:BatchGetItem", "dynamodb:GetItem"], "attributes": ["pk", "title"]}
    ]
    assert opened(
        allow.group("admins").to("list", everyone="tenant"),
        allow.authenticated.to("delete", everyone="tenant"),
        allow.owner.to("write"),
    ) == [{**place, "actions": ["dynamodb:DeleteItem", "dynamodb:Query"], "within": ["tenant"]}]
