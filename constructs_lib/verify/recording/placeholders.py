"""What stands in a recording in an identifier's place: `⟪account-1⟫`, the same one for the same value."""

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
"""How a value may be written otherwise: `⟪uuid-1:upper⟫`."""
PLACEHOLDER: Final = re.compile(rf"{OPEN}(?P<kind>[a-z-]+)-\d+(?::(?P<spelling>{'|'.join(SPELLINGS)}))?{CLOSE}")
MOMENT: Final = "date"
"""The kind of times."""
_FEW: Final = 300
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
        # To compile a pattern of thousands of values takes long: the latest are looked for one by one.
        self._new: dict[str, str] = {}

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
                self._new.setdefault(value, self._of[value])
                for spelling, spell in SPELLINGS.items():
                    if (form := spell(value)) not in self._spelt:
                        self._new.setdefault(form, f"{self._of[value].removesuffix(CLOSE)}:{spelling}{CLOSE}")
        return self._of[value]

    def here(self, kind: str, value: str) -> str:
        """Return what stands for a value of this kind, which may stand elsewhere and mean something else."""
        if (kind, value) not in self._here:
            self._here[kind, value] = self._next(kind)
        return self._here[kind, value]

    def _next(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{OPEN}{kind}-{self._counts[kind]}{CLOSE}"

    def is_known(self, text: str) -> bool:
        """Whether a text is a value that is known, and nothing more."""
        return text in self._of

    def replaced(self, text: str) -> str:
        """Return a text with every value that is known replaced, the longest first."""
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
        """Return placeholder and value of those of a kind that have come since this was last asked."""
        begin = f"{OPEN}{kind}-"
        found = [(placeholder, value) for value, placeholder in self._of.items() if placeholder.startswith(begin)]
        seen, self._seen[kind] = self._seen[kind], len(found)
        return found[seen:]

    def knows(self, text: str) -> bool:
        """Whether a value that is known stands in a text."""
        return self.replaced(text) != text


def _any_of(values: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_alone, sorted(values, key=len, reverse=True))))


def _alone(value: str) -> str:
    """Return the pattern of a value. Digits inside longer digits are another value: a code in an account's ID."""
    return rf"(?<!\d){value}(?!\d)" if value.isascii() and value.isdigit() else re.escape(value)


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text in which all but its placeholders is changed."""
    if OPEN not in text:
        return change(text)
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
    return found["kind"]


def plain(placeholder: str) -> tuple[str, Callable[[str], str]]:
    """Return a placeholder without its spelling, and what spells a value so."""
    found = PLACEHOLDER.fullmatch(placeholder)
    spelling = found["spelling"] if found else None
    if spelling is None:
        return placeholder, str
    return f"{placeholder.rpartition(':')[0]}{CLOSE}", SPELLINGS[spelling]
