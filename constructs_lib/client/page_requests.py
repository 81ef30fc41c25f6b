"""Requests that the page server serves, and those that it forwards to the local cloud. Pure.

Any page in the developer's browser can send requests to a port of this machine, and one whose host name resolves to
this machine (DNS rebinding) can also read the responses. The page server therefore accepts only its own two host names,
only calls from its own page, and no call that an administrator signed: an administrator can create functions, which run
on this machine.
"""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

PREFIX: Final = "/_aws/"
Refusal: TypeAlias = tuple[HTTPStatus, str]
"""A status and its reason."""

_AWS_HOST: Final = re.compile(r"([a-z0-9-]+\.)+amazonaws\.com(\.cn)?")
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_CONTROLS: Final = re.compile(r"/+_(?:ministack|localstack|cognito_app|aws|alb)(?:/|$)", re.IGNORECASE)
"""The emulator's own addresses, which no service of AWS has."""
_TEMPORARY: Final = re.compile(r"ASIA[A-Z0-9]{16}")
"""The form of keys from an identity pool; those of accounts and IAM users have other prefixes."""
_SIGNED: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/, ]+)(?:/[^/, ]+){3}/aws4_request, *SignedHeaders=[^=, ]+, *Signature=[0-9a-f]+"
)
_QUERY_KEYS: Final = frozenset({"x-amz-credential", "awsaccesskeyid"})


def refusal(method: str, target: str, headers: Sequence[tuple[str, str]], port: int) -> Refusal | None:
    """Return why a request is rejected, or None if it is served.

    The target and the headers are as sent; the port is the page server's own.
    """
    values = headers_by_name(headers)
    hosts = {f"{name}:{port}" for name in ("localhost", "127.0.0.1")}
    if len(values.get("host", ())) != 1 or values["host"][0].lower() not in hosts:
        return HTTPStatus.MISDIRECTED_REQUEST, f"this server answers to localhost:{port} and 127.0.0.1:{port} only"
    # The path is parsed as by a browser and the emulator: `//host/path` is a path here, `http://host/` is not.
    if not target.startswith("/"):
        return HTTPStatus.BAD_REQUEST, "the request must name a path"
    origins = {f"http://{host}" for host in hosts}
    if not origins.issuperset(values.get("origin", ())):
        return HTTPStatus.FORBIDDEN, "a page of another origin may not call this server"
    if not _OWN_SITE.issuperset(values.get("sec-fetch-site", ())) and not _is_link(method, target, values):
        return HTTPStatus.FORBIDDEN, "a page of another site may only link to this one"
    return _carried(target, values) if target.startswith(PREFIX) else None


def address_of(target: str) -> tuple[str, str]:
    """Return the AWS host and the target on it for a call below `PREFIX`."""
    host, _, rest = target.removeprefix(PREFIX).partition("/")
    return host, f"/{rest}"


def _is_link(method: str, target: str, values: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a browser follows a link to the page, as at the end of a hosted sign-in."""
    return (
        method in {"GET", "HEAD"}
        and not target.startswith(PREFIX)
        and list(values.get("sec-fetch-mode", ())) == ["navigate"]
        and list(values.get("sec-fetch-dest", ())) == ["document"]
    )


def _carried(target: str, values: Mapping[str, Sequence[str]]) -> Refusal | None:
    """Return why a call is not forwarded to the local cloud, or None."""
    host, rest = address_of(target)
    if not _AWS_HOST.fullmatch(host):
        return HTTPStatus.NOT_FOUND, "only hosts of AWS are carried to the local cloud"
    if _CONTROLS.match(unquote(urlsplit(f"http://{host}{rest}").path)):
        return HTTPStatus.NOT_FOUND, "the local cloud's own controls are not carried"
    if not all(_TEMPORARY.fullmatch(key) for key in _keys(rest, values)):
        return HTTPStatus.FORBIDDEN, "a page signs with a user's temporary credentials, or not at all"
    return None


def _keys(rest: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every access key that a call names; of a signature that cannot be read, the whole header.

    A token of a user pool, which an API may accept, names none.
    """
    query = parse_qsl(rest.partition("?")[2], keep_blank_values=True)
    named = [value.partition("/")[0] for name, value in query if name.lower() in _QUERY_KEYS]
    for value in values.get("authorization", ()):
        if signed := _SIGNED.fullmatch(value):
            named.append(signed.group(1))
        elif value.upper().startswith("AWS") or "Credential=" in value:
            named.append(value)
    return named


def headers_by_name(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values of each header, by its name in lower case."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value.strip())
    return found
