"""Comparisons of numbers, dates and addresses: the combinations that one value can satisfy, with example values."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Typed:
    """A comparison with a number, a date or an address.

    The operator is in lower case; a negated one compares like its positive one.
    """

    operator: str
    value: str

    def holds(self, text: str) -> bool:
        """Return whether it matches a request's value."""
        return _holds(self.operator, text, self.value)


_RELATIONS: Final = {
    "equals": {0},
    "notequals": {0},
    "lessthan": {-1},
    "lessthanequals": {-1, 0},
    "greaterthan": {1},
    "greaterthanequals": {0, 1},
}
"""Comparisons of a value with the policy's; a negated operator compares like its positive one."""


def _holds(operator: str, actual: str, expected: str) -> bool:
    for kind, read in (("numeric", _number), ("date", _time)):
        if operator.startswith(kind):
            left, right = read(actual), read(expected)
            if left is None or right is None:
                return False
            return (left > right) - (left < right) in _RELATIONS[operator.removeprefix(kind)]
    return _is_within(actual, expected)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _time(text: str) -> float | None:
    """Return seconds since 1970."""
    if text.isdecimal():
        return float(text)
    try:
        read = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=dt.UTC)).timestamp()


def _is_within(address: str, network: str) -> bool:
    import ipaddress  # noqa: PLC0415 - few policies have addresses

    try:
        actual, expected = ipaddress.ip_address(address), ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
    return actual in expected


def truths(comparisons: Sequence[Typed]) -> dict[tuple[bool, ...], str]:
    """Return every combination of comparisons that one value can satisfy, with such a value.

    Numbers and dates are complete: every limit, values between two limits, and values beyond the last. Combinations of
    addresses that are not found are assumed to be possible too, with a text that is not an address.
    """
    found: dict[tuple[bool, ...], str] = {}
    for text in _values(comparisons):
        found.setdefault(tuple(each.holds(text) for each in comparisons), text)
    ordered = all(each.operator.startswith(("numeric", "date")) for each in comparisons)
    if not ordered or len({each.operator[:4] for each in comparisons}) > 1:
        for vector in itertools.product((False, True), repeat=len(comparisons)):
            found.setdefault(vector, "~")
    return found


def _values(comparisons: Sequence[Typed]) -> Iterator[str]:
    for each in comparisons:
        if each.operator.startswith("numeric"):
            yield from _around([found for other in comparisons if (found := _number(other.value)) is not None])
        elif each.operator.startswith("date"):
            yield from (_date(seconds) for seconds in _around([_time(other.value) or 0.0 for other in comparisons]))
        else:
            yield from _addresses(each.value)
    yield from ("203.0.113.9", "2001:db8::9")


def _around(limits: Sequence[float]) -> Iterator[str]:
    ordered = sorted(set(limits)) or [0.0]
    between = [(low + high) / 2 for low, high in itertools.pairwise(ordered)]
    # A large number is equal to itself and one more.
    below = min(ordered[0] - 1, math.nextafter(ordered[0], -math.inf))
    above = max(ordered[-1] + 1, math.nextafter(ordered[-1], math.inf))
    for number in (*ordered, *between, below, above):
        yield f"{number:.0f}" if number.is_integer() else repr(number)


def _date(seconds: str) -> str:
    try:
        return dt.datetime.fromtimestamp(float(seconds), dt.UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError):
        # A year that no date has; IAM takes seconds since 1970, too.
        return seconds


def _addresses(text: str) -> Iterator[str]:
    import ipaddress  # noqa: PLC0415 - few policies have addresses

    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return
    yield str(network[0])
    yield str(network[-1])
