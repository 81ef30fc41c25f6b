"""Error codes of refused calls, and the codes that mean missing permissions."""

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import requests

ACCESS_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "403"})
"""Codes with which AWS refuses a caller without permission; S3 (HEAD) and HTTP APIs send the status alone."""
UNAUTHENTICATED: Final = (401, 403)
"""Statuses of refusals. Services send them for missing permissions, and for credentials that are not valid."""

_TYPE: Final = "x-amzn-errortype"
_XML_CODE: Final = re.compile(r"<Code>(\w+)</Code>")
_CREDENTIALS: Final = {
    "security token included in the request is invalid": "UnrecognizedClientException",
    "security token included in the request is expired": "ExpiredTokenException",
    "token has expired": "ExpiredTokenException",
    "does not match the signature": "InvalidSignatureException",
    "signature expired": "InvalidSignatureException",
    "missing authentication token": "MissingAuthenticationTokenException",
}
"""Messages about credentials, in lower case, and their codes: API Gateway sends the first with the type
`AccessDeniedException` ("How do I troubleshoot HTTP 403 errors from API Gateway?", AWS re:Post)."""


class Refused(Exception):  # noqa: N818 - a refusal is not an error
    """Refusal for which boto3 does not raise: an HTTP status, or an entry of a batch response."""

    def __init__(self, code: str) -> None:
        """Store the error code, such as `403`."""
        super().__init__(code)
        self.code = code


def error_code(answer: "requests.Response") -> str:
    """Return the error code of an HTTP response; its status, such as `403`, if it names no code.

    A refusal whose message is about the caller's credentials gets the code for that, even if its type is
    `AccessDeniedException`. With another status than 403 the message is the app's: a function that lacks a
    permission may return the error of its own call.
    """
    status = str(answer.status_code)
    code = _named(answer) or status
    if code in ACCESS_DENIED:
        if status not in ACCESS_DENIED:
            return status
        text = answer.text.lower()
        return next((about for message, about in _CREDENTIALS.items() if message in text), code)
    return code


def _named(answer: "requests.Response") -> str:
    """Return the code in the header, in S3's XML, or in the JSON of a service; empty for none."""
    if header := answer.headers.get(_TYPE, ""):
        return header.partition(":")[0].rpartition("#")[2]
    if found := _XML_CODE.search(answer.text):
        return found.group(1)
    try:
        body = json.loads(answer.text)
    except ValueError:
        return ""
    return str(body.get("__type", "")).rpartition("#")[2] if isinstance(body, dict) else ""
