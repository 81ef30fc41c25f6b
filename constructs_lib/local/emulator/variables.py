"""IAM policy variables and wildcards: `${aws:userid}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}`. Pure.

Source: "IAM policy elements: Variables and tags" (IAM user guide). A star or question mark that is not a wildcard,
because it is written `${*}` or comes from the request, becomes a private-use character on both sides of a comparison.
"""

import functools
import re
from collections.abc import Callable
from typing import Any, Final

CURRENT_VERSION: Final = "2012-10-17"
"""The only policy version with variables; a policy without a version has the version 2008-10-17."""

LITERALS: Final = {"*": "\ue000", "?": "\ue001", "$": "$"}
"""Replacements of a literal star, question mark and dollar sign."""

UNRESOLVED: Final = "\x00unresolved"
"""Replacement of a text with an absent variable; it never matches."""

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def substitute(text: str, value_of: Callable[[str], object]) -> str:
    """Return the text with its variables replaced, or `UNRESOLVED` if one has no single value.

    The text is a resource or a condition value of a policy of the current version.
    """
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        body = match.group(1)
        if body in LITERALS:
            return LITERALS[body]
        key, comma, default = body.partition(",")
        value = value_of(key.strip())
        if value is None and comma:
            value = default.strip().removeprefix("'").removesuffix("'")
        if not isinstance(value, str):
            missing = True
            return ""
        return str(literal(value))

    replaced = _VARIABLE.sub(replace, text)
    return UNRESOLVED if missing else replaced


def literal(value: Any) -> Any:
    """Return a request's value, or each of several, with stars and question marks escaped."""
    if isinstance(value, str):
        return value.replace("*", LITERALS["*"]).replace("?", LITERALS["?"])
    if isinstance(value, list):
        return [literal(each) for each in value]
    return value


def without_variables(element: Any) -> Any:
    """Return part of a policy of an older version, with `${` as plain text."""
    if isinstance(element, str):
        return element.replace("${", "${$}{")
    if isinstance(element, list):
        return [without_variables(each) for each in element]
    if isinstance(element, dict):
        return {key: without_variables(each) for key, each in element.items()}
    return element


@functools.lru_cache(maxsize=4096)
def wildcard_pattern(text: str, ignore_case: bool) -> re.Pattern[str]:  # noqa: FBT001 - the stock function's parameters
    """Return the regular expression of a pattern with `*` and `?`. Unlike stock MiniStack's, it matches line breaks."""
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    return re.compile("".join(parts) + r"\Z", re.DOTALL | (re.IGNORECASE if ignore_case else 0))
