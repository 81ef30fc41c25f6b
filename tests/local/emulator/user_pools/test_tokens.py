"""Claims are Cognito's, attributes are the user's; a token is valid while its sign-in is; refresh tokens rotate."""

from typing import Any

import pytest

from constructs_lib.local.emulator.user_pools import refresh_tokens
from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, POOL, Bench, attribute, bench_with, claims

RESERVED = (
    "sub", "iss", "aud", "exp", "iat", "auth_time", "token_use", "jti", "origin_jti", "event_id", "cognito:username",
    "cognito:groups", "cognito:roles", "cognito:preferred_role", "nonce", "identities", "client_id", "scope",
)  # fmt: skip
REUSED = "RefreshTokenReuseException: Refresh token has been used already."
REVOKED = "NotAuthorizedException: Refresh Token has been revoked"


def content(token: str) -> dict[str, Any]:
    found = claims(token)
    assert found is not None
    return found


def renew(bench: Bench, token: str) -> str:
    return bench.refusal("GetTokensFromRefreshToken", ClientId=CLIENT, RefreshToken=token)


@pytest.mark.parametrize("name", RESERVED)
def test_an_attribute_is_never_a_claim_of_cognitos_own(bench: Bench, name: str) -> None:
    """Even an attribute that was stored in another way, and that the client may read."""
    user = bench.user("alice")
    before = content(bench.sign_in("alice")["IdToken"]).get(name)
    if name == "sub":
        return
    user["Attributes"].append({"Name": name, "Value": "[]" if name == "identities" else "mallory"})
    bench.pool["_clients"][CLIENT]["ReadAttributes"] = [name]
    after = bench.sign_in("alice")
    assert content(after["IdToken"]).get(name) != "mallory"
    assert content(after["AccessToken"]).get(name) != "mallory"
    assert type(content(after["IdToken"]).get(name)) in (type(before), list)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "auth_time", "token_use", "jti", "cognito:username"])
def test_a_schema_attribute_of_that_name_is_not_a_claim_either(bench: Bench, name: str) -> None:
    bench.pool["SchemaAttributes"].append(attribute(name))
    bench.user("alice")["Attributes"].append({"Name": name, "Value": "mallory"})
    bench.pool["_clients"][CLIENT]["ReadAttributes"] = [name]
    assert content(bench.sign_in("alice")["IdToken"])[name] != "mallory"


def test_a_client_reads_only_its_read_attributes(bench: Bench) -> None:
    bench.user("alice", name="Alice", family_name="Smith")
    bench.client("narrow", ReadAttributes=["name"])
    assert content(bench.sign_in("alice")["IdToken"])["family_name"] == "Smith"
    narrow = bench.sign_in("alice", client="narrow")
    assert {"email", "email_verified", "family_name"} & set(content(narrow["IdToken"])) == set()
    shown = bench.call("GetUser", AccessToken=narrow["AccessToken"])["UserAttributes"]
    assert {each["Name"] for each in shown} == {"sub", "name"}


def test_groups_and_their_roles_are_claims(bench: Bench) -> None:
    bench.user("alice")["_groups"] = ["editors"]
    bench.pool["_groups"]["editors"] = {"GroupName": "editors", "RoleArn": "arn:aws:iam::0:role/e", "Precedence": 1}
    tokens = bench.sign_in("alice")
    assert content(tokens["AccessToken"])["cognito:groups"] == ["editors"]
    assert content(tokens["IdToken"])["cognito:preferred_role"] == "arn:aws:iam::0:role/e"


