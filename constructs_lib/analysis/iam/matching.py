"""Pattern matching for policies, for all modules except the evaluator, which has its own."""

from __future__ import annotations

import functools


@functools.lru_cache(maxsize=65536)
def glob_match(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Return whether a pattern matches a text: `*` is any text, including slashes, and `?` is one character."""
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
            # After a mismatch, the last star consumes one more character.
            after += 1
            at, here = star + 1, after
        else:
            return False
    return not pattern[at:].strip("*")
