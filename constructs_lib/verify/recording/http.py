"""HTTP calls outside a session's clients: to an API, to a hosted page, by a signed URL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

SENT: Final = ("access-control-request-headers", "access-control-request-method", "content-type", "origin", "accept")
"""Recorded request headers."""
COMPARED: Final = (
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "content-type",
    "www-authenticate",
    "x-amzn-errortype",
)
"""Recorded response headers; all others identify the time, the machine or the recipient."""
SIGNED: Final = "AWS4-HMAC-SHA256"
_SIGNED_BY: Final = re.compile(rf"{SIGNED} Credential=([^/\s,]+)/")
_ELEMENT: Final = re.compile(r"<(\w+)[^<>]*>([^<]*)</\1>")
_TOKEN: Final = re.compile(r"(?P<scheme>Bearer )?(?P<token>\S+)")


def call_of(response: requests.Response) -> dict[str, Any]:
    """Return a call as a recording contains it, before its identifiers are replaced."""
    request = response.request
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    parts = urlsplit(str(request.url))
    # A local cloud is called by its own address; the intended host is in the header.
    place = f"https://{headers['host']}" if "host" in headers else f"{parts.scheme}://{parts.netloc}"
    query = parse_qsl(parts.query, keep_blank_values=True)
    return {
        "method": str(request.method),
        "url": f"{place}{parts.path}",
        "query": [{"Key": name, "Value": value} for name, value in query],
        "by": _by(headers, dict(query)),
        "headers": {name: headers[name] for name in SENT if name in headers},
        "request": _text(request.body or ""),
        "status": response.status_code,
        "answer_headers": compared(response),
        "answer": answer_of(response),
    }


def compared(response: requests.Response) -> dict[str, str]:
    """Return the recorded headers of a response."""
    return {name: response.headers[name] for name in COMPARED if name in response.headers}


def answer_of(response: requests.Response) -> Any:
    """Return a response's body: the elements of XML, `(a page)` for HTML, the text of anything else."""
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/html"):
        return "(a page)"
    if "xml" in kind:
        return dict(_ELEMENT.findall(response.text))
    return response.text


def _by(headers: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    """Return the caller: the owner of the signature or token in the request."""
    authorization = headers.get("authorization", "")
    if found := _SIGNED_BY.match(authorization):
        return {"access_key": found[1], "session_token": headers.get("x-amz-security-token", "")}
    if "X-Amz-Signature" in query or "Signature" in query:
        return {"link": query.get("X-Amz-Credential", query.get("AWSAccessKeyId", "")).partition("/")[0]}
    found = _TOKEN.fullmatch(authorization)
    return {"token": found["token"], "scheme": found["scheme"] or ""} if found else {}


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
