"""Detection of requests that a page in a browser may have sent. Pure.

An administrator can create functions, which run on this machine, so requests that an administrator signed are refused
from a page, even a presigned URL. A page of the app under development signs as a user or not at all.
"""

import re
from collections.abc import Mapping
from typing import Final

_NAMES: Final = re.compile(
    r"^(?:localhost|127\.0\.0\.1|[a-z0-9.*-]+\.(?:localhost|amazonaws\.com|amazonaws\.com\.cn|amazoncognito\.com))(?::\d+)?$"
)
_OWN_SITES: Final = ("", "none")


def is_from_page(headers: Mapping[str, str]) -> bool:
    """Return whether a page in a browser may have sent a request; header names are in lower case."""
    sent_by_one = "origin" in headers or headers.get("sec-fetch-site", "") not in _OWN_SITES
    # A page's host name may resolve to this address (DNS rebinding); the page then counts as the same site.
    named_otherwise = _NAMES.match(headers.get("host", "").lower()) is None
    return sent_by_one or named_otherwise
