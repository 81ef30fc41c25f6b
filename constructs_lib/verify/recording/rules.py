"""Formats of identifiers, anywhere in a value."""

from __future__ import annotations

import functools
import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_AT: Final = r"(?:@|%(?:25)*40)"
_REGION: Final = r"[a-z]{2,4}(?:-[a-z]+)+-\d"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One format.

    Args:
        kind: The kind of its placeholders.
        pattern: The format. If it has a group `it`, only that group is replaced.
        applies: Whether a match is an identifier. None: every match is.
    """

    kind: str
    pattern: re.Pattern[str]
    applies: Callable[[str], bool] | None = None

    def replaced(self, text: str, replace: Callable[[str, str], str]) -> str:
        """Return a text with the matches of this format replaced.

        `replace` receives the kind and the value, and returns the replacement.
        """

        def each(found: re.Match[str]) -> str:
            whole, inside = found[0], found.groupdict().get("it", found[0])
            if self.applies is not None and not self.applies(inside):
                return whole
            return whole.replace(inside, replace(self.kind, inside))

        return self.pattern.sub(each, text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


EMAIL: Final = Rule(kind="email", pattern=re.compile(rf"[\w.+-]+{_AT}[\w-]+(?:\.[\w-]+)+"))
"""Searched before all others: an address may contain another identifier."""
RULES: Final = (
    Rule(kind="userinfo", pattern=re.compile(r"//(?P<it>[^/\s@⟪⟫]+)@")),
    Rule(kind="private-key", pattern=re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^⟪⟫]*")),
    Rule(kind="jwt", pattern=re.compile(r"eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){1,4}")),
    # The prefixes of IAM's unique identifiers; LKIA is the local cloud's.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
    Rule(
        kind="access-key",
        pattern=re.compile(r"(?:ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA|LKIA)[A-Z0-9]{10,}"),
    ),
    EMAIL,
    Rule(
        kind="uuid",
        pattern=re.compile(
            r"(?:(?<=%3[Aa])|(?<![0-9a-fA-F]))[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F])"
        ),
    ),
    Rule(kind="hex", pattern=re.compile(r"(?<![0-9a-zA-Z])(?=[0-9a-f]*\d)[0-9a-f]{32}(?![0-9a-zA-Z])")),
    Rule(kind="pool", pattern=re.compile(rf"{_REGION}_(?P<it>[A-Za-z0-9]{{9,}})")),
    Rule(
        kind="date",
        pattern=re.compile(
            r"(?:20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
            r"|20\d{6}T\d{6}Z|20[2-9]\d-\d\d-\d\d|(?<!\d)20[2-9]\d[01]\d[0-3]\d(?!\d)"
            r"|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT"
            r"|[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? \d\d:\d\d:\d\d UTC 20\d\d"
            r"|(?<!\d)1[6-9]\d{8}(?:\d{3})?(?!\d))"
        ),
    ),
    # Not beside a capital of a hexadecimal number, as in the random suffixes of names that CloudFormation generates.
    Rule(
        kind="account",
        pattern=re.compile(
            r"(?<![\dA-F])(?:\d{12}|\d{4}([ .-])\d{4}\1\d{4}|\d{6}[ -]\d{6}|\d{3}([ -])(?:\d{3}\2){2}\d{3})(?![\dA-F])"
        ),
    ),
    Rule(kind="ip", pattern=re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"), applies=_is_address),
    Rule(
        kind="ip",
        pattern=re.compile(
            r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}(?:[0-9a-fA-F]{1,4}|(?:\d{1,3}\.){3}\d{1,3})(?![\w:])"
        ),
        applies=_is_address,
    ),
    # Host names of EC2 instances.
    Rule(kind="ip", pattern=re.compile(r"(?<![\w-])(?:ip|ec2)-(?P<it>\d{1,3}(?:-\d{1,3}){3})(?![\w-])")),
    Rule(kind="phone", pattern=re.compile(r"(?<!\w)\+\d{8,15}(?!\d)")),
)
"""The formats in search order: a format that may begin at the end of another comes later."""
_REMEMBERED: Final = 10_000
"""Texts: a recording repeats names of members, types, and states."""


@functools.lru_cache(maxsize=_REMEMBERED)
def format_of(text: str) -> str:
    """Return the kind of the first format that occurs in a text; empty if none does."""
    return next((rule.kind for rule in RULES if rule.replaced(text, lambda _kind, _value: "") != text), "")
