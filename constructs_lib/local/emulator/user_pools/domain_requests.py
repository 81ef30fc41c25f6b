"""Requests and responses of a domain, and the parsed authorization request."""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlencode

Reply: TypeAlias = tuple[int, dict[str, str], bytes]

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_TYPES: Final = {"code": "code", "token": "implicit"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request.

    The query and the form have one value per name; the names of headers are in lower case.
    """

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def cookies(self) -> dict[str, str]:
        """Its cookies."""
        pairs = (each.strip().partition("=") for each in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pairs if name}


@dataclass(frozen=True, kw_only=True, slots=True)
class Authorization:
    """Validated authorization request of a client.

    The response type is `code` or `token`, and the code challenge is empty if the client sent none.
    """

    pool: dict[str, Any] = field(repr=False)
    client: dict[str, Any] = field(repr=False)
    redirect_uri: str
    response_type: str
    scope: str
    state: str
    nonce: str
    code_challenge: str

    def query(self) -> str:
        """Return the request as a query string, which each page passes on."""
        values = {
            "client_id": self.client["ClientId"], "redirect_uri": self.redirect_uri, "scope": self.scope,
            "response_type": self.response_type, "state": self.state, "nonce": self.nonce,
            "code_challenge": self.code_challenge,
            "code_challenge_method": "S256" if self.code_challenge else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in values.items() if value})


class RedirectedError(Exception):
    """Error that is reported to the client by a redirect.

    `location` is the redirect's target.
    """

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class PageError(Exception):
    """Error that is shown and never redirected, because the client or its redirect URI is not trusted.

    It has the OAuth error code, and the HTTP status.
    """

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def authorization(pool: dict[str, Any] | None, query: Mapping[str, str]) -> Authorization:
    """Return the validated authorization request of a query; the pool is that of its client, None for an unknown one.

    Raises:
        PageError: If the client, its flow or its redirect URI is wrong.
        RedirectedError: For any other error.
    """
    client = pool["_clients"].get(query.get("client_id")) if pool else None
    if pool is None or client is None:
        raise PageError("invalid_request", "Client does not exist.")
    if not (pool.get("Domain") or pool.get("CustomDomain")):
        raise PageError("invalid_request", "The user pool has no domain.", 404)
    address = query.get("redirect_uri") or client.get("DefaultRedirectURI") or ""
    if address not in (client.get("CallbackURLs") or []):
        raise PageError("redirect_mismatch", "redirect_uri is not among the client's callback URLs.")
    kind = query.get("response_type", "")
    if kind not in _TYPES:
        raise PageError("unsupported_response_type", "response_type must be code or token.")
    if not client.get("AllowedOAuthFlowsUserPoolClient") or _TYPES[kind] not in (client.get("AllowedOAuthFlows") or []):
        raise PageError("unauthorized_client", "The client may not use this flow.")
    scopes = (query.get("scope") or " ".join(client.get("AllowedOAuthScopes") or [])).split()
    if not scopes or not set(scopes) <= set(client.get("AllowedOAuthScopes") or []):
        raise RedirectedError(_with_error(address, "invalid_request", "invalid_scope", query))
    challenge, method = query.get("code_challenge", ""), query.get("code_challenge_method", "")
    if (challenge or method) and (method != "S256" or not _CHALLENGE.fullmatch(challenge) or kind != "code"):
        raise RedirectedError(_with_error(address, "invalid_request", "code_challenge", query))
    return Authorization(
        pool=pool, client=client, redirect_uri=address, response_type=kind, scope=" ".join(scopes),
        state=query.get("state", ""), nonce=query.get("nonce", ""), code_challenge=challenge,
    )  # fmt: skip


def _with_error(address: str, error: str, description: str, query: Mapping[str, str]) -> str:
    values = {"error": error, "error_description": description, "state": query.get("state", "")}
    return with_query(address, {name: value for name, value in values.items() if value})


def with_query(address: str, values: Mapping[str, str]) -> str:
    """Return a URL with further query parameters."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


def client_credentials(request: Request) -> tuple[str, str]:
    """Return the client's ID and secret, from the header or the form."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(name), unquote(secret)


def is_client(client: Mapping[str, Any], secret: str) -> bool:
    """Return whether a secret is the client's; for a client without one, whether it is empty."""
    return hmac.compare_digest(str(client.get("ClientSecret") or "").encode(), secret.encode())


def as_json(value: Any, status: int = 200) -> Reply:
    """Return a JSON response."""
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return status, headers, json.dumps(value).encode()


def error(name: str, description: str = "", status: int = 400) -> Reply:
    """Return an OAuth error."""
    return as_json({"error": name} | ({"error_description": description} if description else {}), status)


def redirect(location: str) -> Reply:
    """Return a redirect."""
    return 302, {"Location": location, "Cache-Control": "no-store"}, b""
