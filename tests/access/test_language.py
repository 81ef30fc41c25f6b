"""The words of the access language and what they refuse."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import Mock

import pytest

from constructs_lib.access import Rule, Subject, Verb, allow
from constructs_lib.actions import DYNAMODB_VERBS, WORDS, actions_of
from constructs_lib.argument_checks import checked
from tests.cdk_stubs import FUNCTION


def test_read_means_get_and_list() -> None:
    assert allow.guest.to("read").verbs == {Verb.GET, Verb.LIST}


def test_words_add_up() -> None:
    assert allow.owner.to("get", "write", "delete").verbs == {Verb.GET, Verb.WRITE, Verb.DELETE}


def test_rules_are_equal_when_they_say_the_same() -> None:
    assert allow.group("editors").to("read") == allow.group("editors").to("list", "get")
    assert allow.group("editors").to("read") != allow.group("admins").to("read")


def test_an_unknown_verb_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=f"'update' is not a verb; use {WORDS}$"):
        allow.owner.to("update")


def test_a_verb_that_rows_do_not_know_is_refused_of_them() -> None:
    known: dict[Verb, tuple[str, ...]] = {**DYNAMODB_VERBS}
    known.pop(Verb.WRITE)
    with pytest.raises(ValueError, match=f"'write' is not a verb for this; use {', '.join(known)}"):
        actions_of(known, [Verb.GET, Verb.WRITE])


def test_a_rule_without_verbs_is_refused() -> None:
    with pytest.raises(ValueError, match="has no verb; add at least one of"):
        allow.owner.to()


@pytest.mark.parametrize("subject", [allow.owner, allow.guest_owner])
def test_an_owner_cannot_be_everyone(subject: object) -> None:
    with pytest.raises(ValueError, match="contradicts itself"):
        subject.to("read", everyone=True)  # type: ignore[attr-defined] # the mistake


@pytest.mark.parametrize("name", ["", "two words", "x" * 129, "a\n", "${Token[Name.1]}"])
def test_a_group_name_that_cognito_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="group name"):
        allow.group(name)


@pytest.mark.parametrize("name", ["org:1", "tenant#admins", "a/b", "größe", "日本"])
def test_a_group_name_that_cognito_takes_is_taken(name: str) -> None:
    assert allow.group(name).name == name


def test_a_function_construct_stands_for_the_function_in_it() -> None:
    assert allow.function(Mock(spec=["function"], function=FUNCTION)).function is FUNCTION


def test_a_rule_about_attributes_cannot_delete_which_takes_the_whole_row() -> None:
    with pytest.raises(ValueError, match="a rule with attributes=body"):
        allow.authenticated.to("read", "delete", everyone=True, attributes=["title", "body"])


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ("title", r"is one string; write attributes=\['title'\]"),
        (["${aws:userid}"], r"attribute '\$\{aws:userid\}' cannot be compared by an IAM policy"),
        ([""], "''"),
    ],
)
def test_attributes_are_a_list_of_names(attributes: str | list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        allow.owner.to("read", attributes=attributes)


@pytest.mark.parametrize("name", ["owners", "everyone", "__wrapped__"])
def test_a_subject_that_does_not_exist_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"allow has no {name}; use one of guest, authenticated, owner, .*group"):
        getattr(allow, name)
    with pytest.raises(AttributeError, match=r"import anyone from constructs_lib\.access"):
        getattr(allow, "anyone")  # noqa: B009 - a type checker refuses the attribute


@checked
def _takes(access: Mapping[str, Sequence[Rule]] | None = None, callers: Sequence[Subject] = ()) -> None:
    """Take rules and callers."""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"access": {"a": [allow.owner]}}, "access['a'][0] is allow.owner; write allow.owner.to('read')"),
        ({"access": {"a": allow.owner.to("get")}}, "put it in a list, [allow.owner.to('get')]"),
        (
            {"callers": [allow.group("e").to("get")]},
            'callers[0] is allow.group("e").to(\'get\'); write allow.group("e"), without verbs',
        ),
    ],
)
def test_a_rule_and_its_callers_are_told_apart(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        _takes(**given)


def test_verbs_in_a_list_are_refused_with_their_notation() -> None:
    with pytest.raises(ValueError, match=r"; write 'read', 'write', without the brackets"):
        allow.owner.to(["read", "write"])  # type: ignore[arg-type] # the mistake
