"""Calls that are made over HTTP by no client of a session: to an API, to a hosted page, by a signed link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

SENT: Final = ("access-control-request-headers", "access-control-request-method", "content-type", "origin", "accept")
"""Headers of requests that are kept."""
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
"""Headers of answers that are kept; all others say when, by which machine, or to whom."""
SIGNED: Final = "AWS4-HMAC-SHA256"
_SIGNED_BY: Final = re.compile(rf"{SIGNED} Credential=([^/\s,]+)/")
_ELEMENT: Final = re.compile(r"<(\w+)[^<>]*>([^<]*)</\1>")
_TOKEN: Final = re.compile(r"(?P<scheme>Bearer )?(?P<token>\S+)")


def call_of(response: requests.Response) -> dict[str, Any]:
    """Return a call as a recording has it, with its identifiers still in it."""
    request = response.request
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    parts = urlsplit(str(request.url))
    # A local cloud is called by its own address; the host that is meant stands in the header.
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
    """Return the headers of an answer that are kept."""
    return {name: response.headers[name] for name in COMPARED if name in response.headers}


def answer_of(response: requests.Response) -> Any:
    """Return an answer's body: of XML its elements, of a page that it is one, of anything else its text."""
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/html"):
        return "(a page)"
    if "xml" in kind:
        return dict(_ELEMENT.findall(response.text))
    return response.text


def _by(headers: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    """Return who calls: whose signature or token it is that the request carries."""
    said = headers.get("authorization", "")
    if found := _SIGNED_BY.match(said):
        return {"access_key": found[1], "session_token": headers.get("x-amz-security-token", "")}
    if "X-Amz-Signature" in query or "Signature" in query:
        return {"link": query.get("X-Amz-Credential", query.get("AWSAccessKeyId", "")).partition("/")[0]}
    found = _TOKEN.fullmatch(said)
    return {"token": found["token"], "scheme": found["scheme"] or ""} if found else {}


def _text(value: str | bytes) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
