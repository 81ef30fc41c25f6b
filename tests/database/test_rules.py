"""Rules about rows that would widen somebody's access unsaid are refused."""

from typing import Any

import pytest

from constructs_lib.access import allow
from constructs_lib.database.rules import check_rows


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
    with pytest.raises(ValueError, match="could be an owner's; use a plain word"):
        check_rows([], {key: [allow.guest.to("read")]})


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (allow.owner.to("read"), "nobody owns it"),
        (allow.guest_owner.to("read"), "nobody owns it"),
        (allow.guest.to("read", everyone=True), "everyone=True on partition 'public' says nothing"),
    ],
)
def test_a_partition_has_no_owners(rule: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_rows([], {"public": [rule]})


def test_words_as_partitions_are_accepted() -> None:
    check_rows([allow.owner.to("read")], {"public": [allow.guest.to("read")], "decade": [allow.guest.to("get")]})
