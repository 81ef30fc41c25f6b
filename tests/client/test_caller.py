"""A caller's credentials come from the identity pool and renew themselves; the machine's own never leak in."""

import base64
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from requests import Response

from constructs_lib.client import AppClient, ClientSettings, Tokens, User, connection

SETTINGS = ClientSettings(
    region="eu-west-1",
    user_pool_id="eu-west-1_Abc",
    user_pool_client_id="client",
    identity_pool_id="eu-west-1:pool",
)
LOGINS_KEY = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc"
POOL = {"IdentityPoolId": "eu-west-1:pool"}
IDENTITY = {"IdentityId": "eu-west-1:alice"}


def jwt(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"head.{body}.signature"


def user(*, seconds_left: int = 3600) -> User:
    token = jwt(sub="sub-of-alice", exp=time.time() + seconds_left, **{"cognito:groups": ["editors"]})
    tokens = Tokens(id_token=token, access_token="access", refresh_token="refresh")
    return User(AppClient(SETTINGS), "alice@example.com", tokens)


def given(key: str, *, minutes: int = 60) -> dict[str, Any]:
    credentials = {"AccessKeyId": key, "SecretKey": "s", "SessionToken": "t"}
    return {"Credentials": {**credentials, "Expiration": datetime.now(UTC) + timedelta(minutes=minutes)}}


def test_a_user_is_known_by_the_id_token() -> None:
    alice = user()
    assert (alice.sub, alice.groups) == ("sub-of-alice", ("editors",))
    assert "signature" not in repr(alice.tokens), "tokens are secrets and stay out of logs"


def test_a_session_signs_with_what_the_identity_pool_gave_and_not_with_this_machines_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "a-profile-that-does-not-exist")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMACHINE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "machine")
    alice = user()
    logins = {"Logins": {LOGINS_KEY: alice.tokens.id_token}}
    with Stubber(alice.app.identities) as stub:
        stub.add_response("get_id", IDENTITY, {**POOL, **logins})
        stub.add_response("get_credentials_for_identity", given("ASIAALICE"), {**IDENTITY, **logins})
        credentials = alice.session().get_credentials()
    assert credentials is not None
    assert credentials.access_key == "ASIAALICE"


def test_credentials_about_to_end_are_renewed_and_with_them_tokens_about_to_end() -> None:
    alice = user(seconds_left=10)
    renewed = {"IdToken": jwt(sub="sub-of-alice", exp=time.time() + 3600), "AccessToken": "new"}
    with Stubber(alice.app.identities) as identities, Stubber(alice.app.cognito) as cognito:
        cognito.add_response(
            "get_tokens_from_refresh_token",
            {"AuthenticationResult": renewed},
            {"RefreshToken": "refresh", "ClientId": "client"},
        )
        identities.add_response("get_id", IDENTITY)
        identities.add_response("get_credentials_for_identity", given("ASIAOLD", minutes=1))
        identities.add_response("get_credentials_for_identity", given("ASIANEW"))
        assert alice.credentials.access_key == "ASIANEW"
    assert alice.tokens.refresh_token == "refresh", "no new refresh token was sent, so the old one stays"


def test_a_guest_proves_nothing_and_keeps_one_identity() -> None:
    guest = AppClient(SETTINGS).guest()
    with Stubber(guest.app.identities) as stub:
        stub.add_response("get_id", IDENTITY, {**POOL, "Logins": {}})
        assert [guest.identity_id, guest.identity_id] == ["eu-west-1:alice"] * 2


@pytest.mark.parametrize(
    ("ignored", "given", "used"),
    [("", None, "http://127.0.0.1:1"), ("true", None, None), ("true", "http://127.0.0.1:2", "http://127.0.0.1:2")],
)
def test_requests_to_an_api_go_where_the_environment_sends_boto3(
    monkeypatch: pytest.MonkeyPatch, ignored: str, given: str | None, used: str | None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ignored)
    sent: list[str | None] = []

    def send(*_: object, endpoint_url: str | None, **__: object) -> Response:
        sent.append(endpoint_url)
        return Response()

    monkeypatch.setattr(connection, "send_signed", send)
    AppClient(SETTINGS, endpoint_url=given).send("GET", "https://a.example/shares", credentials=None)
    assert sent == [used]


def test_every_client_of_a_session_goes_to_the_local_cloud_when_there_is_one() -> None:
    guest = AppClient(SETTINGS, endpoint_url="http://127.0.0.1:1").guest()
    with Stubber(guest.app.identities) as stub:
        stub.add_response("get_id", IDENTITY)
        stub.add_response("get_credentials_for_identity", given("ASIAGUEST"))
        s3 = guest.session().client("s3")
        table = guest.session().resource("dynamodb").Table("Notes")
    assert s3.meta.endpoint_url == table.meta.client.meta.endpoint_url == "http://127.0.0.1:1"
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
    assert address.startswith("http://127.0.0.1:1/b/k?")


def member(**claims: str) -> User:
    """Return somebody of an app whose owners are known by `sub`, and whose places name a tenant."""
    settings = replace(SETTINGS, placeholders={"owner": "sub", "tenant": "custom:tenant"})
    token = jwt(sub="sub-of-alice", exp=time.time() + 3600, **{f"custom:{key}": each for key, each in claims.items()})
    return User(AppClient(settings), "alice@example.com", Tokens(id_token=token, access_token="a", refresh_token="r"))


def test_a_place_has_the_callers_own_values_in_it() -> None:
    assert member(tenant="acme").place("tenants/{tenant}/people/{owner}/x") == "tenants/acme/people/sub-of-alice/x"
    guest = AppClient(SETTINGS).guest()
    with Stubber(guest.app.identities) as stub:
        stub.add_response("get_id", IDENTITY)
        assert guest.place("private/{owner}/x") == "private/eu-west-1:alice/x"


def test_a_place_that_nobody_of_the_app_has_or_that_the_caller_lacks_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"\{department\} is not a placeholder .* owner, tenant; add"):
        member(tenant="acme").place("{department}/x")
    with pytest.raises(ValueError, match="does not contain the claim 'custom:tenant'; set the claim, then call"):
        member().place("tenants/{tenant}/x")
    with pytest.raises(ValueError, match="a guest has no value for tenant"):
        AppClient(member().app.settings).guest().value("tenant")


def test_new_tokens_bring_new_credentials_and_what_was_given_before_stays_as_it_is() -> None:
    alice = user()
    renewed = {"IdToken": jwt(sub="sub-of-alice", exp=time.time() + 3600), "AccessToken": "new"}
    with Stubber(alice.app.identities) as identities, Stubber(alice.app.cognito) as cognito:
        identities.add_response("get_id", IDENTITY)
        for key in ("ASIAOLD", "ASIANEW"):
            identities.add_response("get_credentials_for_identity", given(key))
        cognito.add_response("get_tokens_from_refresh_token", {"AuthenticationResult": renewed})
        before = alice.session()
        assert before.get_credentials().access_key == "ASIAOLD"  # type: ignore[union-attr] # there are some
        alice.renew_tokens()
        assert alice.session().get_credentials().access_key == "ASIANEW"  # type: ignore[union-attr] # there are some
        assert before.get_credentials().access_key == "ASIAOLD"  # type: ignore[union-attr] # there are some
