"""Whether a pattern of a policy fits a text: for everything but the evaluator, which has its own way."""

from __future__ import annotations

import functools


@functools.lru_cache(maxsize=65536)
def glob_match(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether `*` (any text, slashes too) and `?` (one character) make a pattern fit a text."""
    if ignore_case:
        pattern, text = pattern.lower(), text.lower()
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    at = here = 0
    star, after = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, after = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[here]):
            at += 1
            here += 1
        elif star >= 0:
            # What did not fit behind the last star is the star's, one character more each time.
            after += 1
            at, here = star + 1, after
        else:
            return False
    return not pattern[at:].strip("*")
