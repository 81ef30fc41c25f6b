"""Conditions and unknown policies as values."""

import pytest

from constructs_lib.analysis.iam.policies import Condition, Policy, Statement, anything, joined, unknown_policy

WIDEST = Statement(
    allow=True, actions=("*",), resources=("*",), principals=(("*", "*"),), doubt="a parameter", source="Bucket"
)


def test_what_is_unknown_may_allow_everything_to_everyone_and_says_why() -> None:
    assert anything("Bucket", "a parameter") == WIDEST
    assert unknown_policy("Bucket", "a parameter") == Policy(source="Bucket", possible=(WIDEST,))


@pytest.mark.parametrize(
    ("qualifier", "if_exists", "text"),
    [
        ("", False, "stringlike s3:prefix ['a', 'b']"),
        ("forallvalues", False, "forallvalues:stringlike s3:prefix ['a', 'b']"),
        ("", True, "stringlikeifexists s3:prefix ['a', 'b']"),
    ],
)
def test_a_condition_is_shown_in_policy_notation(qualifier: str, if_exists: bool, text: str) -> None:
    condition = Condition(
        qualifier=qualifier, operator="stringlike", if_exists=if_exists, key="s3:prefix", values=("a", "b")
    )
    assert str(condition) == text


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (Statement(allow=True, actions=("s3:*",), source="P"), "Allow s3:* (in P)"),
        (Statement(allow=False, actions=("a:b", "a:c"), sid="X", source="P"), "Deny 'X' a:b, a:c (in P)"),
        (
            Statement(allow=True, not_actions=("a:b", "a:c"), resources=("r", "s"), source="P"),
            "Allow all but a:b, a:c on r, s (in P)",
        ),
        (
            Statement(allow=True, actions=("a:b",), not_resources=("r", "s"), source="P"),
            "Allow a:b on all but r, s (in P)",
        ),
    ],
)
def test_a_statement_is_shown_with_its_effect_actions_and_resources(statement: Statement, text: str) -> None:
    assert str(statement) == text


def test_joined_policies_have_the_certain_and_possible_statements_of_all() -> None:
    one, other = Statement(allow=True, actions=("s3:*",)), Statement(allow=False, actions=("s3:*",))
    found = joined(
        "both", [Policy(source="a", statements=(one,), possible=(other,)), Policy(source="b", possible=(one,))]
    )
    assert found == Policy(source="both", statements=(one,), possible=(other, one))
