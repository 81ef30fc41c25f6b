"""Rules about rows that would widen somebody's access unsaid are refused."""

from typing import Any

import pytest

from constructs_lib.access import allow
from constructs_lib.access.partition_keys import KeyTemplate
from constructs_lib.database import Index
from constructs_lib.database.rules import check_index, check_rows


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
