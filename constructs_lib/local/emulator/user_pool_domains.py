"""A domain's pages and OAuth endpoints, with `user_pools.routes` instead of MiniStack's own, and federated attributes.

Stock MiniStack has no page for sign-up, forgotten passwords or second factors and no revocation endpoint, signs users
in on the page without their second factor, redirects a sign-out to any URL if none is configured, and writes every
claim of a provider's token as an attribute, mapped or not (measured on 1.5.33).
"""

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from ministack import app
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import error_response_json
from ministack.services import cognito

from .ministack_interface import expect_attributes, expect_parameters
from .user_pool_api import EMULATOR
from .user_pools import federation, routes
from .user_pools.domain_requests import Reply, Request
from .user_pools.errors import RefusedError

if TYPE_CHECKING:
    from .user_pools.emulator_interface import Pool

_LOOPBACK: Final = ("localhost", "127.0.0.1")
_FOUND: Final = 302
_SAML: Final = "/saml2/idpresponse"
_CALLBACKS: Final = (_SAML, "/oauth2/idpresponse")
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
_KEYS: Final = "/.well-known/jwks.json"


def check() -> None:
    """Refuse a MiniStack that serves domains elsewhere."""
    expect_parameters(app._handle_cognito_get_request, "method", "path", "headers", "query_params")
    expect_parameters(
        app._handle_cognito_body_request, "method", "path", "headers", "body", "query_params",
    )  # fmt: skip
    expect_parameters(
        cognito._apply_inbound_federation_trigger,
        "pool_id", "client_id", "username", "provider_name", "provider_type", "attributes",
    )  # fmt: skip
    expect_parameters(cognito._oauth2_idp_response, "method", "body", "query_params")
    expect_parameters(cognito.handle_oauth2_authorize, "method", "path", "headers", "query_params")
    expect_parameters(cognito._oauth2_token, "data", "query_params", "raw_body", "headers")
    expect_parameters(cognito.well_known_openid_configuration, "pool_id", "region", "host", "scheme")
    expect_attributes(cognito, "_auth_codes", "_get_pool_unscoped", "_pool_domain_map")


def install() -> None:
    """Serve the domain's paths here."""
    stock_get, stock_body = app._handle_cognito_get_request, app._handle_cognito_body_request

    async def get(method: str, path: str, headers: dict[str, str], query: dict[str, Any]) -> Any:
        if path in (_WELL_KNOWN, _KEYS) and (pool_id := _pool_of_host(headers.get("host", ""))):
            path = f"/{pool_id}{path}"
        if path in _CALLBACKS:
            return await _called_back(method, path, b"", query)
        if method == "GET" and path in routes.PATHS and not query.get("identity_provider"):
            return await _serve(method, path, headers, b"", query)
        return await stock_get(method, path, headers, query)

    async def body(method: str, path: str, headers: dict[str, str], content: bytes, query: dict[str, Any]) -> Any:
        if path in _CALLBACKS:
            return await _called_back(method, path, content, query)
        if path in routes.PATHS:
            return await _serve(method, path, headers, content, query)
        return await stock_body(method, path, headers, content, query)

    app._handle_cognito_get_request, app._handle_cognito_body_request = get, body
    cognito.well_known_openid_configuration = _discovery(cognito.well_known_openid_configuration)
    cognito._oauth2_idp_response = _federated(cognito._oauth2_idp_response)
    cognito._apply_inbound_federation_trigger = _mapped_only(cognito._apply_inbound_federation_trigger)


async def _called_back(method: str, path: str, content: bytes, query: dict[str, Any]) -> Any:
    """Accept a provider's unsigned response: stock MiniStack requires a signature under AUTH=true."""
    if path == _SAML:
        return _no_saml()
    answer = cognito._oauth2_idp_response
    return await run_reentrant(answer, method, content, query, thread_name="ministack-cognito-trigger")


async def _serve(method: str, path: str, headers: dict[str, str], content: bytes, query: dict[str, Any]) -> Any:
    names = {name.lower(): value for name, value in headers.items()}
    request = Request(
        method=method, path=path, headers=names,
        query={name: value[0] if isinstance(value, list) else value for name, value in query.items()},
        form=dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)),
    )  # fmt: skip

    def machine() -> Reply:
        reply: Reply = cognito._oauth2_token({}, query, content, names)
        return reply

    return await run_reentrant(routes.answer, EMULATOR, request, machine, thread_name="ministack-cognito-trigger")


def _pool_of_host(host: str) -> str | None:
    name = host.partition(":")[0].lower()
    for pool_id, pool in cognito._all_pools():
        if routes.domain_of(pool) == name:
            return str(pool_id)
    return None


def _discovery(stock: Callable[..., Reply]) -> Callable[..., Reply]:
    def discovery(pool_id: str, region: str | None = None, host: str | None = None, scheme: str = "http") -> Reply:
        pool: Pool = cognito._get_pool_unscoped(pool_id)
        domain = routes.domain_of(pool)
        name = (host or "localhost").partition(":")[0]
        if name in _LOOPBACK or name.endswith(".localhost"):
            # The server reports TLS for every request; this document must name the scheme that clients really use.
            plain = (host or "").partition(":")[2] == os.environ.get("GATEWAY_PORT")
            status, headers, content = stock(pool_id, region, host, "http" if plain else scheme)
            document = json.loads(content)
            document["revocation_endpoint"] = document["token_endpoint"].replace("/oauth2/token", "/oauth2/revoke")
            return status, headers, json.dumps(document).encode()
        return routes.discovery(pool, f"https://{domain}" if domain else None)

    return discovery


def _no_saml() -> Reply:
    """Refuse every SAML response, because MiniStack does not check its signature."""
    reply: Reply = error_response_json(
        "NotEmulatedException", "The local cloud accepts no SAML response; see docs/local-cloud.md.", 501
    )
    return reply


def _mapped_only(stock: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    """Drop a provider's claims that its attribute mapping does not name."""

    def to_map(
        pool_id: str, client_id: str, username: str, provider_name: str, provider_type: str, attributes: dict[str, Any]
    ) -> dict[str, str]:
        changed = stock(pool_id, client_id, username, provider_name, provider_type, attributes)
        claims = changed or {name: value for each in attributes.values() for name, value in each.items()}
        pool = cognito._get_pool_unscoped(pool_id)
        mapping = pool["_identity_providers"][provider_name].get("AttributeMapping") or {}
        named = {name: str(value) for name, value in claims.items() if name in set(mapping.values())}
        return named or {"sub": username}  # an empty mapping would mean "all claims"

    return to_map


def _federated(stock: Callable[..., Reply]) -> Callable[..., Reply]:
    """Handle a provider's response: write mapped attributes, call the functions, and issue an authorization code."""

    def respond(*arguments: Any) -> Reply:
        reply = stock(*arguments)
        given = parse_qs(urlsplit(reply[1].get("Location", "")).query)
        code = (given.get("code") or [""])[0]
        relayed = cognito._auth_codes.pop(code, None) if reply[0] == _FOUND else None
        if relayed is None:
            return reply  # an error, or not a sign-in
        try:
            ours = federation.admit(EMULATOR, cognito._get_pool_unscoped(relayed["pool_id"]), relayed)
        except RefusedError as error:
            refused: Reply = error_response_json(error.code, error.message, error.status)
            return refused
        status, headers, content = reply
        return status, {**headers, "Location": headers["Location"].replace(code, ours)}, content

    return respond
