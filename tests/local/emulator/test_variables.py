"""Policy variables, as the IAM user guide describes them."""

import pytest

from constructs_lib.local.emulator.variables import (
    UNRESOLVED,
    literal,
    substitute,
    wildcard_pattern,
    without_variables,
)

VALUES = {"aws:username": "alice", "starred": "a*b", "many": ["a", "b"], "empty": ""}


def expand(text: str) -> str:
    return substitute(text, VALUES.get)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("private/*", "private/*"),
        ("private/${aws:username}/*", "private/alice/*"),
        ("${aws:username}/${aws:username}", "alice/alice"),
        ("${ aws:username }", "alice"),
        ("${aws:username, 'nobody'}", "alice"),
        ("${absent, 'nobody'}", "nobody"),
        ("${absent, ''}", ""),
        ("${empty}", ""),
        ("${$}{aws:username}", "${aws:username}"),
    ],
)
def test_a_variable_becomes_its_value_or_its_default(text: str, expected: str) -> None:
    assert expand(text) == expected


@pytest.mark.parametrize("text", ["private/${absent}/*", "${aws:username}/${absent}", "${many}", "${many, 'x'}"])
def test_a_variable_without_a_single_value_leaves_a_text_that_matches_nothing(text: str) -> None:
    assert expand(text) == UNRESOLVED


def test_a_value_never_acts_as_a_wildcard() -> None:
    pattern = wildcard_pattern(expand("${starred}/*"), ignore_case=False)
    assert pattern.match(literal("a*b/file"))
    assert not pattern.match(literal("aXb/file"))


def test_no_value_of_several_acts_as_a_wildcard() -> None:
    one, other = literal(["a*b", "c?d"])
    assert not wildcard_pattern(one, ignore_case=False).match(literal("aXb"))
    assert not wildcard_pattern(other, ignore_case=False).match(literal("cXd"))


@pytest.mark.parametrize(("text", "itself"), [("a${*}b", "a*b"), ("a${?}b", "a?b")])
def test_a_literal_star_or_question_mark_matches_only_itself(text: str, itself: str) -> None:
    pattern = wildcard_pattern(expand(text), ignore_case=False)
    assert pattern.match(literal(itself))
    assert not pattern.match(literal("axb"))


def test_in_a_policy_of_an_older_version_a_variable_is_text() -> None:
    old = {"Resource": ["a/${aws:username}/*"], "Condition": {"StringLike": {"s3:prefix": "${aws:username}"}}}
    spoken = without_variables(old)
    assert expand(spoken["Resource"][0]) == "a/${aws:username}/*"
    assert expand(spoken["Condition"]["StringLike"]["s3:prefix"]) == "${aws:username}"


def test_a_wildcard_spans_line_breaks_and_nothing_follows_the_end() -> None:
    assert wildcard_pattern("a/*", ignore_case=False).match("a/b\nc")
    assert not wildcard_pattern("a/b", ignore_case=False).match("a/b\n")
