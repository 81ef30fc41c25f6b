"""Typed caller of a Lambda function, read from a REST API, HTTP API or function URL event, or from the context."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

__all__ = ["Caller", "Kind"]

_SIGNED_IN_AS = re.compile(
    r"(?P<pool>cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/[\w-]+):CognitoSignIn:(?P<sub>[\w-]+)", re.ASCII
)
"""Format in which IAM reports a user pool sign-in. Other providers' user names are arbitrary and do not match it."""
_ASSUMED_ROLE = re.compile(r"arn:[^:]+:sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/", re.ASCII)
_NO_POOL = "identity_pool_id is empty; pass os.environ['IDENTITY_POOL_ID']"


class Kind(StrEnum):
    """Kind of caller."""

    GUEST = "guest"
    """Has an identity of the identity pool and has not signed in."""
    USER = "user"
    """Has signed in."""
    PROGRAM = "program"
    """Has an access token of a machine client (client credentials), or a token that names no user."""
    OTHER = "other"
    """Signed with credentials that are not from the app's identity pool, such as another function's."""
    IDENTITY = "identity"
    """Has an identity of the identity pool and was authorized by IAM; Lambda does not report whether it signed in."""
    ANYONE = "anyone"
    """Not authenticated: the route has no authorizer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """The caller as API Gateway verified it; no field comes from unverified client input.

    Args:
        kind: The kind of caller.
        identity_id: The identity-pool ID. None behind a token authorizer, because a token carries none, and behind a
            function URL, whose event leaves it out.
        sub: The user's `sub` in the user pool; None for a guest and a program, and behind IAM for a caller signed in at
            several pools at once, or at none.
        client_id: The app client that the token was issued to. A REST API accepts access tokens of every client of the
            user pool with the scope, so compare it with your own if other apps share the pool. None behind IAM.
        role: Name of the IAM role the caller's credentials belong to; None behind a token authorizer, and for a role of
            another account than the API's or the function URL's, where a role may have any name.
        groups: The user-pool groups. A token lists them. Credentials carry one role instead, so behind IAM
            this is the group that has that role, if `group_roles` was given.
        scopes: The scopes of an access token.
        claims: The caller's own claims that decide access, such as the tenant, by their keys in `Auth(claims=...)`.
            Behind a token authorizer, the claims of the token; an access token has only those that a trigger added.
            Behind IAM, the values of their path variables, `/tenants/{tenant}`, where IAM lets no caller name
            another caller's value.
        named: The values of path variables open to every caller, `/tenants/{any_tenant}`, by the same keys. A value
            is unverified input: it may be another tenant's name, or not a tenant's name at all.
    """

    kind: Kind
    identity_id: str | None = None
    sub: str | None = None
    client_id: str | None = None
    role: str | None = None
    groups: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    claims: Mapping[str, str] = field(default_factory=dict, hash=False)
    named: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def of(
        cls,
        event: Mapping[str, Any],
        *,
        group_roles: Mapping[str, str] | None = None,
        claims: Mapping[str, str] | None = None,
        identity_pool_id: str | None = None,
    ) -> "Caller":
        """Read the caller from a Lambda event.

        Args:
            event: Of a REST API, of an HTTP API in payload format 2.0, or of a function URL. A function that clients
                may also invoke directly must not use this: they would write the event.
            group_roles: Name of each group's IAM role, by the group's name, to recognize groups behind IAM.
            claims: The token's claim of each key, such as `{"tenant": "custom:tenant"}`; `caller_environment` has them
                as `CLAIMS`. None: the caller's claims are not read.
            identity_pool_id: The app's identity pool. Behind IAM a caller with an identity of another pool, whose roles
                another app may have allowed to call this one, is `OTHER`. None: identities of every pool count.

        Raises:
            ValueError: For an empty `identity_pool_id`.
        """
        if identity_pool_id == "":
            raise ValueError(_NO_POOL)
        caller = _of(event, group_roles or {}, claims or {}, identity_pool_id)
        return replace(caller, named=_in_path(event, {key: f"any_{key}" for key in claims or {}}))

    @classmethod
    def invoking(cls, context: Any, *, identity_pool_id: str) -> "Caller":
        """Read the caller from the context of a function that clients invoke directly, without an API.

        The context has the Amazon Cognito identity "that authorized the request" and the pool "that authorized the
        invocation" ("Using the Lambda context object", AWS Lambda developer guide). A client cannot set them: of the
        parameters of `Invoke` only the client context and the payload reach a function. The client writes both, so
        this method reads neither. The context names no role, no group and no user of the user pool.

        Args:
            context: Lambda's context object.
            identity_pool_id: The app's identity pool. A caller with an identity of another pool is `OTHER`, as is a
                caller without one, such as another function.

        Raises:
            ValueError: For an empty `identity_pool_id`.
        """
        if not identity_pool_id:
            raise ValueError(_NO_POOL)
        identity = getattr(context, "identity", None)
        identity_id = getattr(identity, "cognito_identity_id", None)
        if not identity_id or getattr(identity, "cognito_identity_pool_id", None) != identity_pool_id:
            return cls(kind=Kind.OTHER)
        return cls(kind=Kind.IDENTITY, identity_id=identity_id)

    def owner(self, known_by: str) -> str | None:
        """Return the caller's owner value, which names their folders, rows and paths.

        Args:
            known_by: "identity" or "sub", as in `Auth(owner=...)`.

        Raises:
            ValueError: For any other `known_by`.
        """
        known: dict[str, str | None] = {"identity": self.identity_id, "sub": self.sub}
        if known_by not in known:
            raise ValueError(f"known_by={known_by!r} is none of {', '.join(known)}")
        return known[known_by]

    @property
    def tenant(self) -> str | None:
        """The caller's tenant; None for a caller without one, or if `of` was not given its claim."""
        return self.claims.get("tenant")


