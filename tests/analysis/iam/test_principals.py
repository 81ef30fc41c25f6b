"""The callers that a resource policy's statement applies to."""

from dataclasses import replace

import pytest

from constructs_lib.analysis.iam.policies import Statement
from constructs_lib.analysis.iam.principals import applies_to_principal, is_unbound, role_name, with_principal_doubt
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
    assert applies_to_principal(statement(kind, value), ROLE) is speaks
    denied_but = replace(statement(kind, value, others=True), allow=False)
    assert applies_to_principal(denied_but, ROLE) is not speaks


@pytest.mark.parametrize(
    ("kind", "value", "exempt"),
    [
        ("*", "*", True),
        ("AWS", ROLE, True),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/app/Users", False),
        ("AWS", "arn:aws:iam::999999999999:role/Users", False),
        ("AWS", SESSION, False),
        ("Federated", "cognito-identity.amazonaws.com", False),
    ],
)
def test_an_allow_to_all_but_some_exempts_nobody_but_the_role_itself(kind: str, value: str, exempt: bool) -> None:
    assert applies_to_principal(statement(kind, value, others=True), ROLE) is not exempt


@pytest.mark.parametrize(
    ("kind", "value", "certain"),
    [
        ("*", "*", True),
        ("AWS", ROLE, True),
        ("AWS", ACCOUNT, True),
        ("AWS", "*", True),
        ("AWS", SESSION, False),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/app/Users", False),
        ("AWS", "arn:aws:iam::999999999999:role/Users", False),
    ],
)
def test_a_deny_is_in_doubt_unless_it_names_the_role_or_everyone(kind: str, value: str, certain: bool) -> None:
    denied = statement(kind, value, allow=False)
    assert applies_to_principal(denied, ROLE)
    assert (f"{value} may be another principal than {ROLE}" not in with_principal_doubt(denied, ROLE).doubt) is certain
    assert with_principal_doubt(statement(kind, value), ROLE).doubt == ""


def test_the_doubt_about_a_deny_names_all_its_principals() -> None:
    several = replace(statement("AWS", SESSION, allow=False), principals=(("AWS", SESSION), ("AWS", "another")))
    assert with_principal_doubt(several, ROLE).doubt.startswith(f"{SESSION}, another may be")


def test_a_deny_with_a_doubt_and_one_of_all_but_some_stay_as_they_are() -> None:
    unknown = replace(statement("AWS", SESSION, allow=False), doubt="an unknown key")
    others = statement("AWS", ROLE, allow=False, others=True)
    assert with_principal_doubt(unknown, ROLE) == unknown
    assert with_principal_doubt(others, "arn:aws:iam::1:role/Others") == others


@pytest.mark.parametrize(
    ("arn", "name"),
    [(ROLE, "Users"), (f"arn:aws:iam::{ACCOUNT}:role/app/one/⟦Stack/Users⟧", "⟦Stack/Users⟧"), ("unknown", "unknown")],
)
def test_the_name_of_a_role_has_no_path(arn: str, name: str) -> None:
    assert role_name(arn) == name


def test_a_role_of_which_the_template_knows_no_arn_is_known_by_its_whole_name() -> None:
    assert applies_to_principal(statement("AWS", "unknown-role"), "unknown-role")
    assert not applies_to_principal(statement("AWS", "unknown-role-2"), "unknown-role")


@pytest.mark.parametrize("account", [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"])
def test_an_account_delegates_when_it_is_allowed_and_is_everyone_when_it_is_denied(account: str) -> None:
    assert not applies_to_principal(statement("AWS", account), ROLE)
    assert applies_to_principal(statement("AWS", account, allow=False), ROLE)


def test_a_deny_by_the_name_of_the_federation_is_not_relied_on() -> None:
    assert not applies_to_principal(statement("Federated", "cognito-identity.amazonaws.com", allow=False), ROLE)


def test_without_credentials_only_everyone_speaks_of_a_caller() -> None:
    assert applies_to_principal(statement("*", "*"), "")
    assert not applies_to_principal(statement("AWS", ROLE), "")
    assert not applies_to_principal(statement("AWS", "*"), "")
    assert applies_to_principal(statement("AWS", ROLE, others=True), "")


@pytest.mark.parametrize(
    ("value", "principal", "unbound"),
    [(ROLE, ROLE, False), (SESSION, ROLE, True), (ROLE, "", True)],
)
def test_a_boundary_limits_what_is_allowed_to_the_role_and_not_to_its_session(
    value: str, principal: str, unbound: bool
) -> None:
    assert is_unbound(statement("AWS", value), principal) is unbound
