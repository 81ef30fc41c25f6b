"""Placeholders for identifiers in a recording: `⟪account-1⟫`, the same for equal values."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

OPEN: Final = "⟪"
CLOSE: Final = "⟫"
SPELLINGS: Final[dict[str, Callable[[str], str]]] = {
    "quoted": lambda value: quote(value, safe=""),
    "lower": str.lower,
    "upper": str.upper,
}
"""Other spellings of a value: `⟪uuid-1:upper⟫`."""
PLACEHOLDER: Final = re.compile(rf"{OPEN}(?P<kind>[a-z-]+)-\d+(?::(?P<spelling>{'|'.join(SPELLINGS)}))?{CLOSE}")
MOMENT: Final = "date"
"""The kind of times."""
_FEW: Final = 300
_SHORTEST_INSIDE: Final = 6
"""Characters. A shorter value is replaced if it is a whole text, and not within other texts."""


class Placeholders:
    """The values that a recording must not contain, and their placeholders."""

    def __init__(self) -> None:
        """Start without values."""
        self._of: dict[str, str] = {}
        self._here: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self._spelt: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._pattern: re.Pattern[str] | None = None
        # Compiling a pattern of thousands of values is slow; the latest values are searched one by one.
        self._new: dict[str, str] = {}

    def of(self, kind: str, value: str) -> str:
        """Return the placeholder of a value, which is replaced from now on wherever it occurs.

        Args:
            kind: Its kind, in lower-case letters and hyphens. The first kind of a value stays.
            value: The value.
        """
        if value not in self._of:
            self._of[value] = self._next(kind)
            # Times are found by their formats: a day is not a part of another time.
            if len(value) >= _SHORTEST_INSIDE and kind != MOMENT:
                self._new.setdefault(value, self._of[value])
                for spelling, spell in SPELLINGS.items():
                    if (form := spell(value)) not in self._spelt:
                        self._new.setdefault(form, f"{self._of[value].removesuffix(CLOSE)}:{spelling}{CLOSE}")
        return self._of[value]

    def here(self, kind: str, value: str) -> str:
        """Return the placeholder of a value of this kind that may have another meaning elsewhere."""
        if (kind, value) not in self._here:
            self._here[kind, value] = self._next(kind)
        return self._here[kind, value]

    def _next(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{OPEN}{kind}-{self._counts[kind]}{CLOSE}"

    def is_known(self, text: str) -> bool:
        """Return whether a text is exactly a known value."""
        return text in self._of

    def replaced(self, text: str) -> str:
        """Return a text with every known value replaced, the longest first."""
        if text in self._of:
            return self._of[text]
        if len(self._new) > _FEW:
            self._spelt |= self._new
            self._new, self._pattern = {}, _any_of(self._spelt)
        latest = [value for value in self._new if value in text]
        for pattern, spelt in ((_any_of(latest) if latest else None, self._new), (self._pattern, self._spelt)):
            if pattern is not None:
                text = outside(text, partial(pattern.sub, lambda found, spelt=spelt: spelt[found[0]]))
        return text

    def fresh(self, kind: str) -> list[tuple[str, str]]:
        """Return placeholder and value of those of a kind that are new since the last call."""
        begin = f"{OPEN}{kind}-"
        found = [(placeholder, value) for value, placeholder in self._of.items() if placeholder.startswith(begin)]
        seen, self._seen[kind] = self._seen[kind], len(found)
        return found[seen:]

    def knows(self, text: str) -> bool:
        """Return whether a text contains a known value."""
        return self.replaced(text) != text


def _any_of(values: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_alone, sorted(values, key=len, reverse=True))))


def _alone(value: str) -> str:
    """Return the pattern of a value. Digits within longer digits are another value: a code in an account ID."""
    return rf"(?<!\d){value}(?!\d)" if value.isascii() and value.isdigit() else re.escape(value)


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text with everything changed except its placeholders."""
    if OPEN not in text:
        return change(text)
    changed, end = [], 0
    for found in PLACEHOLDER.finditer(text):
        changed += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*changed, change(text[end:])])


def stripped(text: str) -> str:
    """Return a text without its placeholders."""
    return PLACEHOLDER.sub(" ", text)


def kind_of(placeholder: str) -> str:
    """Return the kind of a placeholder.

    Raises:
        ValueError: It is not a placeholder.
    """
    found = PLACEHOLDER.fullmatch(placeholder)
    if found is None:
        raise ValueError(f"{placeholder!r} is not a placeholder")
    return found["kind"]


def plain(placeholder: str) -> tuple[str, Callable[[str], str]]:
    """Return a placeholder without its spelling, and the function that applies the spelling to a value."""
    found = PLACEHOLDER.fullmatch(placeholder)
    spelling = found["spelling"] if found else None
    if spelling is None:
        return placeholder, str
    return f"{placeholder.rpartition(':')[0]}{CLOSE}", SPELLINGS[spelling]
