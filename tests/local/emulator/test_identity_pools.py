"""Refusals of an identity pool, and the role, tags and scope of its sessions."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

pytestmark = pytest.mark.slow
SERVICE = "cognito-identity.amazonaws.com"
REFUSED = "InvalidIdentityPoolConfigurationException"


def outcome(call: Any, /, **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def signed(world: Any, token: str, changes: Mapping[str, Any], key: rsa.RSAPrivateKey | None = None) -> str:
    """Return a token with changed claims, signed with the pool's own key, or with another."""
    if key is None:
        pem = (world.signing_keys / f"{world.user_pool}-{claims_of(token)['token_use']}.pem").read_bytes()
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


def vend(world: Any, pool: str, tokens: Mapping[str, str] | None = None, **options: Any) -> str:
    try:
        world.caller(pool, tokens, **options)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"


def test_guests_are_refused_where_they_are_off(world: Any) -> None:
    pool = world.identity_pool()
    world.give(pool, unauthenticated=world.role([allow("s3:*")], pool, amr="unauthenticated"))
    client = world.anonymous("cognito-identity")
    assert outcome(client.get_id, IdentityPoolId=pool) == "NotAuthorizedException"


def test_existing_guests_get_no_credentials_once_guests_are_disabled(world: Any) -> None:
    pool = world.identity_pool(guests=True)
    world.give(pool, unauthenticated=world.role([allow("s3:*")], pool, amr="unauthenticated"))
    guest = world.caller(pool)
    world.admin("cognito-identity").update_identity_pool(
        IdentityPoolId=pool, IdentityPoolName="closed", AllowUnauthenticatedIdentities=False
    )
    client = world.anonymous("cognito-identity")
    call = client.get_credentials_for_identity
    assert outcome(call, IdentityId=guest.identity_id) == "NotAuthorizedException"


def test_an_unknown_identity_gets_nothing(world: Any) -> None:
    call = world.anonymous("cognito-identity").get_credentials_for_identity
    unknown = "us-east-1:00000000-0000-4000-8000-000000000000"
    assert outcome(call, IdentityId=unknown) == "ResourceNotFoundException"


def test_a_users_identity_is_not_given_without_their_token(world: Any) -> None:
    pool = world.identity_pool(guests=True)
    world.give(pool, authenticated=world.role([allow("s3:*")], pool),
               unauthenticated=world.role([allow("s3:*")], pool, amr="unauthenticated"))  # fmt: skip
    alice = world.caller(pool, world.user())
    call = world.anonymous("cognito-identity").get_credentials_for_identity
    assert outcome(call, IdentityId=alice.identity_id) == "NotAuthorizedException"
    assert outcome(call, IdentityId=alice.identity_id, Logins=world.login(world.user())) == "NotAuthorizedException"


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
    world: Any, changes: dict[str, Any], expected: str
) -> None:
    pool = world.identity_pool()
    world.give(pool, authenticated=world.role([allow("s3:*")], pool))
    token = signed(world, world.user()["IdToken"], changes)
    assert vend(world, pool, {"IdToken": token}) == expected


def test_forged_and_access_tokens_are_refused(world: Any) -> None:
    pool, tokens = world.identity_pool(), world.user()
    world.give(pool, authenticated=world.role([allow("s3:*")], pool))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert vend(world, pool, {"IdToken": signed(world, tokens["IdToken"], {}, stranger)}) == "NotAuthorizedException"
    assert vend(world, pool, {"IdToken": tokens["AccessToken"]}) == "NotAuthorizedException"


def test_an_expired_access_token_is_refused_by_the_user_pool(world: Any) -> None:
    token = world.user()["AccessToken"]
    client = world.anonymous("cognito-idp")
    assert outcome(client.get_user, AccessToken=token) == "allowed"
    expired = signed(world, token, {"exp": int(time.time()) - 1})
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
def test_a_role_whose_trust_policy_says_no_is_not_given(world: Any, trust: dict[str, Any]) -> None:
    pool = world.identity_pool()
    trust = json.loads(json.dumps(trust).replace("{pool}", pool))
    world.give(pool, authenticated=world.role([allow("s3:*")], pool, trust=trust))
    assert vend(world, pool, world.user()) == REFUSED


