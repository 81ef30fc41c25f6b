"""Groups and the order among them."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.auth import Group
from constructs_lib.auth.groups import MAX_GROUPS, precedences


def test_precedence_is_the_position_unless_it_is_given() -> None:
    assert precedences([Group("a"), Group("b"), Group("c", precedence=9)]) == {"a": 0, "b": 1, "c": 9}


def test_two_groups_of_one_precedence_would_lock_their_common_members_out() -> None:
    with pytest.raises(ValueError, match=r"groups 'a' and 'b' both have precedence 0"):
        precedences([Group("a"), Group("b", precedence=0)])


def test_a_name_stands_for_one_group() -> None:
    with pytest.raises(ValueError, match="two groups have the name 'a'"):
        precedences([Group("a"), Group("a")])


def test_a_pool_has_ten_thousand_groups_at_most() -> None:
    groups = [Group(f"g{number}") for number in range(MAX_GROUPS + 1)]
    precedences(groups[:-1])
    with pytest.raises(ValueError, match="user pool has at most 10,000; remove some"):
        precedences(groups)


@pytest.mark.parametrize("name", ["", "two words", "a" * 129])
def test_a_name_cognito_refuses_is_refused_at_once(name: str) -> None:
    with pytest.raises(ValueError, match="group name"):
        Group(name)


def test_a_negative_precedence_is_refused() -> None:
    with pytest.raises(ValueError, match="precedence of group 'a'=-1 is out of range; use 0 or more"):
        Group("a", precedence=-1)


def test_a_long_description_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"description of group 'a'=.* has 2,049 characters; use 0 to 2,048 characters for Desc"
    ):
        Group("a", description="d" * 2049)


def test_each_group_has_its_role(resources: Callable[[str], Any]) -> None:
    assert resources("by_sub").named("AuthGroupeditorsGroup") == {
        "UserPoolId": "<AuthUserPool>",
        "GroupName": "editors",
        "Description": "They edit",
        "Precedence": 0,
        "RoleArn": "<AuthGroupeditorsRole.Arn>",
    }
