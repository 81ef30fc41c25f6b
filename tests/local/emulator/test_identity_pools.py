"""Refusals of an identity pool, and the role, tags and scope of its sessions."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
SERVICE = "cognito-identity.amazonaws.com"
REFUSED = "InvalidIdentityPoolConfigurationException"


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def signed(emulator: Any, token: str, changes: Mapping[str, Any], key: rsa.RSAPrivateKey | None = None) -> str:
    """Return a token with changed claims, signed with the pool's own key, or with another."""
    if key is None:
        pem = (emulator.signing_keys / f"{emulator.user_pool}-{claims_of(token)['token_use']}.pem").read_bytes()
        loaded = serialization.load_pem_private_key(pem, None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        key = loaded
    body = json.dumps({**claims_of(token), **changes}).encode()
    head = f"{token.split('.', maxsplit=1)[0]}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}"
    signature = key.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def arn_of(caller: Any) -> str:
    return str(caller.client("sts").get_caller_identity()["Arn"])


def allow(action: str, resource: str = "*", **extra: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **extra}


def test_guests_are_refused_where_they_are_off(emulator: Any) -> None:
    pool = emulator.identity_pool()
    emulator.give(pool, unauthenticated=emulator.role([allow("s3:*")], pool, amr="unauthenticated"))
    client = emulator.anonymous("cognito-identity")
    assert outcome(client.get_id, IdentityPoolId=pool) == "NotAuthorizedException"


def test_existing_guests_get_no_credentials_once_guests_are_disabled(emulator: Any) -> None:
    pool = emulator.identity_pool(guests=True)
    emulator.give(pool, unauthenticated=emulator.role([allow("s3:*")], pool, amr="unauthenticated"))
    guest = emulator.caller(pool)
    emulator.admin("cognito-identity").update_identity_pool(
        IdentityPoolId=pool, IdentityPoolName="closed", AllowUnauthenticatedIdentities=False
    )
    client = emulator.anonymous("cognito-identity")
    call = client.get_credentials_for_identity
    assert outcome(call, IdentityId=guest.identity_id) == "NotAuthorizedException"


def test_an_unknown_identity_gets_nothing(emulator: Any) -> None:
    call = emulator.anonymous("cognito-identity").get_credentials_for_identity
    unknown = "us-east-1:00000000-0000-4000-8000-000000000000"
    assert outcome(call, IdentityId=unknown) == "ResourceNotFoundException"


def test_a_users_identity_is_not_given_without_their_token(emulator: Any) -> None:
    pool = emulator.identity_pool(guests=True)
    emulator.give(pool, authenticated=emulator.role([allow("s3:*")], pool),
               unauthenticated=emulator.role([allow("s3:*")], pool, amr="unauthenticated"))  # fmt: skip
    alice = emulator.caller(pool, emulator.user())
    call = emulator.anonymous("cognito-identity").get_credentials_for_identity
    assert outcome(call, IdentityId=alice.identity_id) == "NotAuthorizedException"
    assert (
        outcome(call, IdentityId=alice.identity_id, Logins=emulator.login(emulator.user())) == "NotAuthorizedException"
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "allowed"),
        ({"exp": int(time.time()) - 3600}, "NotAuthorizedException"),
        ({"aud": "another-client"}, "NotAuthorizedException"),
        ({"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other"}, "NotAuthorizedException"),
    ],
    ids=["as it is", "expired", "another client's", "another pool's"],
)
def test_a_correctly_signed_token_must_be_current_and_meant_for_the_pool(
    emulator: Any, changes: dict[str, Any], expected: str
) -> None:
    pool = emulator.identity_pool()
    emulator.give(pool, authenticated=emulator.role([allow("s3:*")], pool))
    token = signed(emulator, emulator.user()["IdToken"], changes)
    assert outcome(emulator.caller, pool, {"IdToken": token}) == expected


def test_forged_and_access_tokens_are_refused(emulator: Any) -> None:
    pool, tokens = emulator.identity_pool(), emulator.user()
    emulator.give(pool, authenticated=emulator.role([allow("s3:*")], pool))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert (
        outcome(emulator.caller, pool, {"IdToken": signed(emulator, tokens["IdToken"], {}, stranger)})
        == "NotAuthorizedException"
    )
    assert outcome(emulator.caller, pool, {"IdToken": tokens["AccessToken"]}) == "NotAuthorizedException"


