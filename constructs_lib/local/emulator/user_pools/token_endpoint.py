"""OAuth endpoints `/oauth2/token`, `/oauth2/revoke` and `/oauth2/userInfo`.

Source: "The token issuer endpoint", "The token revocation endpoint" and "The userInfo endpoint" (Amazon Cognito
developer guide).
"""

from collections.abc import Callable
from typing import Any, Final

from . import schema, tokens, users
from .domain_requests import Reply, Request, as_json, client_credentials, error, is_client
from .emulator_interface import Client, EmulatorInterface, Pool
from .errors import RefusedError

_REVOKED: Final = {
    "UnsupportedTokenTypeException": "unsupported_token_type", "UnauthorizedException": "unauthorized_client",
}  # fmt: skip


def token(emulator: EmulatorInterface, request: Request, machine: Callable[[], Reply]) -> Reply:
    """Handle `/oauth2/token`; `machine` handles the grant `client_credentials`."""
    found = _client(emulator, request)
    if found is None:
        return error("invalid_client")
    pool, client = found
    kind = request.form.get("grant_type")
    if kind == "authorization_code":
        return _by_code(emulator, pool, client, request)
    if kind == "refresh_token":
        return _by_refresh(emulator, pool, client, request)
    return machine() if kind == "client_credentials" else error("unsupported_grant_type")


def _client(emulator: EmulatorInterface, request: Request) -> tuple[Pool, Client] | None:
    """Return the client that a request proves to be, with its pool."""
    client_id, secret = client_credentials(request)
    pool = emulator.pool_of_client(client_id)
    client = users.client_of(pool, client_id) if pool else None
    return (pool, client) if pool and client and is_client(client, secret) else None


def _by_code(emulator: EmulatorInterface, pool: Pool, client: Client, request: Request) -> Reply:
    form = request.form
    grant = emulator.grants.redeem(
        form.get("code", ""), client_id=client["ClientId"], redirect_uri=form.get("redirect_uri", ""),
        verifier=form.get("code_verifier", ""), now=emulator.now(),
    )  # fmt: skip
    user = pool["_users"].get(grant.username) if grant and grant.pool_id == pool["Id"] else None
    if grant is None or user is None or not user.get("Enabled", True):
        return error("invalid_grant")
    try:
        result = tokens.sign_in(emulator, pool, client, user, source="HostedAuth", scope=grant.scope, nonce=grant.nonce)
    except RefusedError as fault:
        return error("invalid_request", fault.message)
    return _as_oauth(result)


def _by_refresh(emulator: EmulatorInterface, pool: Pool, client: Client, request: Request) -> Reply:
    try:
        result = tokens.refresh(emulator, pool, client, request.form.get("refresh_token"), None)
    except RefusedError:
        return error("invalid_grant")
    return _as_oauth(result)


def _as_oauth(result: dict[str, Any]) -> Reply:
    answer = {
        "access_token": result["AccessToken"], "expires_in": result["ExpiresIn"], "token_type": "Bearer",
    }  # fmt: skip
    for name, key in (("id_token", "IdToken"), ("refresh_token", "RefreshToken")):
        if key in result:
            answer[name] = result[key]
    return as_json(answer)


def revoke(emulator: EmulatorInterface, request: Request) -> Reply:
    """Handle `/oauth2/revoke`."""
    given = request.form.get("token")
    if not given:
        return error("invalid_request")
    found = _client(emulator, request)
    if found is None:
        return error("invalid_client", status=401)
    try:
        tokens.revoke(emulator, *found, given)
    except RefusedError as fault:
        return error(_REVOKED.get(fault.code, "invalid_request"))
    return 200, {"Cache-Control": "no-store"}, b""


def user_info(emulator: EmulatorInterface, request: Request) -> Reply:
    """Handle `/oauth2/userInfo`: the attributes that the client may read."""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        pool, client, user, claims = tokens.check_access(emulator, given.strip() if kind.lower() == "bearer" else None)
    except RefusedError as fault:
        return _unauthorized(fault.message)
    if "openid" not in str(claims.get("scope", "")).split():
        return _unauthorized("Access token does not contain openid scope")
    readable = schema.readable(pool, client)
    visible = {name: value for name, value in users.attributes(user).items() if name in readable}
    return as_json(visible | {"sub": users.sub(user), "username": user["Username"]})


def _unauthorized(description: str) -> Reply:
    status, headers, body = error("invalid_token", description, 401)
    return status, headers | {"WWW-Authenticate": 'Bearer error="invalid_token"'}, body
