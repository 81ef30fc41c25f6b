"""Tokens of users: their claims, issuing, refresh, revocation and validity.

A sign-in is a record in the user's `_sign_ins`, by `origin_jti`; a token is valid while its record exists. Claims come
from the pool, the client and the attributes that the client may read: an attribute never sets one of Cognito's own
claims. Source: "Understanding user pool JSON web tokens" and "Pre token generation Lambda trigger".
"""

import json
import threading
from typing import Any, Final
from uuid import uuid4

from . import refresh_tokens
from .emulator_interface import Client, EmulatorInterface, Pool, User
from .errors import RefusedError, not_authorized
from .group_role_claims import role_claims
from .pre_token_generation import apply_function
from .schema import readable
from .users import VERIFIED, attributes, client_of

API_SCOPE: Final = "aws.cognito.signin.user.admin"
_UNITS: Final = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_DEFAULTS: Final = {"IdToken": (1, "hours"), "AccessToken": (1, "hours"), "RefreshToken": (30, "days")}
_CLAIMS_OF_SCOPES: Final = {
    "email": ("email", "email_verified"), "phone": ("phone_number", "phone_number_verified"),
}  # fmt: skip

_ROTATING: Final = threading.Lock()
"""Held while a refresh token is checked and replaced, so that only one of two concurrent uses succeeds."""


def lifetime(client: Client, kind: str) -> int:
    """Return the lifetime of a client's `IdToken`, `AccessToken` or `RefreshToken`, in seconds."""
    value, unit = _DEFAULTS[kind]
    units = client.get("TokenValidityUnits") or {}
    return int(client.get(f"{kind}Validity") or value) * _UNITS[units.get(kind) or unit]


def issuer(pool: Pool) -> str:
    """Return the issuer in a pool's tokens."""
    return f"https://cognito-idp.{pool['Id'].rpartition('_')[0]}.amazonaws.com/{pool['Id']}"


def sign_in(
    emulator: EmulatorInterface,
    pool: Pool,
    client: Client,
    user: User,
    *,
    source: str,
    metadata: dict[str, str] | None = None,
    scope: str | None = None,
    nonce: str = "",
    device_key: str = "",
) -> dict[str, Any]:
    """Start a sign-in and return its tokens as `AuthenticationResult`.

    `source` is the reason for token generation, such as `Authentication`, as in `TokenGeneration_Authentication`. The
    scopes are those of an OAuth grant; None for a sign-in by the API.
    """
    _forget_ended(emulator, user)
    origin, now = str(uuid4()), int(emulator.now())
    record = {
        "client_id": client["ClientId"],
        "auth_time": now,
        "refresh": str(uuid4()),
        "expires": now + lifetime(client, "RefreshToken"),
        "scope": scope,
        "device_key": device_key,
    }
    # Signed before it is stored, so that a failing function leaves no sign-in behind.
    result = _signed(emulator, pool, client, user, origin, record, source=source, metadata=metadata, nonce=nonce)
    user.setdefault("_sign_ins", {})[origin] = record
    return {**result, "RefreshToken": _refresh_token(emulator, pool, user, origin, record)}


