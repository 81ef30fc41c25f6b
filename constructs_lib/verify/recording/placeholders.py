"""Placeholders for identifiers in a recording: `⟪account-1⟫`, the same for equal values."""

from __future__ import annotations

import re
from bisect import insort
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
_SHORTEST_INSIDE: Final = 6
"""Characters. A shorter value is replaced if it is a whole text, and not within other texts."""


class Placeholders:
    """The values that a recording must not contain, and their placeholders."""

    def __init__(self) -> None:
        """Start without values."""
        self._of: dict[str, str] = {}
        self._here: dict[tuple[str, str], str] = {}
        self._of_kind: dict[str, list[tuple[str, str]]] = {}
        self._counts: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._spelt: dict[str, str] = {}
        # Searched by their first characters: a pattern of thousands of values tries each at each position.
        self._beginning: dict[str, list[str]] = {}

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._of) + len(self._here)

    def replacement(self, kind: str, value: str) -> str:
        """Return the placeholder of a value, which is replaced from now on wherever it occurs.

        The kind consists of lower-case letters and hyphens; a value keeps its first kind.
        """
        if value not in self._of:
            self._of[value] = self._next(kind)
            self._of_kind.setdefault(kind, []).append((self._of[value], value))
            # Times are found by their formats: a day is not a part of another time.
            if len(value) >= _SHORTEST_INSIDE and kind != MOMENT:
                self._spell(value, self._of[value])
                for spelling, spell in SPELLINGS.items():
                    if (form := spell(value)) not in self._spelt:
                        self._spell(form, f"{self._of[value].removesuffix(CLOSE)}:{spelling}{CLOSE}")
        return self._of[value]

    def _spell(self, form: str, placeholder: str) -> None:
        if form not in self._spelt:
            insort(self._beginning.setdefault(form[:_SHORTEST_INSIDE], []), form, key=lambda each: -len(each))
        self._spelt[form] = placeholder

    def here_only(self, kind: str, value: str) -> str:
        """Return the placeholder of a value that is replaced here only, because it may be another word elsewhere."""
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
        return outside(text, self._replaced_outside)

    def _replaced_outside(self, text: str) -> str:
        parts, end, at = [], 0, 0
        while at <= len(text) - _SHORTEST_INSIDE:
            forms = self._beginning.get(text[at : at + _SHORTEST_INSIDE], ())
            form = next((each for each in forms if text.startswith(each, at) and _is_whole(text, at, each)), "")
            if form:
                parts += [text[end:at], self._spelt[form]]
                end = at + len(form)
            at += len(form) or 1
        return "".join([*parts, text[end:]])

    def new(self, kind: str) -> list[tuple[str, str]]:
        """Return the placeholders of a kind that are new since the last call, each with its value."""
        found = self._of_kind.get(kind, [])
        seen, self._seen[kind] = self._seen[kind], len(found)
        return found[seen:]

    def contained_in(self, text: str) -> bool:
        """Return whether a text contains a known value."""
        return self.replaced(text) != text


def _is_whole(text: str, at: int, form: str) -> bool:
    """Return whether digits are not part of longer digits, which are another value: a code in an account ID."""
    end = at + len(form)
    return not _is_digits(form) or not (text[at - 1 : at].isdecimal() or text[end : end + 1].isdecimal())


def _is_digits(form: str) -> bool:
    return form.isascii() and form.isdigit()


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return a text with everything changed except its placeholders."""
    if OPEN not in text:
        return change(text)
    changed, end = [], 0
    for found in PLACEHOLDER.finditer(text):
        changed += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*changed, change(text[end:])])


def parts(text: str) -> Iterator[str]:
    """Yield the parts of a text between its placeholders."""
    end = 0
    for found in PLACEHOLDER.finditer(text):
        yield text[end : found.start()]
        end = found.end()
    yield text[end:]


def stripped(text: str) -> str:
    """Return a text without its placeholders."""
    return PLACEHOLDER.sub(" ", text)


def kind_of(placeholder: str) -> str:
    """Return the kind of a placeholder.

    Raises:
        ValueError: If the text is not a placeholder.
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
