"""Who may assume which role, statements compared whole."""

from collections.abc import Callable
from typing import Any

import pytest

Template = dict[str, Any]
Find = Callable[[str], Any]


def trust(service: str, pool: str, amr: str, action: str | list[str] = "sts:AssumeRoleWithWebIdentity") -> Any:
    statement = {
        "Effect": "Allow",
        "Action": action,
        "Principal": {"Federated": service},
        "Condition": {"StringEquals": {f"{service}:aud": pool}, "ForAnyValue:StringLike": {f"{service}:amr": amr}},
    }
    return [statement]


@pytest.mark.parametrize(
    ("scenario", "service"),
    [
        ("full", "cognito-identity.amazonaws.com"),
        ("staged", "cognito-identity.amazonaws.com"),
        ("govcloud", "cognito-identity-us-gov.amazonaws.com"),
        ("china", "cognito-identity.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_a_role_trusts_its_own_pools_callers_of_its_own_kind_and_nobody_else(
    resources: Find, scenario: str, service: str
) -> None:
    found = resources(scenario)
    pool = "<AuthIdentityPool>"

    def statements(role: str) -> Any:
        return found.named(role)["AssumeRolePolicyDocument"]["Statement"]

    assert statements("AuthGuestRole") == trust(service, pool, "unauthenticated")
    assert statements("AuthAuthenticatedRole") == trust(service, pool, "authenticated")
    assert statements("AuthGroupeditorsRole") == trust(service, pool, "authenticated")
    assert len(found.of_type("AWS::IAM::Role")) == 4


def test_owners_by_sub_pass_their_principal_tag_and_guests_none(resources: Find) -> None:
    found = resources("by_sub")
    both = [
        trust("cognito-identity.amazonaws.com", "<AuthIdentityPool>", "authenticated", action)[0]
        for action in ("sts:AssumeRoleWithWebIdentity", "sts:TagSession")
    ]
    [guest] = found.named("AuthGuestRole")["AssumeRolePolicyDocument"]["Statement"]
    assert guest["Action"] == "sts:AssumeRoleWithWebIdentity"
    for role in ("AuthAuthenticatedRole", "AuthGroupeditorsRole"):
        statements = found.named(role)["AssumeRolePolicyDocument"]["Statement"]
        assert statements in (both, [{**both[0], "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]}])
    assert found.named("AuthPrincipalTag") == {
        "IdentityPoolId": "<AuthIdentityPool>",
        "IdentityProviderName": "<AuthUserPool.ProviderName>",
        "PrincipalTags": {"sub": "sub"},
        "UseDefaults": False,
    }
