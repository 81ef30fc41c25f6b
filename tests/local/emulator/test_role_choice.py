"""The role that an identity pool selects, and the role claims of an ID token."""

from typing import Any

import pytest

from constructs_lib.local.emulator.role_choice import choose_role
from constructs_lib.local.emulator.user_pools.group_role_claims import role_claims

PROVIDER = "cognito-idp.us-east-1.amazonaws.com/pool"
ROLES = {"authenticated": "member", "unauthenticated": "guest"}
AUD = {"aud": "client"}


def choose(
    mapping: dict[str, Any] | None, claims: dict[str, Any] | None = None, custom: str | None = None, **options: Any
) -> str:
    mappings = {f"{PROVIDER}:client": mapping} if mapping else {}
    arguments = {"roles": ROLES, "mappings": mappings, "provider": PROVIDER, **options}
    choice = choose_role(claims=AUD | (claims or {}), custom_role=custom, **arguments)
    return choice.role_arn or choice.error


def token(fallback: str = "AuthenticatedRole") -> dict[str, Any]:
    return {"Type": "Token", "AmbiguousRoleResolution": fallback}


def rules(*found: tuple[str, str, str, str], fallback: str = "Deny") -> dict[str, Any]:
    fields = ("Claim", "MatchType", "Value", "RoleARN")
    listed = [dict(zip(fields, rule, strict=True)) for rule in found]
    return {"Type": "Rules", "AmbiguousRoleResolution": fallback, "RulesConfiguration": {"Rules": listed}}


EDITOR = {"cognito:roles": ["editor", "reader"], "cognito:preferred_role": "editor"}
TIED = {"cognito:roles": ["editor", "reader"]}


@pytest.mark.parametrize(
    ("mapping", "claims", "expected"),
    [
        (None, EDITOR, "member"),
        (token(), EDITOR, "editor"),
        (token(), TIED, "member"),
        (token("Deny"), TIED, "NotAuthorizedException"),
        (token("Deny"), {}, "NotAuthorizedException"),
        (token(), {}, "member"),
    ],
)
def test_a_token_mapping_gives_the_preferred_role(
    mapping: dict[str, Any] | None, claims: dict[str, Any], expected: str
) -> None:
    assert choose(mapping, claims) == expected


def test_a_mapping_of_another_client_does_not_count() -> None:
    assert choose(token(), EDITOR | {"aud": "other"}) == "member"


def test_a_mapping_under_any_key_names_its_provider() -> None:
    mapping = token() | {"IdentityProvider": f"{PROVIDER}:client"}
    assert choose(None, EDITOR, mappings={"fromTemplate": mapping}) == "editor"


@pytest.mark.parametrize(
    ("custom", "mapping", "expected"),
    [
        ("reader", token(), "reader"),
        ("stranger", token(), "NotAuthorizedException"),
        ("reader", None, "NotAuthorizedException"),
        ("reader", rules(("aud", "Equals", "client", "ruled")), "NotAuthorizedException"),
    ],
)
def test_a_caller_may_choose_among_the_roles_of_their_token_only(
    custom: str, mapping: dict[str, Any] | None, expected: str
) -> None:
    assert choose(mapping, EDITOR, custom) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (("team", "Equals", "red", "ruled"), "ruled"),
        (("team", "Equals", "re", "ruled"), "NotAuthorizedException"),
        (("team", "NotEqual", "blue", "ruled"), "ruled"),
        (("team", "Contains", "e", "ruled"), "ruled"),
        (("team", "StartsWith", "r", "ruled"), "ruled"),
        (("team", "StartsWith", "d", "ruled"), "NotAuthorizedException"),
        (("absent", "NotEqual", "blue", "ruled"), "NotAuthorizedException"),
        (("cognito:groups", "Contains", "admin", "ruled"), "ruled"),
        (("cognito:groups", "Equals", "admins", "ruled"), "ruled"),
        (("team", "EndsWith", "d", "ruled"), "NotAuthorizedException"),
    ],
)
def test_rules_match_as_they_say(rule: tuple[str, str, str, str], expected: str) -> None:
    assert choose(rules(rule), {"team": "red", "cognito:groups": ["admins"]}) == expected


def test_the_first_matching_rule_wins_and_the_default_follows_the_last() -> None:
    first, second = ("team", "Contains", "r", "one"), ("team", "Equals", "red", "two")
    assert choose(rules(first, second), {"team": "red"}) == "one"
    assert choose(rules(first, fallback="AuthenticatedRole"), {"team": "blue"}) == "member"


@pytest.mark.parametrize("configuration", [None, {}])
def test_a_mapping_without_rules_gives_the_default(configuration: dict[str, Any] | None) -> None:
    mapping = rules(fallback="AuthenticatedRole") | {"RulesConfiguration": configuration}
    assert choose(mapping, {"team": "red"}) == "member"


@pytest.mark.parametrize(
    ("roles", "mapping", "custom", "message"),
    [
        (ROLES, token(), "stranger", "Token does not contain a valid role claim."),
        (ROLES, token("Deny"), None, "Ambiguous role resolution is set to Deny."),
        ({}, token(), None, "Invalid identity pool configuration. Check assigned IAM roles for this pool."),
    ],
)
def test_an_error_has_the_message_of_cognito(
    roles: dict[str, str], mapping: dict[str, Any], custom: str | None, message: str
) -> None:
    mappings = {f"{PROVIDER}:client": mapping}
    choice = choose_role(roles=roles, mappings=mappings, provider=PROVIDER, claims=AUD, custom_role=custom)
    assert choice.message == message


def test_guests_get_their_role_or_an_error() -> None:
    assert choose(token(), provider=None) == "guest"
    assert choose(None, provider=None, roles={}) == "InvalidIdentityPoolConfigurationException"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], {}),
        ([{"GroupName": "plain"}], {}),
        ([{"RoleArn": "a", "Precedence": 2}, {"RoleArn": "b", "Precedence": 1}],
         {"cognito:roles": ["a", "b"], "cognito:preferred_role": "b"}),
        ([{"RoleArn": "a", "Precedence": 0}, {"RoleArn": "b"}],
         {"cognito:roles": ["a", "b"], "cognito:preferred_role": "a"}),
        ([{"RoleArn": "a", "Precedence": 1}, {"RoleArn": "b", "Precedence": 1}], {"cognito:roles": ["a", "b"]}),
        ([{"RoleArn": "a", "Precedence": 1}, {"RoleArn": "a", "Precedence": 1}],
         {"cognito:roles": ["a"], "cognito:preferred_role": "a"}),
        ([{"Precedence": 0}, {"RoleArn": "b", "Precedence": 5}],
         {"cognito:roles": ["b"], "cognito:preferred_role": "b"}),
    ],
)  # fmt: skip
def test_the_role_of_the_lowest_precedence_is_preferred(groups: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    assert role_claims(groups) == expected
