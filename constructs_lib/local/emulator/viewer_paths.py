"""Paths as CloudFront compares them with the patterns of cache behaviors."""

import posixpath
import re
from typing import Final

_UNRESERVED: Final = re.compile(r"%(?:2[dDeE]|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF]|7[eE])")
"""What RFC 3986, section 6.2.2.2, calls equal to the letter, digit, `-`, `.`, `_` or `~` itself."""


def normalised(path: str) -> str:
    """Return a path as RFC 3986, section 6.2.2, and CloudFront do: plain letters, no dots, one slash at a time."""
    plain = _UNRESERVED.sub(lambda match: chr(int(match[0][1:], 16)), path)
    # `normpath` keeps two slashes at the beginning.
    short = "/" + posixpath.normpath(plain).lstrip("/")
    return f"{short}/" if plain.endswith(("/", "/.", "/..")) and short != "/" else short
