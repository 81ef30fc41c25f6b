"""Path normalisation of CloudFront, applied before the path patterns of cache behaviors."""

import posixpath
import re
from typing import Final

_UNRESERVED: Final = re.compile(r"%(?:2[dDeE]|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF]|7[eE])")
"""Percent-encodings equivalent to the letter, digit, `-`, `.`, `_` or `~` itself (RFC 3986, section 6.2.2.2)."""


def normalised(path: str) -> str:
    """Return a path normalised by RFC 3986, section 6.2.2, and CloudFront: decoded letters, no dots, single slashes."""
    plain = _UNRESERVED.sub(lambda match: chr(int(match[0][1:], 16)), path)
    # `normpath` keeps two slashes at the beginning.
    short = "/" + posixpath.normpath(plain).lstrip("/")
    return f"{short}/" if plain.endswith(("/", "/.", "/..")) and short != "/" else short
