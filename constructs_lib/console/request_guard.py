"""Which requests the console answers. Pure.

The console acts as the administrator of a local cloud, who can create functions, which run on this machine. Whoever
else may reach its port is kept out: pages of other origins in the developer's browser, pages whose host name was made
to mean this machine (DNS rebinding), and other users of this machine, who have neither the token nor the path.

Cookies know no ports: a server of another user on this machine gets the cookies of 127.0.0.1 whenever a page of its own
is open. The console's is sent below a random path only, so that nobody else is sent it.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import parse_qs

Refusal: TypeAlias = tuple[HTTPStatus, str]
"""A status and a sentence that says why."""

COOKIE: Final = "console"
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Where one console answers, and what opens it.

    Attributes:
        port: Its port on 127.0.0.1.
        room: The first part of every path. By default a random one.
        token: What the address and the cookie carry. By default a random one.
    """

    port: int
    room: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def host(self) -> str:
        """The only host it answers to: `localhost` may mean another address, on which somebody else listens."""
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """The only origin it answers to."""
        return f"http://{self.host}"

    @property
    def root(self) -> str:
        """The path that everything lies below."""
        return f"/{self.room}/"

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return f"{self.origin}{self.root}?token={self.token}"


def refusal(door: Door, method: str, path: str, query: str, headers: Sequence[tuple[str, str]]) -> Refusal | None:
    """Return why a request is not answered, or None when it is.

    Args:
        door: The console's.
        method: The request's method.
        path: Its path.
        query: Its query, as sent.
        headers: Its headers, as sent.
    """
    values = _by_name(headers)
    if values.get("host") != [door.host]:
        return HTTPStatus.MISDIRECTED_REQUEST, f"the console answers to {door.host} only"
    if method not in {*_READS, "POST"}:
        return HTTPStatus.METHOD_NOT_ALLOWED, f"the console takes no {method}"
    if not _OWN_SITE.issuperset(values.get("sec-fetch-site", ())) or not _own_origin(door, method, values):
        return HTTPStatus.FORBIDDEN, "no page but the console's own may call it, nor link to it"
    if not path.startswith(door.root):
        return HTTPStatus.NOT_FOUND, "there is nothing here"
    if not _has_token(door, values.get("cookie", ())) and not enters(door, method, path, query):
        return HTTPStatus.FORBIDDEN, "open the address that `cognito-app console` prints"
    return None


def _own_origin(door: Door, method: str, values: Mapping[str, Sequence[str]]) -> bool:
    """Whether a page of the console sends a request; a browser names the origin of whatever may change something."""
    origins = list(values.get("origin", ()))
    return origins == [door.origin] or (not origins and method in _READS)


def enters(door: Door, method: str, path: str, query: str) -> bool:
    """Whether a request is the first one, whose address carries the token."""
    given = parse_qs(query).get("token", [])
    return method in _READS and path == door.root and any(_same(each, door.token) for each in given)


def _has_token(door: Door, cookies: Sequence[str]) -> bool:
    # Another server on 127.0.0.1 may set a cookie of this name too.
    pairs = (each.strip().partition("=") for line in cookies for each in line.split(";"))
    return any(name == COOKIE and _same(value, door.token) for name, _, value in pairs)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _by_name(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value.strip())
    return found
