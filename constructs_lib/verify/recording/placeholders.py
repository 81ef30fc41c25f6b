"""What stands in a recording in an identifier's place: `⟪account-1⟫`, the same one for the same value."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN: Final = "⟪"
CLOSE: Final = "⟫"
PLACEHOLDER: Final = re.compile(rf"{OPEN}([a-z-]+)-(\d+){CLOSE}")
MOMENT: Final = "date"
"""The kind of times."""
_SHORTEST_INSIDE: Final = 6
"""Characters. What is shorter is replaced where it is a whole value, and left alone inside others."""


class Placeholders:
    """The values that a recording must not have, and what stands in their place."""

    def __init__(self) -> None:
        """Begin with none."""
        self._of: dict[str, str] = {}
        self._here: dict[tuple[str, str], str] = {}
        self._counts: Counter[str] = Counter()
        self._spelt: dict[str, str] = {}
        self._seen: Counter[str] = Counter()
        self._pattern: re.Pattern[str] | None = None

    def of(self, kind: str, value: str) -> str:
        """Return what stands for a value, which is replaced from now on wherever it comes.

        Args:
            kind: What it is, in lower-case letters and hyphens. The first that is said of a value stays.
            value: The value.
        """
        if value not in self._of:
            self._of[value] = self._next(kind)
            # Times are found by their forms: a day is no part of another time.
            if len(value) >= _SHORTEST_INSIDE and kind != MOMENT:
                for form in (value, quote(value, safe=""), value.lower()):
                    self._spelt.setdefault(form, self._of[value])
                self._pattern = None
        return self._of[value]

    def here(self, kind: str, value: str) -> str:
        """Return what stands for a value of this kind, which may stand elsewhere and mean something else."""
        if (kind, value) not in self._here:
            self._here[kind, value] = self._next(kind)
        return self._here[kind, value]

    def _next(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{OPEN}{kind}-{self._counts[kind]}{CLOSE}"

    def replaced(self, text: str) -> str:
        """Return a text with every value that is known replaced, the longest first."""
        if text in self._of:
            return self._of[text]
        if self._spelt and self._pattern is None:
            longest_first = sorted(self._spelt, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern.sub(lambda found: self._spelt[found[0]], text) if self._pattern else text

    def fresh(self, kind: str) -> list[tuple[str, str]]:
        """Return placeholder and value of those of a kind that have come since this was last asked."""
        begin = f"{OPEN}{kind}-"
        found = [(placeholder, value) for value, placeholder in self._of.items() if placeholder.startswith(begin)]
        seen, self._seen[kind] = self._seen[kind], len(found)
        return found[seen:]

    def knows(self, text: str) -> bool:
        """Whether a value that is known stands in a text."""
        return self.replaced(text) != text


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text in which all but its placeholders is changed."""
    changed, end = [], 0
    for found in PLACEHOLDER.finditer(text):
        changed += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*changed, change(text[end:])])


def stripped(text: str) -> str:
    """Return what is left of a text without its placeholders."""
    return PLACEHOLDER.sub(" ", text)


def kind_of(placeholder: str) -> str:
    """Return the kind that a placeholder names.

    Raises:
        ValueError: It is none.
    """
    found = PLACEHOLDER.fullmatch(placeholder)
    if found is None:
        raise ValueError(f"{placeholder!r} is no placeholder")
    return found[1]