@pytest.mark.parametrize("provider", ["graph.facebook.com", "accounts.google.com", SERVICE, "oidc.example.com"])
def test_a_token_that_cannot_be_checked_is_refused(emulator: Any, provider: str) -> None:
    pool = emulator.identity_pool(
        SupportedLoginProviders={"graph.facebook.com": "1", "accounts.google.com": "2"},
        DeveloperProviderName="login.example",
        OpenIdConnectProviderARNs=["arn:aws:iam::000000000000:oidc-provider/oidc.example.com"],
    )
    emulator.give(pool, authenticated=emulator.role([allow("s3:*")], pool))
    tokens = emulator.user()
    alice, client = emulator.caller(pool, tokens), emulator.anonymous("cognito-identity")
    made_up = {provider: tokens["IdToken"]}
    assert outcome(client.get_id, IdentityPoolId=pool, Logins=made_up) == "NotAuthorizedException"
    both = {**emulator.login(tokens), **made_up}
    call = client.get_credentials_for_identity
    assert outcome(call, IdentityId=alice.identity_id, Logins=both) == "NotAuthorizedException"
    assert outcome(call, IdentityId=alice.identity_id, Logins=emulator.login(tokens)) == "allowed"


def test_an_expired_access_token_is_refused_by_the_user_pool(emulator: Any) -> None:
    token = emulator.user()["AccessToken"]
    client = emulator.anonymous("cognito-idp")
    assert outcome(client.get_user, AccessToken=token) == "allowed"
    expired = signed(emulator, token, {"exp": int(time.time()) - 1})
    assert outcome(client.get_user, AccessToken=expired) == "NotAuthorizedException"


def federated(pool: str, amr: str, **extra: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Federated": SERVICE},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{SERVICE}:aud": pool},
            "ForAnyValue:StringLike": {f"{SERVICE}:amr": amr},
        },
        **extra,
    }


def all_but(action: str) -> dict[str, Any]:
    trust = federated("{pool}", "authenticated", NotAction=action)
    del trust["Action"]
    return trust


@pytest.mark.parametrize(
    "trust",
    [
        federated("us-east-1:another-pool", "authenticated"),
        federated("{pool}", "unauthenticated"),
        federated("{pool}", "authenticated", Principal={"Service": "lambda.amazonaws.com"}),
        federated("{pool}", "authenticated", Action="sts:AssumeRole"),
        federated("{pool}", "authenticated", Effect="Deny"),
        {
            key: value
            for key, value in federated("{pool}", "authenticated", NotAction="sts:*").items()
            if key != "Action"
        },
    ],
    ids=["another pool", "guests only", "another principal", "another action", "denied", "all but this"],
)
def test_a_role_whose_trust_policy_says_no_is_not_given(emulator: Any, trust: dict[str, Any]) -> None:
    pool = emulator.identity_pool()
    trust = json.loads(json.dumps(trust).replace("{pool}", pool))
    emulator.give(pool, authenticated=emulator.role([allow("s3:*")], pool, trust=trust))
    assert outcome(emulator.caller, pool, emulator.user()) == REFUSED


def group(emulator: Any, role: str, precedence: int) -> str:
    name = emulator.name("group")
    emulator.admin("cognito-idp").create_group(
        UserPoolId=emulator.user_pool, GroupName=name, RoleArn=role, Precedence=precedence
    )
    return str(name)


def test_a_member_of_a_group_gets_its_role_and_a_token_that_says_so(emulator: Any) -> None:
    pool = emulator.identity_pool()
    member, editor, reader = (emulator.role([allow("s3:*")], pool) for _ in range(3))
    tokens = emulator.user(group(emulator, reader, 9), group(emulator, editor, 1))
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    emulator.admin("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=pool,
        Roles={"authenticated": member},
        RoleMappings={f"{emulator.provider}:{emulator.app_client}": mapping},
    )
    claims = claims_of(tokens["IdToken"])
    assert claims["cognito:preferred_role"] == editor
    assert set(claims["cognito:roles"]) == {editor, reader}
    assert "cognito:roles" not in claims_of(tokens["AccessToken"])
    assert editor.rpartition("/")[2] in arn_of(emulator.caller(pool, tokens))
    assert reader.rpartition("/")[2] in arn_of(emulator.caller(pool, tokens, CustomRoleArn=reader))
    assert outcome(emulator.caller, pool, tokens, CustomRoleArn=member) == "NotAuthorizedException"
    assert outcome(emulator.caller, pool, emulator.user()) == "NotAuthorizedException"


