"""Which requests of a browser's pages are refused. Pure.

An administrator's keys are accepted here without a signature, and an administrator can create functions, which run on
this machine. So a page on any site that guesses the port could run code here; AWS, which checks signatures, has no such
problem. A page of the app under development signs as a user or not at all.
"""

import re
from collections.abc import Mapping
from typing import Final

REASON: Final = (
    "The local cloud takes an administrator's keys, and its own controls, from programs on this machine only, "
    "not from a page in a browser."
)
_CONTROLS: Final = ("/_ministack/", "/_localstack/")
_READABLE: Final = ("/_ministack/health", "/_localstack/health", "/_ministack/ready")
_NAMES: Final = re.compile(
    r"^(?:localhost|127\.0\.0\.1|[a-z0-9.*-]+\.(?:localhost|amazonaws\.com|amazonaws\.com\.cn|amazoncognito\.com))(?::\d+)?$"
)
_OWN_SITES: Final = ("", "none")


def is_refused(path: str, headers: Mapping[str, str], *, administrator: bool) -> bool:
    """Whether a request is refused because a page may have sent it.

    Args:
        path: The request's path.
        headers: Its headers, names in lower case.
        administrator: Whether it names an administrator's key.
    """
    controls = path.startswith(_CONTROLS) and not path.startswith(_READABLE)
    if not administrator and not controls:
        return False
    from_page = "origin" in headers or headers.get("sec-fetch-site", "") not in _OWN_SITES
    # A page may name its own host after this address (DNS rebinding); then it counts as its own site.
    named_otherwise = _NAMES.match(headers.get("host", "").lower()) is None
    return from_page or named_otherwise
