"""Statements of a trust policy whose condition keys are unknown."""

from dataclasses import replace

import pytest

from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
from constructs_lib.analysis.proof.trust_condition_keys import as_far_as_known, is_absent

KNOWN = Condition(
    qualifier="", operator="stringequals", if_exists=False, key="cognito-identity.amazonaws.com:aud", values=("pool",)
)
UNKNOWN = replace(KNOWN, key="aws:invented")
DOUBT = "it is not known what aws:invented is in such a request"
ALLOW = Statement(allow=True, actions=("sts:*",), conditions=(KNOWN, UNKNOWN))


def policy(*said: Statement, possible: tuple[Statement, ...] = ()) -> Policy:
    return Policy(source="Role", statements=said, possible=possible)


def test_an_allow_with_an_unknown_key_may_apply_under_its_other_conditions() -> None:
    doubtful = replace(ALLOW, conditions=(KNOWN,), doubt=DOUBT)
    assert as_far_as_known(policy(ALLOW)) == policy(possible=(doubtful,))


def test_a_deny_with_an_unknown_key_may_not_apply() -> None:
    deny = replace(ALLOW, allow=False)
    assert as_far_as_known(policy(deny)) == policy(replace(deny, doubt=DOUBT))
    told = replace(deny, doubt="a parameter")
    assert as_far_as_known(policy(told)) == policy(told)


def test_what_is_known_stays_and_what_is_possible_is_kept() -> None:
    known, possible = replace(ALLOW, conditions=(KNOWN,)), replace(ALLOW, doubt="a parameter")
    assert as_far_as_known(policy(known, possible=(possible,))) == policy(known, possible=(possible,))


@pytest.mark.parametrize(
    ("key", "lacks"),
    [
        ("accounts.google.com:sub", True),
        ("accounts.google.com:a:b", True),
        ("iot:connection.thing.isattached", False),
        ("newservice:first.part:second", False),
        ("cognito-identity.amazonaws.com:aud", False),
    ],
)
def test_a_key_of_another_provider_begins_with_its_domain(key: str, lacks: bool) -> None:
    assert is_absent(key) is lacks