@pytest.mark.parametrize("tags", [True, False], ids=["trusted to tag", "not trusted to tag"])
def test_principal_tags_come_from_claims_and_the_trust_must_allow_them(emulator: Any, tags: bool) -> None:
    bucket, pool = emulator.bucket(), emulator.identity_pool()
    resource = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/owner}}/*"
    emulator.give(pool, authenticated=emulator.role([allow("s3:PutObject", resource)], pool, tags=tags))
    emulator.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=emulator.provider, UseDefaults=False, PrincipalTags={"owner": "sub"}
    )
    alice, bob = emulator.user(), emulator.user()
    if not tags:
        assert outcome(emulator.caller, pool, alice) == REFUSED
        return
    put = emulator.caller(pool, alice).client("s3").put_object
    assert outcome(put, Bucket=bucket, Key=f"{claims_of(alice['IdToken'])['sub']}/a") == "allowed"
    assert outcome(put, Bucket=bucket, Key=f"{claims_of(bob['IdToken'])['sub']}/a") == "AccessDenied"


@pytest.mark.parametrize(("wanted", "expected"), [("{sub}", "allowed"), ("other", REFUSED)])
def test_a_trust_policy_may_look_at_the_tags(emulator: Any, wanted: str, expected: str) -> None:
    pool, tokens = emulator.identity_pool(), emulator.user()
    trust = federated(pool, "authenticated", Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"])
    value = wanted.format(sub=claims_of(tokens["IdToken"])["sub"])
    trust["Condition"]["StringEquals"]["aws:RequestTag/owner"] = value
    emulator.give(pool, authenticated=emulator.role([allow("s3:*")], pool, trust=trust))
    emulator.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=emulator.provider, UseDefaults=False, PrincipalTags={"owner": "sub"}
    )
    assert outcome(emulator.caller, pool, tokens) == expected


def test_default_principal_tags_are_username_and_client(emulator: Any) -> None:
    bucket, pool = emulator.bucket(), emulator.identity_pool()
    resource = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/client}}/${{aws:PrincipalTag/username}}/*"
    emulator.give(pool, authenticated=emulator.role([allow("s3:PutObject", resource)], pool, tags=True))
    emulator.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=emulator.provider, UseDefaults=True
    )
    tokens = emulator.user()
    put = emulator.caller(pool, tokens).client("s3").put_object
    sub = claims_of(tokens["IdToken"])["sub"]
    assert outcome(put, Bucket=bucket, Key=f"{emulator.app_client}/{sub}/a") == "allowed"
    assert outcome(put, Bucket=bucket, Key=f"{emulator.app_client}/other/a") == "AccessDenied"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"tenant": "acme"}, ("allowed", "AccessDenied")),
        ({"tenant": "acme-two"}, ("AccessDenied", "AccessDenied")),
        ({"custom:tenant": "acme"}, ("AccessDenied", "allowed")),
        ({}, ("AccessDenied", "allowed")),
        ({"tenant": ""}, ("AccessDenied", "AccessDenied")),
        ({"tenant": "*"}, (REFUSED, REFUSED)),
        ({"tenant": ["acme"]}, (REFUSED, REFUSED)),
        ({"tenant": "a" * 257}, (REFUSED, REFUSED)),
    ],
    ids=["theirs", "begins alike", "another claim", "none", "empty", "a star", "a list", "too long"],
)
def test_a_tenant_is_what_the_id_token_says_and_nothing_else(
    emulator: Any, claims: dict[str, Any], expected: tuple[str, str]
) -> None:
    bucket, pool = emulator.bucket(), emulator.identity_pool()
    folder = allow("s3:PutObject", f"arn:aws:s3:::{bucket}/tenants/${{aws:PrincipalTag/tenant}}/*")
    without = allow(
        "s3:PutObject", f"arn:aws:s3:::{bucket}/lobby/*", Condition={"Null": {"aws:PrincipalTag/tenant": "true"}}
    )
    emulator.give(pool, authenticated=emulator.role([folder, without], pool, tags=True))
    emulator.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool,
        IdentityProviderName=emulator.provider,
        UseDefaults=False,
        PrincipalTags={"tenant": "tenant"},
    )
    token = {"IdToken": signed(emulator, emulator.user()["IdToken"], claims)}
    given = outcome(emulator.caller, pool, token)
    put = emulator.caller(pool, token).client("s3").put_object if given == "allowed" else None
    keys = ("tenants/acme/a", "lobby/a")
    assert tuple(given if put is None else outcome(put, Bucket=bucket, Key=key) for key in keys) == expected


def test_a_guest_reaches_only_what_the_session_policy_lists(emulator: Any) -> None:
    pool, bucket = emulator.identity_pool(guests=True), emulator.bucket()
    emulator.give(pool, unauthenticated=emulator.role([allow("*")], pool, amr="unauthenticated"))
    guest = emulator.caller(pool)
    assert outcome(guest.client("s3").put_object, Bucket=bucket, Key="a") == "allowed"
    assert outcome(guest.client("iam").list_roles) == "AccessDenied"
    assert outcome(guest.client("secretsmanager").list_secrets) == "AccessDeniedException"


class TestClassicFlow:
    """`GetOpenIdToken` and `AssumeRoleWithWebIdentity`."""

    def test_it_is_refused_where_it_is_off(self, emulator: Any) -> None:
        pool, tokens = emulator.identity_pool(), emulator.user()
        client = emulator.anonymous("cognito-identity")
        identity = client.get_id(IdentityPoolId=pool, Logins=emulator.login(tokens))["IdentityId"]
        call = client.get_open_id_token
        assert outcome(call, IdentityId=identity, Logins=emulator.login(tokens)) == "InvalidParameterException"

    def test_it_gives_the_identitys_own_folder_where_it_is_on(self, emulator: Any) -> None:
        pool, bucket, tokens = emulator.identity_pool(classic=True), emulator.bucket(), emulator.user()
        own = f"arn:aws:s3:::{bucket}/${{{SERVICE}:sub}}/*"
        role = emulator.role([allow("s3:PutObject", own)], pool)
        client = emulator.anonymous("cognito-identity")
        identity = client.get_id(IdentityPoolId=pool, Logins=emulator.login(tokens))["IdentityId"]
        token = client.get_open_id_token(IdentityId=identity, Logins=emulator.login(tokens))["Token"]
        given = emulator.anonymous("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="session", WebIdentityToken=token
        )
        put = emulator.holder(identity, given["Credentials"]).client("s3").put_object
        assert outcome(put, Bucket=bucket, Key=f"{identity}/a") == "allowed"
        assert outcome(put, Bucket=bucket, Key="us-east-1:other/a") == "AccessDenied"

    def test_guests_are_refused_where_they_are_off(self, emulator: Any) -> None:
        pool = emulator.identity_pool(guests=True, classic=True)
        client = emulator.anonymous("cognito-identity")
        identity = client.get_id(IdentityPoolId=pool)["IdentityId"]
        emulator.admin("cognito-identity").update_identity_pool(
            IdentityPoolId=pool, IdentityPoolName="p", AllowUnauthenticatedIdentities=False, AllowClassicFlow=True
        )
        assert outcome(client.get_open_id_token, IdentityId=identity) == "NotAuthorizedException"

    def test_a_token_somebody_wrote_themselves_is_refused(self, emulator: Any) -> None:
        pool = emulator.identity_pool(classic=True)
        role = emulator.role([allow("s3:*")], pool)
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = int(time.time())
        claims = {"iss": f"https://{SERVICE}", "aud": pool, "amr": ["authenticated"], "sub": "us-east-1:bob",
                  "exp": now + 600}  # fmt: skip
        template = emulator.user()["IdToken"]
        call = emulator.anonymous("sts").assume_role_with_web_identity
        for token in (signed(emulator, template, claims, stranger), signed(emulator, template, claims)):
            found = outcome(call, RoleArn=role, RoleSessionName="session", WebIdentityToken=token)
            assert found == "InvalidIdentityToken"

    def test_a_token_of_yesterday_is_refused(self, emulator: Any) -> None:
        role = emulator.role([allow("s3:*")], emulator.identity_pool(classic=True))
        call = emulator.anonymous("sts").assume_role_with_web_identity
        for exp in (int(time.time()) - 1, 0, None):
            token = signed(emulator, emulator.user()["IdToken"], {"exp": exp})
            found = outcome(call, RoleArn=role, RoleSessionName="session", WebIdentityToken=token)
            assert found == "ExpiredTokenException"