def refresh(
    emulator: EmulatorInterface, pool: Pool, client: Client, token: Any, metadata: dict[str, str] | None
) -> dict[str, Any]:
    """Exchange a refresh token for new tokens, including a new refresh token if the client rotates them.

    Raises:
        RefusedError: If the token is not valid.
    """
    rotates = (client.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED"
    with _ROTATING:
        user, origin, record, used = _refreshed(emulator, pool, client, token)
        before = dict(record)
        if rotates and used == record["refresh"]:
            _rotate(record, client, emulator.now())
    try:
        result = _signed(emulator, pool, client, user, origin, record, source="RefreshTokens", metadata=metadata)
    except RefusedError:
        with _ROTATING:
            record |= before  # a function refused: the old token stays valid
        raise
    return {**result, "RefreshToken": _refresh_token(emulator, pool, user, origin, record)} if rotates else result


def _rotate(record: dict[str, Any], client: Client, now: float) -> None:
    grace = float(client["RefreshTokenRotation"].get("RetryGracePeriodSeconds") or 0)
    record["grace"] = {**_in_grace(record, now), record["refresh"]: now + grace}
    record["refresh"] = str(uuid4())


def revoke(emulator: EmulatorInterface, pool: Pool, client: Client, token: Any) -> None:
    """End the sign-in of a refresh token.

    Raises:
        RefusedError: If the client cannot revoke tokens, or it is not a refresh token. An ended one is not an error.
    """
    if client.get("EnableTokenRevocation") is False:
        raise RefusedError("UnsupportedOperationException", "Token revocation is not enabled for the client.")
    claims = refresh_tokens.claims_of(emulator, pool, token)
    if claims is None:
        raise RefusedError("UnsupportedTokenTypeException", "Unsupported token type")
    if claims.get("client_id") != client["ClientId"]:
        raise RefusedError("UnauthorizedException", "Token is not issued to the client")
    user = user_of(pool, claims)
    if user is not None:
        end(emulator, user, claims.get("origin_jti"))


def end(emulator: EmulatorInterface, user: User, origin: Any) -> None:
    """End one sign-in of a user."""
    if (user.get("_sign_ins") or {}).pop(origin, None) is not None:
        emulator.end_session(origin)


def end_all(emulator: EmulatorInterface, user: User) -> None:
    """End every sign-in of a user."""
    for origin in list(user.get("_sign_ins") or {}):
        end(emulator, user, origin)


def user_of(pool: Pool, claims: dict[str, Any]) -> User | None:
    """Return the user of a token's `sub`, or None."""
    sub = claims.get("sub")
    named: User | None = pool["_users"].get(claims.get("username"))
    if named is not None and attributes(named).get("sub") == sub:
        return named
    return next((user for user in list(pool["_users"].values()) if attributes(user).get("sub") == sub), None)


def check_access(emulator: EmulatorInterface, token: Any) -> tuple[Pool, Client, User, dict[str, Any]]:
    """Return the pool, client, user and claims of an access token.

    Raises:
        RefusedError: If the token is not valid.
    """
    claims = emulator.claims(token) if isinstance(token, str) else None
    if claims is None:
        form = isinstance(token, str) and token.count(".") == 2  # noqa: PLR2004 - the parts of a JWT
        raise not_authorized("Could not verify signature for Access Token" if form else "Invalid Access Token")
    pool = emulator.pool(str(claims.get("iss", "")).rpartition("/")[2])
    client = client_of(pool, claims.get("client_id")) if pool else None
    if pool is None or client is None or claims.get("token_use") != "access" or claims.get("iss") != issuer(pool):
        raise not_authorized("Invalid Access Token")
    if not isinstance(claims.get("exp"), (int, float)) or emulator.now() >= claims["exp"]:
        raise not_authorized("Access Token has expired")
    user = user_of(pool, claims)
    if user is None:
        raise RefusedError("UserNotFoundException", "User does not exist.")
    if not user.get("Enabled", True):
        raise not_authorized("User is disabled.")
    if claims.get("origin_jti") not in (user.get("_sign_ins") or {}):
        raise not_authorized("Access Token has been revoked")
    return pool, client, user, claims


def _refreshed(
    emulator: EmulatorInterface, pool: Pool, client: Client, token: Any
) -> tuple[User, str, dict[str, Any], str]:
    claims = refresh_tokens.claims_of(emulator, pool, token)
    if claims is None:
        raise not_authorized("Invalid Refresh Token")
    if claims.get("client_id") != client["ClientId"]:
        raise not_authorized("Refresh Token has different Client")
    user = user_of(pool, claims)
    if user is None:
        raise not_authorized("The user has been deleted for the associated refresh token")
    if not user.get("Enabled", True):
        raise not_authorized("User is disabled.")
    origin, used = str(claims.get("origin_jti")), str(claims.get("jti"))
    record = (user.get("_sign_ins") or {}).get(origin)
    if record is None:
        raise not_authorized("Refresh Token has been revoked")
    if emulator.now() >= record["expires"]:
        raise not_authorized("Refresh Token has expired")
    if used != record["refresh"] and used not in _in_grace(record, emulator.now()):
        raise RefusedError("RefreshTokenReuseException", "Refresh token has been used already.")
    return user, origin, record, used


def _in_grace(record: dict[str, Any], now: float) -> dict[str, float]:
    return {used: until for used, until in (record.get("grace") or {}).items() if now < until}


def _forget_ended(emulator: EmulatorInterface, user: User) -> None:
    for origin, record in list((user.get("_sign_ins") or {}).items()):
        if emulator.now() >= record["expires"]:
            end(emulator, user, origin)


def _refresh_token(emulator: EmulatorInterface, pool: Pool, user: User, origin: str, record: dict[str, Any]) -> str:
    claims = {
        "sub": attributes(user)["sub"], "client_id": record["client_id"], "origin_jti": origin,
        "jti": record["refresh"], "iat": int(emulator.now()), "exp": int(record["expires"]),
    }  # fmt: skip
    return refresh_tokens.seal(emulator, pool, claims)


def _signed(
    emulator: EmulatorInterface, pool: Pool, client: Client, user: User, origin: str, record: dict[str, Any],
    *, source: str, metadata: dict[str, str] | None, nonce: str = "",
) -> dict[str, Any]:  # fmt: skip
    scope = record["scope"]
    now = int(emulator.now())
    base = {
        "sub": attributes(user)["sub"], "iss": issuer(pool), "origin_jti": origin, "event_id": str(uuid4()),
        "auth_time": record["auth_time"], "iat": now,
    }  # fmt: skip
    if client.get("EnableTokenRevocation") is False:
        del base["origin_jti"]
    groups = sorted(
        (pool["_groups"][name] for name in user.get("_groups") or [] if name in pool["_groups"]),
        key=lambda group: (group.get("Precedence") is None, group.get("Precedence") or 0),
    )
    listed = {"cognito:groups": [group["GroupName"] for group in groups]} if groups else {}
    identity = {
        **_attribute_claims(pool, client, user, scope), **base, **listed, **role_claims(groups),
        "aud": client["ClientId"], "token_use": "id", "cognito:username": user["Username"], "jti": str(uuid4()),
        "exp": now + lifetime(client, "IdToken"), **({"nonce": nonce} if nonce else {}),
    }  # fmt: skip
    access = {
        **base, **listed, "origin_jti": origin, "client_id": client["ClientId"], "token_use": "access", "version": 2,
        "scope": API_SCOPE if scope is None else scope, "username": user["Username"], "jti": str(uuid4()),
        "exp": now + lifetime(client, "AccessToken"),
    }  # fmt: skip
    if record.get("device_key"):
        access["device_key"] = record["device_key"]
    apply_function(emulator, pool, client, user, identity, access, source, metadata)
    result = {
        "AccessToken": emulator.sign(access, pool["Id"], "access"),
        "ExpiresIn": lifetime(client, "AccessToken"),
        "TokenType": "Bearer",
    }
    if scope is None or "openid" in scope.split():
        result["IdToken"] = emulator.sign(identity, pool["Id"], "id")
    return result


def _attribute_claims(pool: Pool, client: Client, user: User, scope: str | None) -> dict[str, Any]:
    attributes_read = {name: value for name, value in attributes(user).items() if name in readable(pool, client)}
    scopes = set((scope or "").split())
    if scope is not None and "profile" not in scopes and scopes & set(_CLAIMS_OF_SCOPES):
        named = {claim for each in scopes for claim in _CLAIMS_OF_SCOPES.get(each, ())}
        attributes_read = {name: value for name, value in attributes_read.items() if name in named}
    claims: dict[str, Any] = dict(attributes_read)
    for flag in VERIFIED.values():
        if flag in claims:
            claims[flag] = claims[flag] == "true"
    if "identities" in claims:
        claims["identities"] = _identities(claims["identities"])
    return claims


def _identities(text: str) -> Any:
    found = json.loads(text)
    return [
        {**each, "primary": str(each.get("primary")).lower(), "dateCreated": str(each.get("dateCreated"))}
        for each in found
    ]
