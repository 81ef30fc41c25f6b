"""IAM policy variables: `${aws:userid}`, `${key, 'default'}` and the literals `${*}`, `${?}`, `${$}`. Pure.

Source: "IAM policy elements: Variables and tags". The stock matcher knows only `*` and `?`, so a literal star in a
policy or in a variable's value becomes a character that no request holds, and requests' own stars are mapped to the
same character by `as_request`.
"""

import re
from collections.abc import Callable
from typing import Final

LITERALS: Final = {"*": "\ue000", "?": "\ue001", "$": "$"}
"""Private-use characters that stand for a literal star or question mark."""

UNRESOLVED: Final = "\x00unresolved"
"""What a text with an absent variable becomes: nothing matches it."""

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def substitute(text: str, value_of: Callable[[str], object]) -> str:
    """Return the text with its variables replaced, or `UNRESOLVED` when one has no single value.

    Args:
        text: A resource or a condition value of a policy of version 2012-10-17.
        value_of: Returns the request's value for a key, or None.
    """
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        body = match.group(1)
        if body in LITERALS:
            return LITERALS[body]
        key, comma, default = body.partition(",")
        value = value_of(key.strip())
        if not isinstance(value, str) and comma:
            value = default.strip().strip("'")
        if not isinstance(value, str):
            missing = True
            return ""
        return as_request(value)

    replaced = _VARIABLE.sub(replace, text)
    return UNRESOLVED if missing else replaced


def as_request(value: str) -> str:
    """Return a request's value with its stars and question marks as literals, so that they never act as wildcards."""
    return value.replace("*", LITERALS["*"]).replace("?", LITERALS["?"])
