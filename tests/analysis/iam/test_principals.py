"""The callers that a resource policy's statement applies to."""

import pytest

from constructs_lib.analysis.iam.policies import Statement
from constructs_lib.analysis.iam.principals import is_unbound, speaks_of
from constructs_lib.analysis.template.atoms import ACCOUNT

ROLE = f"arn:aws:iam::{ACCOUNT}:role/Users"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Users/CognitoIdentityCredentials"


def statement(kind: str, value: str, *, allow: bool = True, others: bool = False) -> Statement:
    return Statement(allow=allow, actions=("s3:*",), principals=((kind, value),), not_principals=others)


@pytest.mark.parametrize(
    ("kind", "value", "speaks"),
    [
        ("*", "*", True),
        ("AWS", "*", True),
        ("AWS", ROLE, True),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/app/Users", True),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/Admins", False),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/PowerUsers", False),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:user/Users", False),
        ("AWS", SESSION, True),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/Users", True),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/UsersOfAll/x", False),
        ("AWS", ":assumed-role/Users/x", False),
        ("Federated", "cognito-identity.amazonaws.com", True),
        ("Federated", "accounts.google.com", False),
        ("Service", "s3.amazonaws.com", False),
        ("CanonicalUser", ROLE, False),
    ],
)
def test_an_allow_speaks_of_a_role_by_each_of_its_names(kind: str, value: str, speaks: bool) -> None:
    assert speaks_of(statement(kind, value), ROLE) is speaks
    assert speaks_of(statement(kind, value, others=True), ROLE) is not speaks


def test_a_role_of_which_the_template_knows_no_arn_is_known_by_its_whole_name() -> None:
    assert speaks_of(statement("AWS", "unknown-role"), "unknown-role")
    assert not speaks_of(statement("AWS", "unknown-role-2"), "unknown-role")


@pytest.mark.parametrize("account", [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"])
def test_an_account_delegates_when_it_is_allowed_and_is_everyone_when_it_is_denied(account: str) -> None:
    assert not speaks_of(statement("AWS", account), ROLE)
    assert speaks_of(statement("AWS", account, allow=False), ROLE)


def test_a_deny_by_the_name_of_the_federation_is_not_relied_on() -> None:
    assert not speaks_of(statement("Federated", "cognito-identity.amazonaws.com", allow=False), ROLE)


def test_without_credentials_only_everyone_speaks_of_a_caller() -> None:
    assert speaks_of(statement("*", "*"), "")
    assert not speaks_of(statement("AWS", ROLE), "")
    assert not speaks_of(statement("AWS", "*"), "")
    assert speaks_of(statement("AWS", ROLE, others=True), "")


@pytest.mark.parametrize(
    ("value", "principal", "unbound"),
    [(ROLE, ROLE, False), (SESSION, ROLE, True), (ROLE, "", True)],
)
def test_a_boundary_limits_what_is_allowed_to_the_role_and_not_to_its_session(
    value: str, principal: str, unbound: bool
) -> None:
    assert is_unbound(statement("AWS", value), principal) is unbound
