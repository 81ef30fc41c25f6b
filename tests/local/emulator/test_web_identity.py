"""Sessions by web identity: whose tokens are accepted, and the policies and duration of the session."""

import json
from typing import Any

import pytest
import requests

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
REFUSED = "InvalidIdentityToken"
ACCOUNT = "000000000000"


def allow(action: str, resource: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def assume(emulator: Any, role: str, token: str, **options: Any) -> str:
    call = emulator.anonymous("sts").assume_role_with_web_identity
    return outcome(call, RoleArn=role, RoleSessionName="session", WebIdentityToken=token, **options)


@pytest.fixture(scope="module")
def classic(emulator: Any) -> tuple[str, str]:
    """Return a role that an identity pool's token may assume, and a token."""
    pool, logins = emulator.identity_pool(classic=True), emulator.login(emulator.user())
    client = emulator.anonymous("cognito-identity")
    identity = client.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    token = client.get_open_id_token(IdentityId=identity, Logins=logins)["Token"]
    return emulator.role([allow("s3:*"), allow("sts:AssumeRole")], pool), token


@pytest.mark.parametrize(
    ("clients", "token", "expected"),
    [
        (None, "IdToken", REFUSED),
        (["another-client"], "IdToken", REFUSED),
        (["{client}"], "IdToken", "allowed"),
        (["{client}"], "AccessToken", REFUSED),
    ],
    ids=["no provider", "another client", "its client", "access token"],
)
def test_a_user_pools_id_token_requires_an_identity_provider_with_its_client(
    emulator: Any, clients: list[str] | None, token: str, expected: str
) -> None:
    iam, provider = emulator.admin("iam"), f"arn:aws:iam::{ACCOUNT}:oidc-provider/{emulator.provider}"
    trust = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    role = emulator.role([allow("s3:*")], "", trust=trust)
    if clients is not None:
        named = [each.format(client=emulator.app_client) for each in clients]
        iam.create_open_id_connect_provider(Url=f"https://{emulator.provider}", ClientIDList=named)
    found = assume(emulator, role, emulator.user()[token])
    if clients is not None:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
    assert found == expected


def test_a_session_policy_limits_the_session(emulator: Any, classic: tuple[str, str]) -> None:
    role, token = classic
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:GetObject")]})
    for options, expected in (({}, "allowed"), ({"Policy": policy}, "AccessDenied")):
        given = emulator.anonymous("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="session", WebIdentityToken=token, **options
        )
        caller = emulator.holder("", given["Credentials"])
        assert outcome(caller.client("s3").list_buckets) == expected
    assert assume(emulator, role, token, Policy="{}x") == "MalformedPolicyDocument"


@pytest.mark.parametrize(("seconds", "status"), [("900", 200), ("3600", 200), ("3601", 400), ("899", 400), ("-1", 400)])
def test_a_session_lasts_no_longer_than_its_role_permits(
    emulator: Any, classic: tuple[str, str], seconds: str, status: int
) -> None:
    asked = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": classic[0],
             "RoleSessionName": "session", "WebIdentityToken": classic[1], "DurationSeconds": seconds}  # fmt: skip
    answer = requests.post(emulator.cloud.endpoint_url, data=asked, timeout=30)
    assert answer.status_code == status, answer.text
    assert ("DurationSeconds" in answer.text or "durationSeconds" in answer.text) == (status == 400)


def test_a_role_that_a_session_assumes_lasts_an_hour(emulator: Any, classic: tuple[str, str]) -> None:
    role, token = classic
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    long = emulator.role([allow("s3:*")], "", trust=trust)
    emulator.admin("iam").update_role(RoleName=long.rsplit("/", 1)[-1], MaxSessionDuration=43200)
    given = emulator.anonymous("sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="session", WebIdentityToken=token
    )
    call = emulator.holder("", given["Credentials"]).client("sts").assume_role
    assert outcome(call, RoleArn=long, RoleSessionName="session", DurationSeconds=3600) == "allowed"
    assert outcome(call, RoleArn=long, RoleSessionName="session", DurationSeconds=3601) == "ValidationError"