def group(world: Any, role: str, precedence: int) -> str:
    name = world.name("group")
    world.admin("cognito-idp").create_group(
        UserPoolId=world.user_pool, GroupName=name, RoleArn=role, Precedence=precedence
    )
    return str(name)


def test_a_member_of_a_group_gets_its_role_and_a_token_that_says_so(world: Any) -> None:
    pool = world.identity_pool()
    member, editor, reader = (world.role([allow("s3:*")], pool) for _ in range(3))
    tokens = world.user(group(world, reader, 9), group(world, editor, 1))
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    world.admin("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=pool,
        Roles={"authenticated": member},
        RoleMappings={f"{world.provider}:{world.app_client}": mapping},
    )
    claims = claims_of(tokens["IdToken"])
    assert claims["cognito:preferred_role"] == editor
    assert set(claims["cognito:roles"]) == {editor, reader}
    assert "cognito:roles" not in claims_of(tokens["AccessToken"])
    assert editor.rpartition("/")[2] in arn_of(world.caller(pool, tokens))
    assert reader.rpartition("/")[2] in arn_of(world.caller(pool, tokens, CustomRoleArn=reader))
    assert vend(world, pool, tokens, CustomRoleArn=member) == "NotAuthorizedException"
    assert vend(world, pool, world.user()) == "NotAuthorizedException"


