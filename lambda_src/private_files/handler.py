"""Signed CloudFront URLs of the caller's own folder, from an HTTP API or a REST API whose route IAM guards.

Environment: `OWNER`, `identity` or `sub`, the owner value that names folders; `FILES_URL`, their base URL, with a
closing slash; `VALID_FOR_SECONDS`; and the variables of `private_files.signing`.
"""

import json
import os
import re
import time
from http import HTTPStatus
from typing import Any, Final

from caller import Caller, Kind

from private_files import signing

_FORMS: Final = {
    "identity": re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-\d+:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "sub": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
"""Patterns of owner values: the signature for a value with a star or a slash would be valid for other owners, too."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Sign for the caller that API Gateway verified, regardless of the rest of the request; the Lambda entry point."""
    known_by = os.environ["OWNER"]
    caller = Caller.of(event)
    owner = caller.owner(known_by)
    if caller.kind is not Kind.USER or not owner or not _FORMS[known_by].fullmatch(owner):
        return _answer(HTTPStatus.FORBIDDEN, {"message": "sign in to see your files"})
    expires = int(time.time()) + int(os.environ["VALID_FOR_SECONDS"])
    url = f"{os.environ['FILES_URL']}{owner}/"
    return _answer(HTTPStatus.OK, {"url": url, "query": signing.query(url, expires), "expires": expires})


def _answer(status: HTTPStatus, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
