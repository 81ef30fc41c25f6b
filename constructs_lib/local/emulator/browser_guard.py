"""Which requests a page in a browser may have sent. Pure.

An administrator can create functions, which run on this machine, so nothing an administrator signed is taken from a
page, not even a link that was made for one. A page of the app under development signs as a user or not at all.
"""

import re
from collections.abc import Mapping
from typing import Final

_NAMES: Final = re.compile(
    r"^(?:localhost|127\.0\.0\.1|[a-z0-9.*-]+\.(?:localhost|amazonaws\.com|amazonaws\.com\.cn|amazoncognito\.com))(?::\d+)?$"
)
_OWN_SITES: Final = ("", "none")


def from_a_page(headers: Mapping[str, str]) -> bool:
    """Whether a page in a browser may have sent a request.

    Args:
        headers: The request's headers, names in lower case.
    """
    sent_by_one = "origin" in headers or headers.get("sec-fetch-site", "") not in _OWN_SITES
    # A page may name its own host after this address (DNS rebinding); then it counts as its own site.
    named_otherwise = _NAMES.match(headers.get("host", "").lower()) is None
    return sent_by_one or named_otherwise
