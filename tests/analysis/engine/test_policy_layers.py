"""A Deny of all but some principals is in doubt if one of them may turn out to be the caller."""

import pytest

from constructs_lib.analysis.engine.policy_layers import resource_policy_layers
from constructs_lib.analysis.iam.policies import Policy, Statement

ROLE = "arn:aws:iam::⟦AWS::AccountId⟧:role/"
SESSION = "arn:aws:sts::⟦AWS::AccountId⟧:assumed-role/"


@pytest.mark.parametrize(
    ("role", "left_out", "in_doubt"),
    [
        ("app-users", f"{ROLE}⟦AWS::StackName⟧-users", True),
        ("app-users", f"{ROLE}x/⟦AWS::StackName⟧-users", True),
        ("app-users", f"{SESSION}⟦AWS::StackName⟧-users/CognitoIdentityCredentials", True),
        ("app-users", f"{ROLE}App-Users", True),
        ("app-users", "AROAEXAMPLEID", True),
        ("⟦AWS::StackName⟧-users", f"{ROLE}app-users", True),
        ("⟦S/User⟧", f"{ROLE}⟦wildcard S/Custom.Name⟧", True),
        ("app-users", f"{ROLE}admin", False),
        ("app-users", f"{ROLE}⟦AWS::StackName⟧-admin", False),
        ("⟦S/User⟧", f"{ROLE}⟦S/Other⟧", False),
        ("⟦S/User⟧", f"{ROLE}app-users", False),
        ("⟦S/User⟧", "123456789012", False),
    ],
)
def test_a_deny_that_leaves_out_a_role_that_may_be_the_callers(role: str, left_out: str, *, in_doubt: bool) -> None:
    statement = Statement(
        allow=False, actions=("*",), resources=("*",), principals=(("AWS", left_out),), not_principals=True
    )
    (found,) = resource_policy_layers(Policy(source="P", statements=(statement,)), f"{ROLE}{role}").resource
    assert bool(found.doubt) is in_doubt
    (anonymous,) = resource_policy_layers(Policy(source="P", statements=(statement,)), "").resource
    assert not anonymous.doubt
