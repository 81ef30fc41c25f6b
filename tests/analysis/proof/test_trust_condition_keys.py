"""Statements of a trust policy whose condition keys are unknown."""

from dataclasses import replace

from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
from constructs_lib.analysis.proof.trust_condition_keys import as_far_as_known

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