@pytest.mark.parametrize("tags", [True, False], ids=["trusted to tag", "not trusted to tag"])
def test_principal_tags_come_from_claims_and_the_trust_must_allow_them(world: Any, tags: bool) -> None:
    bucket, pool = world.bucket(), world.identity_pool()
    resource = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/owner}}/*"
    world.give(pool, authenticated=world.role([allow("s3:PutObject", resource)], pool, tags=tags))
    world.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=world.provider, UseDefaults=False, PrincipalTags={"owner": "sub"}
    )
    alice, bob = world.user(), world.user()
    if not tags:
        assert vend(world, pool, alice) == REFUSED
        return
    put = world.caller(pool, alice).client("s3").put_object
    assert outcome(put, Bucket=bucket, Key=f"{claims_of(alice['IdToken'])['sub']}/a") == "allowed"
    assert outcome(put, Bucket=bucket, Key=f"{claims_of(bob['IdToken'])['sub']}/a") == "AccessDenied"


@pytest.mark.parametrize(("wanted", "expected"), [("{sub}", "allowed"), ("other", REFUSED)])
def test_a_trust_policy_may_look_at_the_tags(world: Any, wanted: str, expected: str) -> None:
    pool, tokens = world.identity_pool(), world.user()
    trust = federated(pool, "authenticated", Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"])
    value = wanted.format(sub=claims_of(tokens["IdToken"])["sub"])
    trust["Condition"]["StringEquals"]["aws:RequestTag/owner"] = value
    world.give(pool, authenticated=world.role([allow("s3:*")], pool, trust=trust))
    world.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=world.provider, UseDefaults=False, PrincipalTags={"owner": "sub"}
    )
    assert vend(world, pool, tokens) == expected


def test_default_principal_tags_are_username_and_client(world: Any) -> None:
    bucket, pool = world.bucket(), world.identity_pool()
    resource = f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/client}}/${{aws:PrincipalTag/username}}/*"
    world.give(pool, authenticated=world.role([allow("s3:PutObject", resource)], pool, tags=True))
    world.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=world.provider, UseDefaults=True
    )
    tokens = world.user()
    put = world.caller(pool, tokens).client("s3").put_object
    sub = claims_of(tokens["IdToken"])["sub"]
    assert outcome(put, Bucket=bucket, Key=f"{world.app_client}/{sub}/a") == "allowed"
    assert outcome(put, Bucket=bucket, Key=f"{world.app_client}/other/a") == "AccessDenied"


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
    world: Any, claims: dict[str, Any], expected: tuple[str, str]
) -> None:
    bucket, pool = world.bucket(), world.identity_pool()
    folder = allow("s3:PutObject", f"arn:aws:s3:::{bucket}/tenants/${{aws:PrincipalTag/tenant}}/*")
    without = allow(
        "s3:PutObject", f"arn:aws:s3:::{bucket}/lobby/*", Condition={"Null": {"aws:PrincipalTag/tenant": "true"}}
    )
    world.give(pool, authenticated=world.role([folder, without], pool, tags=True))
    world.admin("cognito-identity").set_principal_tag_attribute_map(
        IdentityPoolId=pool, IdentityProviderName=world.provider, UseDefaults=False, PrincipalTags={"tenant": "tenant"}
    )
    token = {"IdToken": signed(world, world.user()["IdToken"], claims)}
    given = vend(world, pool, token)
    put = world.caller(pool, token).client("s3").put_object if given == "allowed" else None
    keys = ("tenants/acme/a", "lobby/a")
    assert tuple(given if put is None else outcome(put, Bucket=bucket, Key=key) for key in keys) == expected


def test_a_guest_reaches_only_what_the_session_policy_lists(world: Any) -> None:
    pool, bucket = world.identity_pool(guests=True), world.bucket()
    world.give(pool, unauthenticated=world.role([allow("*")], pool, amr="unauthenticated"))
    guest = world.caller(pool)
    assert outcome(guest.client("s3").put_object, Bucket=bucket, Key="a") == "allowed"
    assert outcome(guest.client("iam").list_roles) == "AccessDenied"
    assert outcome(guest.client("secretsmanager").list_secrets) == "AccessDeniedException"


class TestClassicFlow:
    """`GetOpenIdToken` and `AssumeRoleWithWebIdentity`."""

    def test_it_is_refused_where_it_is_off(self, world: Any) -> None:
        pool, tokens = world.identity_pool(), world.user()
        client = world.anonymous("cognito-identity")
        identity = client.get_id(IdentityPoolId=pool, Logins=world.login(tokens))["IdentityId"]
        call = client.get_open_id_token
        assert outcome(call, IdentityId=identity, Logins=world.login(tokens)) == "InvalidParameterException"

    def test_it_gives_the_identitys_own_folder_where_it_is_on(self, world: Any) -> None:
        pool, bucket, tokens = world.identity_pool(classic=True), world.bucket(), world.user()
        own = f"arn:aws:s3:::{bucket}/${{{SERVICE}:sub}}/*"
        role = world.role([allow("s3:PutObject", own)], pool)
        client = world.anonymous("cognito-identity")
        identity = client.get_id(IdentityPoolId=pool, Logins=world.login(tokens))["IdentityId"]
        token = client.get_open_id_token(IdentityId=identity, Logins=world.login(tokens))["Token"]
        given = world.anonymous("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="session", WebIdentityToken=token
        )
        put = world.holder(identity, given["Credentials"]).client("s3").put_object
        assert outcome(put, Bucket=bucket, Key=f"{identity}/a") == "allowed"
        assert outcome(put, Bucket=bucket, Key="us-east-1:other/a") == "AccessDenied"

    def test_guests_are_refused_where_they_are_off(self, world: Any) -> None:
        pool = world.identity_pool(guests=True, classic=True)
        client = world.anonymous("cognito-identity")
        identity = client.get_id(IdentityPoolId=pool)["IdentityId"]
        world.admin("cognito-identity").update_identity_pool(
            IdentityPoolId=pool, IdentityPoolName="p", AllowUnauthenticatedIdentities=False, AllowClassicFlow=True
        )
        assert outcome(client.get_open_id_token, IdentityId=identity) == "NotAuthorizedException"

    def test_a_token_somebody_wrote_themselves_is_refused(self, world: Any) -> None:
        pool = world.identity_pool(classic=True)
        role = world.role([allow("s3:*")], pool)
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = int(time.time())
        claims = {"iss": f"https://{SERVICE}", "aud": pool, "amr": ["authenticated"], "sub": "us-east-1:bob",
                  "exp": now + 600}  # fmt: skip
        template = world.user()["IdToken"]
        call = world.anonymous("sts").assume_role_with_web_identity
        for token in (signed(world, template, claims, stranger), signed(world, template, claims)):
            found = outcome(call, RoleArn=role, RoleSessionName="session", WebIdentityToken=token)
            assert found == "InvalidIdentityToken"

    def test_a_token_of_yesterday_is_refused(self, world: Any) -> None:
        role = world.role([allow("s3:*")], world.identity_pool(classic=True))
        call = world.anonymous("sts").assume_role_with_web_identity
        for exp in (int(time.time()) - 1, 0, None):
            token = signed(world, world.user()["IdToken"], {"exp": exp})
            found = outcome(call, RoleArn=role, RoleSessionName="session", WebIdentityToken=token)
            assert found == "ExpiredTokenException"
