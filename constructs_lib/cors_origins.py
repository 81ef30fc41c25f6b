"""CORS origins of an API or a function URL, and the response headers for browsers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence


HEADERS: Final = (
    "authorization", "content-type", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-api-key",
)  # fmt: skip
"""The headers that a page sends: those of a signature, a token, a key."""

MAX_AGE: Final = 7200
"""The number of seconds a browser may cache the response; the maximum in Chromium."""

_ORIGIN: Final = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?")
_SUBDOMAINS: Final = re.compile(r"(?<=://)\*\.(?=[^.]+\.)")
"""The wildcard for the subdomains of a domain below a top-level domain."""


def check_origins(origins: Sequence[str], *, wildcards: bool = False) -> None:
    """Refuse values that no browser sends as an origin, and `*`; with `wildcards`, accept every subdomain of one.

    Raises:
        ValueError: With the origin.
    """
    for origin in origins:
        if origins.count(origin) > 1:
            raise ValueError(f"the list of origins contains {origin!r} more than once; remove the duplicate")
        # A token is an address known at deployment, such as a distribution's.
        plain = _SUBDOMAINS.sub("", origin, 1) if wildcards else origin
        if not is_token(origin) and not _ORIGIN.fullmatch(plain):
            raise ValueError(
                f"origin {origin!r} is not the origin of a web page; write scheme and host without a path, as "
                f"{'https://*.example.com' if wildcards else 'https://app.example.com'} or http://localhost:5173"
            )
