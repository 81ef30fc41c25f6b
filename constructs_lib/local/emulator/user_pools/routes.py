"""Routes of a domain: the handler of each path, and the CSRF check of forms.

Every form contains a random value that is also in a cookie: a page of another site can submit a form, but cannot read
the cookie.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from . import hosted_accounts, hosted_sign_in, pages, token_endpoint
from .domain_requests import (
    Authorization,
    PageError,
    RedirectedError,
    Reply,
    Request,
    as_json,
    authorization,
    error,
    redirect,
)
from .emulator_interface import EmulatorInterface, Pool
from .tokens import issuer

_SHOWN: Final[dict[str, Callable[[Authorization, str], Reply]]] = {
    "/login": hosted_sign_in.first_page,
    "/signup": hosted_accounts.sign_up_page,
    "/confirm": hosted_accounts.confirm_page,
    "/forgotPassword": hosted_accounts.forgot_page,
    "/confirmForgotPassword": hosted_accounts.reset_page,
}
_SENT: Final[dict[str, Callable[[EmulatorInterface, Authorization, Request, str], Reply]]] = {
    "/login": hosted_sign_in.submit,
    "/signup": hosted_accounts.sign_up,
    "/confirm": hosted_accounts.confirm,
    "/resendcode": hosted_accounts.resend,
    "/forgotPassword": hosted_accounts.forgot,
    "/confirmForgotPassword": hosted_accounts.reset,
}
_DOMAINS: Final = ".amazoncognito.com"
PATHS: Final = frozenset(
    {*_SHOWN, *_SENT, "/oauth2/authorize", "/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo", "/logout"}
)
"""Every path that this module handles."""


def answer(emulator: EmulatorInterface, request: Request, machine: Callable[[], Reply]) -> Reply:
    """Handle a request to one of `PATHS` of a domain; `machine` handles the grant `client_credentials`."""
    emulator = _on_host(emulator, request.headers.get("host", ""))
    if request.path == "/oauth2/token" and request.method == "POST":
        return token_endpoint.token(emulator, request, machine)
    plain = _PLAIN.get((request.method, request.path))
    if plain is not None:
        return plain(emulator, request)
    try:
        authorized = authorization(emulator.pool_of_client(request.query.get("client_id", "")), request.query)
    except RedirectedError as fault:
        return redirect(fault.location)
    except PageError as fault:
        return error(fault.error, fault.description, fault.status)
    return _page(emulator, authorized, request)


def _page(emulator: EmulatorInterface, authorized: Authorization, request: Request) -> Reply:
    token = secrets.token_urlsafe(24)
    if request.path == "/oauth2/authorize":
        return redirect(f"/login?{authorized.query()}")
    if request.method == "GET" and request.path in _SHOWN:
        return _SHOWN[request.path](authorized, token)
    if request.method != "POST" or request.path not in _SENT:
        return error("invalid_request", "Method not allowed.", 405)
    cookie, given = request.cookies.get(pages.XSRF, ""), request.form.get("_csrf", "")
    if not cookie or not hmac.compare_digest(cookie.encode(), given.encode()):
        return hosted_sign_in.first_page(authorized, token, "Please try again.", status=403)
    return _SENT[request.path](emulator, authorized, request, token)


def _on_host(emulator: EmulatorInterface, host: str) -> EmulatorInterface:
    """Return the emulator limited to a domain's pool: clients of other pools are unknown."""
    name = host.partition(":")[0].lower()
    if not name.endswith(_DOMAINS):
        return emulator

    def of_client(client_id: str) -> Pool | None:
        pool = emulator.pool_of_client(client_id)
        return pool if pool is not None and domain_of(pool) == name else None

    return replace(emulator, pool_of_client=of_client)


def _logout(emulator: EmulatorInterface, request: Request) -> Reply:
    query = request.query
    pool = emulator.pool_of_client(query.get("client_id", ""))
    client = pool["_clients"].get(query.get("client_id")) if pool else None
    if client is None:
        return error("invalid_request", "Client does not exist.")
    if query.get("logout_uri"):
        if query["logout_uri"] not in (client.get("LogoutURLs") or []):
            return error("invalid_request", "logout_uri is not among the client's sign-out URLs.")
        return redirect(query["logout_uri"])
    try:
        authorized = authorization(pool, query)
    except RedirectedError as fault:
        return redirect(fault.location)
    except PageError as fault:
        return error(fault.error, fault.description, fault.status)
    return redirect(f"/login?{authorized.query()}")


_PLAIN: Final[dict[tuple[str, str], Callable[[EmulatorInterface, Request], Reply]]] = {
    ("POST", "/oauth2/revoke"): token_endpoint.revoke,
    ("GET", "/oauth2/userInfo"): token_endpoint.user_info,
    ("POST", "/oauth2/userInfo"): token_endpoint.user_info,
    ("GET", "/logout"): _logout,
}


def discovery(pool: Pool, base: str | None) -> Reply:
    """Return a pool's OpenID configuration; without a base URL, for a pool without a domain, it has no endpoints."""
    paths = {
        "authorization_endpoint": "/oauth2/authorize", "token_endpoint": "/oauth2/token",
        "userinfo_endpoint": "/oauth2/userInfo", "revocation_endpoint": "/oauth2/revoke",
        "end_session_endpoint": "/logout",
    }  # fmt: skip
    endpoints: dict[str, Any] = {
        "issuer": issuer(pool),
        "jwks_uri": f"{issuer(pool)}/.well-known/jwks.json",
        **({name: f"{base}{path}" for name, path in paths.items()} if base else {}),
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }
    return as_json(endpoints)


def domain_of(pool: Pool) -> str | None:
    """Return the host of a pool's domain, a custom domain before a prefix domain; None if it has none."""
    if pool.get("CustomDomain"):
        return str(pool["CustomDomain"])
    region = pool["Id"].rpartition("_")[0]
    return f"{pool['Domain']}.auth.{region}.amazoncognito.com" if pool.get("Domain") else None
