"""A condition on a value that the template determines in part is in doubt if it may match and does not as written."""

import pytest

from constructs_lib.analysis.engine.policy_layers import Layers
from constructs_lib.analysis.engine.undetermined_values import with_undetermined_values
from constructs_lib.analysis.iam.policies import Condition, Statement

ARN, AUD, TAG = "aws:principalarn", "cognito-identity.amazonaws.com:aud", "aws:principaltag/client"
ROLE = "arn:aws:iam::⟦AWS::AccountId⟧:role/"
GENERATED = {ARN: (f"{ROLE}⟦S/User⟧", f"{ROLE}⟦S/User⟧"), AUD: ("⟦S/Pool⟧",), TAG: ("⟦S/Client⟧",)}
NAMED = {ARN: (f"{ROLE}app-users", f"{ROLE}app-users")}
WITH_PATH = {ARN: (f"{ROLE}⟦S/User⟧", f"{ROLE}x/⟦S/User⟧")}
BY_STACK = {ARN: (f"{ROLE}⟦AWS::StackName⟧-users",)}
ID = "us-east-1:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


def statement(key: str, operator: str, value: str, *, allow: bool) -> Statement:
    condition = Condition(qualifier="", operator=operator, if_exists=False, key=key, values=(value,))
    return Statement(allow=allow, actions=("*",), resources=("*",), conditions=(condition,))


@pytest.mark.parametrize(
    ("values", "key", "operator", "value", "in_doubt"),
    [
        (GENERATED, ARN, "arnlike", f"{ROLE}⟦S/User⟧", False),
        (GENERATED, ARN, "arnlike", f"{ROLE}*", False),
        (GENERATED, ARN, "arnlike", "arn:aws:iam::*:role/app-*", True),
        (GENERATED, ARN, "stringlike", "*:role/app-*", True),
        (GENERATED, ARN, "stringequals", "*:role/app-*", False),
        (GENERATED, ARN, "arnlike", "arn:aws:iam::1234*:role/*", True),
        (GENERATED, ARN, "arnlike", "arn:aws:iam::*:role/aws-service-role/*", False),
        (GENERATED, ARN, "arnequals", f"{ROLE}⟦AWS::StackName⟧-User*", True),
        (GENERATED, ARN, "stringequals", f"{ROLE}app-users", False),
        (GENERATED, ARN, "arnlike", f"{ROLE}⟦S/Other⟧", False),
        (GENERATED, ARN, "null", "true", False),
        (WITH_PATH, ARN, "arnlike", "arn:aws:iam::*:role/x/*", True),
        (WITH_PATH, ARN, "arnlike", "arn:aws:iam::*:role/y/*", False),
        (NAMED, ARN, "stringequals", f"{ROLE}app-users", False),
        (NAMED, ARN, "stringequals", f"{ROLE}admin", False),
        (NAMED, ARN, "stringequals", f"{ROLE}⟦AWS::StackName⟧-users", True),
        (NAMED, ARN, "stringequals", f"{ROLE}⟦AWS::StackName⟧-admin", False),
        (BY_STACK, ARN, "stringequals", f"{ROLE}app-users", True),
        (BY_STACK, ARN, "stringequals", f"{ROLE}app-admin", False),
        (GENERATED, AUD, "stringequals", "⟦S/Pool⟧", False),
        (GENERATED, AUD, "stringequals", "⟦S/Other⟧", False),
        (GENERATED, AUD, "stringequals", ID, True),
        (GENERATED, AUD, "stringlike", "us-east-1:*", True),
        (GENERATED, TAG, "stringequals", "7abcdefg", True),
        (GENERATED, TAG, "stringequals", "${aws:PrincipalTag/x}", False),
        (GENERATED, "aws:sourcevpc", "stringequals", "vpc-1", False),
    ],
)
def test_a_condition_that_may_match_is_in_doubt(
    values: dict[str, tuple[str, ...]], key: str, operator: str, value: str, *, in_doubt: bool
) -> None:
    allowed, unbound = (statement(key, operator, value, allow=True) for _ in range(2))
    found = with_undetermined_values(Layers(identity=(allowed,), limits=((unbound,),)), values)
    assert [each.conditions for each in found.possible] == [()] * in_doubt
    assert any(found.possible_limits) is in_doubt
    assert (found.identity, found.limits) == ((allowed,), ((unbound,),))
    negated = {"null": "null", "arnequals": "arnnotequals", "arnlike": "arnnotlike"}.get(operator, "")
    denied = statement(key, negated or operator.replace("string", "stringnot"), value, allow=False)
    (deny,) = with_undetermined_values(Layers(identity=(denied,)), values).identity
    assert bool(deny.doubt) is in_doubt


def test_an_allow_that_no_boundary_limits_stays_without_limits() -> None:
    allowed = statement(ARN, "arnlike", "arn:aws:iam::*:role/app-*", allow=True)
    found = with_undetermined_values(Layers(identity=(), resource=(allowed,), unbound=(allowed,)), GENERATED)
    assert (len(found.possible), len(found.possible_unbound)) == (1, 1)
