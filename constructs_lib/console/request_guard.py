"""Request guard of the console: decides which requests it accepts. Pure.

The console acts as the administrator of a local cloud, who can create functions, which run on this machine. It refuses
all other clients that may reach its port: pages of other origins in the developer's browser, pages whose host name
resolves to this machine (DNS rebinding), and other users of this machine, who have neither the token nor the path.

Cookies are not bound to a port: another user's server on this machine receives the cookies of 127.0.0.1 whenever the
browser opens one of its pages. The console's cookie is bound to a random path, so that no other server receives it.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import parse_qs

from constructs_lib.client.page_requests import headers_by_name

Refusal: TypeAlias = tuple[HTTPStatus, str]
"""A status and a sentence with the reason."""

COOKIE: Final = "console"
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsoleEndpoint:
    """Address and token of a console.

    Attributes:
        port: Its port on 127.0.0.1.
        room: The first part of every path. By default, a random one.
        token: The secret in the address and the cookie. By default, a random one.
    """

    port: int
    room: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def host(self) -> str:
        """The only accepted host: `localhost` may resolve to another address, on which another user may listen."""
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """The only accepted origin."""
        return f"http://{self.host}"

    @property
    def root(self) -> str:
        """The root path of all pages."""
        return f"/{self.room}/"

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return f"{self.origin}{self.root}?token={self.token}"


def refusal(
    endpoint: ConsoleEndpoint, method: str, path: str, query: str, headers: Sequence[tuple[str, str]]
) -> Refusal | None:
    """Return the refusal of a request, or None if the console accepts it.

    The query and the headers are as sent.
    """
    values = headers_by_name(headers)
    if values.get("host") != [endpoint.host]:
        return HTTPStatus.MISDIRECTED_REQUEST, f"the console accepts the host {endpoint.host} only"
    if method not in {*_READS, "POST"}:
        return HTTPStatus.METHOD_NOT_ALLOWED, f"the console does not support {method}"
    if not _OWN_SITE.issuperset(values.get("sec-fetch-site", ())) or not _own_origin(endpoint, method, values):
        return HTTPStatus.FORBIDDEN, "only the console's own pages may call it or link to it"
    if not path.startswith(endpoint.root):
        return HTTPStatus.NOT_FOUND, "there is nothing here"
    if not _has_token(endpoint, values.get("cookie", ())) and not is_first_request(endpoint, method, path, query):
        return HTTPStatus.FORBIDDEN, "open the address that `cognito-app console` prints"
    return None


def _own_origin(endpoint: ConsoleEndpoint, method: str, values: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a page of the console sends a request: browsers send its origin with every change."""
    origins = list(values.get("origin", ()))
    return origins == [endpoint.origin] or (not origins and method in _READS)


def is_first_request(endpoint: ConsoleEndpoint, method: str, path: str, query: str) -> bool:
    """Return whether a request is the first one, whose address contains the token."""
    given = parse_qs(query).get("token", [])
    return method in _READS and path == endpoint.root and any(_same(each, endpoint.token) for each in given)


def _has_token(endpoint: ConsoleEndpoint, cookies: Sequence[str]) -> bool:
    # Another server on 127.0.0.1 may set a cookie of this name too.
    pairs = (each.strip().partition("=") for line in cookies for each in line.split(";"))
    return any(name == COOKIE and _same(value, endpoint.token) for name, _, value in pairs)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())
