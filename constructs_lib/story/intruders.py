"""Tokens and identities that must grant no access: forged, foreign, expired, signed out, another pool's guest."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from botocore.config import Config

from constructs_lib.client import AppClient, ClientSettings, User
from constructs_lib.story.administration import StoryAdministration

if TYPE_CHECKING:
    from mypy_boto3_cognito_identity import CognitoIdentityClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_READ_ONLY = ("CreationDate", "LastModifiedDate", "ClientSecret")


@dataclass(frozen=True, kw_only=True, slots=True)
class Intruders:
    """Tokens and identities of attackers.

    Attributes:
        forged_token: Alice's ID token with Bob's name written into it; its signature no longer matches.
        unsigned_token: The same with the algorithm `none`.
        expired_token: A genuine ID token of Alice, expired or about to expire: `StoryAdministration.ended` waits.
        signed_out: A user who has signed out everywhere, but kept the ID token.
        foreign_token: A genuine ID token of another user pool.
        foreign_provider: That pool's name as a login provider.
        foreign_guest: An identity of another identity pool, which names one of this app's roles as its guest role.
        invited: The name of an invited user whose temporary password the story sets.
    """

    forged_token: str = field(repr=False)
    unsigned_token: str = field(repr=False)
    expired_token: str = field(repr=False)
    signed_out: User
    foreign_token: str = field(repr=False)
    foreign_provider: str
    foreign_guest: str
    invited: str


@contextmanager
def intruders(
    app: AppClient, alice: User, *, admin: boto3.Session, administration: StoryAdministration
) -> Iterator[Intruders]:
    """Prepare the intruders, and remove the resources created for them."""
    idp: CognitoIdentityProviderClient = admin.client("cognito-idp", endpoint_url=app.endpoint_url)
    pools: CognitoIdentityClient = admin.client("cognito-identity", endpoint_url=app.endpoint_url)
    pool_id, password, name = app.settings.user_pool_id, administration.password, administration.name
    token = alice.tokens.id_token
    with ExitStack() as cleanup:
        leaver = f"{name}-{uuid4().hex[:8]}@example.com"
        cleanup.callback(idp.admin_delete_user, UserPoolId=pool_id, Username=leaver)
        signed_out = _signed_out(app, idp, leaver, password)
        invited = f"{name}-invited-{uuid4().hex[:8]}@example.com"
        cleanup.callback(idp.admin_delete_user, UserPoolId=pool_id, Username=invited)
        idp.admin_create_user(
            UserPoolId=pool_id, Username=invited, TemporaryPassword=password, MessageAction="SUPPRESS"
        )
        foreign = f"{name}-foreign"
        administration.record_resource("user pool", foreign)
        foreign_pool = idp.create_user_pool(PoolName=foreign, UserPoolTags=administration.tags)["UserPool"]["Id"]
        cleanup.callback(idp.delete_user_pool, UserPoolId=foreign_pool)
        foreign_app = _client_of(app, idp, foreign_pool, name)
        foreign_app.sign_up("mallory", password)
        idp.admin_confirm_sign_up(UserPoolId=foreign_pool, Username="mallory")
        mallory = foreign_app.sign_in("mallory", password)
        administration.record_resource("identity pool", foreign)
        guests = pools.create_identity_pool(
            IdentityPoolName=foreign, AllowUnauthenticatedIdentities=True, IdentityPoolTags=administration.tags
        )
        cleanup.callback(pools.delete_identity_pool, IdentityPoolId=guests["IdentityPoolId"])
        roles = pools.get_identity_pool_roles(IdentityPoolId=app.settings.identity_pool_id)["Roles"]
        borrowed = roles.get("unauthenticated") or roles["authenticated"]
        pools.set_identity_pool_roles(
            IdentityPoolId=guests["IdentityPoolId"], Roles={"unauthenticated": borrowed, "authenticated": borrowed}
        )
        yield Intruders(
            forged_token=_rewritten(token, sub=str(uuid4()), **{"cognito:groups": ["editors"]}),
            unsigned_token=_unsigned(token),
            expired_token=_expired(app, admin, alice.username, administration),
            signed_out=signed_out,
            foreign_token=mallory.tokens.id_token,
            foreign_provider=foreign_app.settings.provider,
            invited=invited,
            foreign_guest=app.identities.get_id(IdentityPoolId=guests["IdentityPoolId"])["IdentityId"],
        )


def _signed_out(app: AppClient, idp: "CognitoIdentityProviderClient", name: str, password: str) -> User:
    app.sign_up(name, password)
    idp.admin_confirm_sign_up(UserPoolId=app.settings.user_pool_id, Username=name)
    user = app.sign_in(name, password)
    user.fetch_credentials()  # an identity to ask for again
    user.sign_out()
    return user


def _client_of(app: AppClient, idp: "CognitoIdentityProviderClient", pool_id: str, name: str) -> AppClient:
    client = idp.create_user_pool_client(
        UserPoolId=pool_id, ClientName=name, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]
    settings = ClientSettings(
        region=app.settings.region,
        user_pool_id=pool_id,
        user_pool_client_id=client["ClientId"],
        identity_pool_id=app.settings.identity_pool_id,
    )
    return AppClient(settings, endpoint_url=app.endpoint_url, observer=app.observer)


def _expired(app: AppClient, admin: boto3.Session, name: str, administration: StoryAdministration) -> str:
    """Sign in while the app's client issues ID tokens with a short or no lifetime."""
    # botocore itself would refuse a negative lifetime.
    unchecked = Config(parameter_validation=False)
    idp = admin.client("cognito-idp", endpoint_url=app.endpoint_url, config=unchecked)
    settings = app.settings
    described = idp.describe_user_pool_client(UserPoolId=settings.user_pool_id, ClientId=settings.user_pool_client_id)[
        "UserPoolClient"
    ]
    # An update resets every omitted setting to its default.
    before: Any = {key: value for key, value in described.items() if key not in _READ_ONLY and value is not None}
    units: dict[str, Any] = before.get("TokenValidityUnits", {})
    try:
        idp.update_user_pool_client(
            **{
                **before,
                "IdTokenValidity": administration.token_minutes,
                "TokenValidityUnits": {**units, "IdToken": "minutes"},
            }
        )
        return app.sign_in(name, administration.password).tokens.id_token
    finally:
        one_hour = {"IdTokenValidity": 60, "TokenValidityUnits": {**units, "IdToken": "minutes"}}
        idp.update_user_pool_client(**(before if "IdTokenValidity" in before else {**before, **one_hour}))


def _rewritten(token: str, **claims: Any) -> str:
    """Return the token with other claims under the old signature."""
    head, body, signature = token.split(".")
    return f"{head}.{_encode({**_decode(body), **claims})}.{signature}"


def _unsigned(token: str) -> str:
    """Return the token as one that claims to need no signature."""
    head, body, _ = token.split(".")
    return f"{_encode({**_decode(head), 'alg': 'none'})}.{body}."


def _decode(part: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return content


def _encode(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