def change(bench: Bench, details: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    def function(event: dict[str, Any]) -> dict[str, Any]:
        return {**event, "response": {"claimsAndScopeOverrideDetails": details}}

    bench.functions["tokens"] = function
    bench.pool["LambdaConfig"]["PreTokenGenerationConfig"] = {"LambdaArn": "tokens", "LambdaVersion": "V2_0"}
    tokens = bench.sign_in("alice")
    return content(tokens["IdToken"]), content(tokens["AccessToken"])


def test_a_function_adds_claims_but_changes_none_of_cognitos_own(bench: Bench) -> None:
    bench.user("alice")
    forged = dict.fromkeys(RESERVED, "mallory") | {"tier": "gold"}
    generation = {"claimsToAddOrOverride": forged, "claimsToSuppress": ["sub", "email", "exp"]}
    identity, access = change(bench, {"idTokenGeneration": generation, "accessTokenGeneration": generation})
    for token in (identity, access):
        assert token["tier"] == "gold"
        assert [name for name in RESERVED if token.get(name) == "mallory"] == []
        assert {"sub", "exp"} <= set(token)
    assert "email" not in identity


def test_a_function_changes_groups_and_scopes_where_it_should(bench: Bench) -> None:
    bench.user("alice")
    identity, access = change(bench, {
        "groupOverrideDetails": {"groupsToOverride": ["readers"], "preferredRole": "arn:aws:iam::0:role/r"},
        "accessTokenGeneration": {"scopesToAdd": ["notes/read"]},
    })  # fmt: skip
    assert identity["cognito:groups"] == access["cognito:groups"] == ["readers"]
    assert identity["cognito:preferred_role"] == "arn:aws:iam::0:role/r"
    assert access["scope"].split() == ["aws.cognito.signin.user.admin", "notes/read"]


def test_a_failing_function_gives_no_token_and_leaves_no_sign_in(bench: Bench) -> None:
    user = bench.user("alice")
    bench.pool["LambdaConfig"]["PreTokenGeneration"] = "nowhere"
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert said.startswith("UnexpectedLambdaException: PreTokenGeneration invocation failed")
    assert not user.get("_sign_ins")


def test_without_rotation_a_refresh_token_stays(bench: Bench) -> None:
    bench.user("alice")
    tokens = bench.sign_in("alice")
    answer = bench.call("GetTokensFromRefreshToken", ClientId=CLIENT, RefreshToken=tokens["RefreshToken"])
    assert "RefreshToken" not in answer["AuthenticationResult"]
    assert renew(bench, tokens["RefreshToken"]) == "allowed"


def rotating(grace: int) -> Bench:
    bench = bench_with()
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": grace}
    bench.client(CLIENT, ExplicitAuthFlows=flows, RefreshTokenRotation=rotation)
    bench.user("alice")
    return bench


def test_with_rotation_each_refresh_token_works_once() -> None:
    bench = rotating(0)
    first = bench.sign_in("alice")["RefreshToken"]
    answer = bench.call("GetTokensFromRefreshToken", ClientId=CLIENT, RefreshToken=first)
    second = answer["AuthenticationResult"]["RefreshToken"]
    assert second != first
    assert renew(bench, first) == REUSED
    assert renew(bench, second) == "allowed"


def test_of_two_concurrent_renewals_one_is_refused() -> None:
    bench = rotating(0)
    token = bench.sign_in("alice")["RefreshToken"]
    meanwhile: list[str] = []

    def second(event: dict[str, Any]) -> dict[str, Any]:
        del bench.pool["LambdaConfig"]["PreTokenGeneration"]
        meanwhile.append(renew(bench, token))
        return event

    bench.on("PreTokenGeneration", second)
    assert renew(bench, token) == "allowed"
    assert meanwhile == [REUSED]


def test_a_renewal_that_a_function_refuses_leaves_the_token_as_it_was() -> None:
    bench = rotating(0)
    token = bench.sign_in("alice")["RefreshToken"]
    bench.pool["LambdaConfig"]["PreTokenGeneration"] = "nowhere"
    assert renew(bench, token).startswith("UnexpectedLambdaException")
    del bench.pool["LambdaConfig"]["PreTokenGeneration"]
    assert renew(bench, token) == "allowed"


def test_a_rotated_refresh_token_works_for_the_grace_period() -> None:
    bench = rotating(30)
    first = bench.sign_in("alice")["RefreshToken"]
    assert renew(bench, first) == "allowed"
    bench.now += 29
    assert renew(bench, first) == "allowed"
    bench.now += 2
    assert renew(bench, first) == REUSED


def test_initiate_auth_does_not_bypass_rotation() -> None:
    bench = rotating(0)
    bench.pool["_clients"][CLIENT]["ExplicitAuthFlows"].append("ALLOW_REFRESH_TOKEN_AUTH")
    token = bench.sign_in("alice")["RefreshToken"]
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )
    assert said.startswith("UnsupportedOperationException")


def test_a_refresh_token_ends_with_its_lifetime(bench: Bench) -> None:
    bench.user("alice")
    token = bench.sign_in("alice")["RefreshToken"]
    bench.now += 30 * 86400 + 1
    assert renew(bench, token) == "NotAuthorizedException: Refresh Token has expired"


def test_revoking_ends_one_sign_in_and_its_access_tokens(bench: Bench) -> None:
    bench.user("alice")
    one, other = bench.sign_in("alice"), bench.sign_in("alice")
    bench.call("RevokeToken", ClientId=CLIENT, Token=one["RefreshToken"])
    assert renew(bench, one["RefreshToken"]) == REVOKED
    said = bench.refusal("GetUser", AccessToken=one["AccessToken"])
    assert said == "NotAuthorizedException: Access Token has been revoked"
    assert bench.ended == [content(one["AccessToken"])["origin_jti"]]
    assert renew(bench, other["RefreshToken"]) == "allowed"


@pytest.mark.parametrize("operation", ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminResetUserPassword"])
def test_disabling_reset_and_global_sign_out_end_every_sign_in(bench: Bench, operation: str) -> None:
    bench.user("alice")
    tokens = [bench.sign_in("alice")["RefreshToken"] for _ in range(2)]
    bench.call(operation, UserPoolId=POOL, Username="alice")
    bench.call("AdminEnableUser", UserPoolId=POOL, Username="alice")
    assert [renew(bench, token) for token in tokens] == [REVOKED, REVOKED]


def test_a_new_user_of_an_old_name_inherits_no_token(bench: Bench) -> None:
    bench.user("alice")
    token = bench.sign_in("alice")["RefreshToken"]
    bench.call("AdminDeleteUser", UserPoolId=POOL, Username="alice")
    bench.user("alice")
    assert renew(bench, token).startswith("NotAuthorizedException: The user has been deleted")


def test_a_refresh_token_is_no_token_of_the_pool(bench: Bench) -> None:
    """It has another form, and what is inside names no issuer: "encrypted, opaque" (Cognito developer guide)."""
    bench.user("alice")
    tokens = bench.sign_in("alice")
    refresh = tokens["RefreshToken"]
    assert (refresh.count("."), claims(refresh)) == (4, None)
    inside = ".".join(refresh.split(".")[1:-1])
    assert "iss" not in content(inside)
    for other in (inside, tokens["AccessToken"], tokens["IdToken"], refresh[1:], f"{refresh}x."):
        assert renew(bench, other) == "NotAuthorizedException: Invalid Refresh Token"


def test_a_refresh_token_is_of_one_pool(bench: Bench) -> None:
    bench.user("alice")
    token = bench.sign_in("alice")["RefreshToken"]
    bench.pool["Id"] = "us-east-1_another"
    assert refresh_tokens.claims_of(bench.interface, bench.pool, token) is None
