"""Comparisons of the evaluator: a request's value with one of a policy's, by condition operator.

Source: "IAM JSON policy elements: Condition operators" (IAM user guide). The engines have their own.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Callable

_WILD: Final = frozenset("*?")
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
LITERALS: Final = {"*": "\ue000", "?": "\ue001", "$": "$"}
"""The symbols of wildcards and dollar signs that are plain text, in an expanded pattern."""
_PARTS: Final = 6
"""The parts of an ARN, which colons separate."""


@functools.lru_cache(maxsize=65536)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:  # noqa: FBT001 - key of the cache
    parts = {"*": ".*", "?": ".", LITERALS["*"]: r"\*", LITERALS["?"]: r"\?"}
    text = "".join(parts.get(char, re.escape(char)) for char in pattern)
    return re.compile(text, (re.IGNORECASE if ignore_case else 0) | re.DOTALL)


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Return whether a pattern matches a text: `*` is any text, including slashes, and `?` is one character."""
    if pattern.isascii() and not _WILD.intersection(pattern):
        return pattern.lower() == text.lower() if ignore_case else pattern == text
    return _compiled(pattern, ignore_case).fullmatch(text) is not None


def _as_number(text: str) -> float:
    return float(text)


def _as_time(text: str) -> float:
    if text.isdigit():
        return float(text)
    read = dt.datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=dt.UTC)).timestamp()


def _ordered(operator: str, held: str, wanted: str) -> bool:
    """Return whether two numbers or dates satisfy an operator; other values do not."""
    read = _as_number if operator.startswith("numeric") else _as_time
    try:
        left, right = read(held), read(wanted)
    except ValueError:
        return False
    return _ORDERS[operator.removeprefix("numeric").removeprefix("date")](left, right)


def _within(held: str, wanted: str) -> bool:
    import ipaddress  # noqa: PLC0415 - few policies have addresses

    try:
        return ipaddress.ip_address(held) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _plain(wanted: str) -> str:
    return wanted.replace(LITERALS["*"], "*").replace(LITERALS["?"], "?")


def _equal(held: str, wanted: str) -> bool:
    return held == _plain(wanted)


def _equal_ignoring_case(held: str, wanted: str) -> bool:
    return held.lower() == _plain(wanted).lower()


def _like(held: str, wanted: str) -> bool:
    return matches(wanted, held)


def is_arn_operator(operator: str) -> bool:
    """Return whether an operator compares ARNs."""
    return operator.startswith("arn")


def is_whole_arn(value: str, *, variables: bool) -> bool:
    """Return whether a policy's value, with its variables, has the parts of an ARN or is one by reference.

    A variable before the last part may have a value of several parts.
    """
    if value.startswith("⟦") and not _WILD.intersection(value):
        return True
    parts = split_around_atoms(_VARIABLE.sub("$", value) if variables else value, ":", _PARTS - 1)
    return len(parts) == _PARTS and (not variables or not any("$" in part for part in parts[:-1]))


def _arns_match(held: str, wanted: str) -> bool:
    """Return whether the parts match: "each of the six colon-delimited components is checked separately" (ARNs)."""
    own, asked = (split_around_atoms(text, ":", _PARTS - 1) for text in (held, wanted))
    return len(own) == len(asked) and all(map(matches, asked, own))


_ORDERS: Final[dict[str, Callable[[float, float], bool]]] = {
    "equals": lambda left, right: left == right,
    "notequals": lambda left, right: left == right,
    "lessthan": lambda left, right: left < right,
    "lessthanequals": lambda left, right: left <= right,
    "greaterthan": lambda left, right: left > right,
    "greaterthanequals": lambda left, right: left >= right,
}
_COMPARES: Final[dict[str, Callable[[str, str], bool]]] = {
    "string": _equal,
    "stringignorecase": _equal_ignoring_case,
    "stringlike": _like,
    "arn": _arns_match,
    "binary": _equal,
    "bool": _equal_ignoring_case,
    "ip": _within,
}
_KINDS: Final = {
    "stringequals": "string", "stringnotequals": "string", "stringequalsignorecase": "stringignorecase",
    "stringnotequalsignorecase": "stringignorecase", "stringlike": "stringlike", "stringnotlike": "stringlike",
    "arnequals": "arn", "arnlike": "arn", "arnnotequals": "arn", "arnnotlike": "arn", "bool": "bool",
    "binaryequals": "binary", "ipaddress": "ip", "notipaddress": "ip",
}  # fmt: skip
"""Comparisons of the operators on values other than numbers and dates."""
COMPARED: Final = frozenset([*_KINDS, *(f"{kind}{order}" for kind in ("numeric", "date") for order in _ORDERS)])
"""The operators that `compare` knows."""


def compare(operator: str, held: str, wanted: str) -> bool:
    """Compare a request's value with one of the policy's.

    A negated operator compares like its positive one; `condition_holds` inverts the result.
    """
    if operator.startswith(("numeric", "date")):
        return _ordered(operator, held, wanted)
    return _COMPARES[_KINDS[operator]](held, wanted)