def _of(
    event: Mapping[str, Any], group_roles: Mapping[str, str], claims: Mapping[str, str], pool_id: str | None
) -> Caller:
    context = event.get("requestContext") or {}
    authorizer = context.get("authorizer") or {}
    if "jwt" in authorizer:
        return _from_claims(authorizer["jwt"].get("claims") or {}, authorizer["jwt"].get("scopes"), claims)
    if "claims" in authorizer:
        return _from_claims(authorizer["claims"], None, claims)
    if "iam" in authorizer:
        iam = authorizer["iam"]
        cognito = iam.get("cognitoIdentity") or {}
        return _from_iam(
            user_arn=iam.get("userArn"),
            account=context.get("accountId"),
            identity_id=cognito.get("identityId"),
            is_of_pool=pool_id in {None, cognito.get("identityPoolId")},
            signed_in="authenticated" in (cognito.get("amr") or ()),
            told=cognito.get("amr") or (),
            group_roles=group_roles,
            claims=_in_path(event, {key: key for key in claims}),
        )
    identity = context.get("identity") or {}
    provider = identity.get("cognitoAuthenticationProvider") or ""
    pool, _, told = provider.partition(",")
    return _from_iam(
        user_arn=identity.get("userArn"),
        account=context.get("accountId"),
        identity_id=identity.get("cognitoIdentityId"),
        is_of_pool=pool_id in {None, identity.get("cognitoIdentityPoolId")},
        signed_in=identity.get("cognitoAuthenticationType") == "authenticated",
        # Commas separate providers, and user names of another provider may contain commas.
        told=[told] if told.startswith(f"{pool}:CognitoSignIn:") else [],
        group_roles=group_roles,
        claims=_in_path(event, {key: key for key in claims}),
    )


def _in_path(event: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Read these path variables from the path alone, at the positions that the API's route gives them."""
    path = str(event.get("resource") or event.get("routeKey")).split("/")
    values = event.get("pathParameters") or {}
    return {key: values[name] for key, name in names.items() if f"{{{name}}}" in path and values.get(name)}


def _from_iam(
    *,
    user_arn: str | None,
    account: str | None,
    identity_id: str | None,
    is_of_pool: bool,
    signed_in: bool,
    told: Iterable[str],
    group_roles: Mapping[str, str],
    claims: Mapping[str, str],
) -> Caller:
    if not user_arn and not identity_id:
        return Caller(kind=Kind.ANYONE)
    found = _ASSUMED_ROLE.match(user_arn or "")
    # The account of the API or the function URL; `iam.accountId` and `identity.accountId` are the caller's.
    role = found["role"] if found and found["account"] == account else None
    if identity_id and not is_of_pool:
        return Caller(kind=Kind.OTHER, role=role)
    groups = frozenset(group for group, group_role in group_roles.items() if role == group_role)
    if not identity_id:
        # A function URL reports the role alone; only members of the group get credentials of its role.
        return Caller(kind=Kind.USER if groups else Kind.OTHER, role=role, groups=groups)
    subs = {match["sub"] for each in told if (match := _SIGNED_IN_AS.fullmatch(each))}
    return Caller(
        kind=Kind.USER if signed_in else Kind.GUEST,
        identity_id=identity_id,
        sub=subs.pop() if len(subs) == 1 else None,
        role=role,
        groups=groups,
        claims=claims if signed_in else {},
    )


def _from_claims(claims: Mapping[str, Any], scopes: Any, wanted: Mapping[str, str]) -> Caller:
    client_id = claims.get("client_id") or claims.get("aud")
    # A client-credentials token has no user name, and its `sub` is the client's ID.
    named = claims.get("username") or claims.get("cognito:username")
    is_user = bool(named) and claims.get("sub") != client_id
    return Caller(
        kind=Kind.USER if is_user else Kind.PROGRAM,
        sub=claims.get("sub") if is_user else None,
        client_id=client_id,
        groups=_listed(claims.get("cognito:groups")),
        scopes=frozenset(scopes or str(claims.get("scope") or "").split()),
        claims={key: str(claims[claim]) for key, claim in wanted.items() if claims.get(claim)},
    )


def _listed(claim: Any) -> frozenset[str]:
    """Read a list claim: HTTP APIs write `[a b]`, REST APIs `a,b`, a decoded token has a list."""
    if not claim:
        return frozenset()
    if isinstance(claim, list):
        return frozenset(claim)
    text = str(claim)
    if text.startswith('["'):
        return frozenset(json.loads(text))
    if text.startswith("[") and text.endswith("]"):
        return frozenset(text[1:-1].split())
    return frozenset(text.split(","))
