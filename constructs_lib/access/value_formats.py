"""The format of a placeholder's values, read from a restricted regular expression. Pure values.

A session tag's value may hold `/` and spaces and may be empty ("Rules for tagging in IAM and AWS STS", IAM user guide):
an owner named `a` would own the folder `a/b` of another. A form rules that out; the compiler relies on it.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


MAX_LENGTH: Final = 256
"""The maximum length of a session tag's value (AWS STS API reference, `Tag`)."""
_TAG: Final = frozenset(string.ascii_letters + string.digits + "_.:=+-@")
"""The characters of a session tag's value, except white space and `/`."""
_PART: Final = re.compile(r"(\[(?:[^\]\\]|\\.)+\]|\\.|[^\\\[\](){}|*+?.^$])(\{(\d+)(?:,(\d*))?\}|[*+?])?")
_CLASSES: Final = {"\\d": string.digits, "\\w": string.ascii_letters + string.digits + "_"}
_SIGNS: Final = "".join(sorted(_TAG - {*string.ascii_letters, *string.digits}))
_SHAPE: Final = "characters, classes such as [a-z0-9-], and counts such as {3,36}"


@dataclass(frozen=True)
class Form:
    """Every value that a placeholder can have. Created by `Form.parse`.

    Args:
        text: The original text.
        parts: Characters, with the least and greatest number of repetitions.
    """

    text: str
    parts: tuple[tuple[frozenset[str], int, int], ...]

    @classmethod
    def parse(cls, text: str) -> Form:
        """Read a form such as `[a-z0-9-]{3,36}`.

        Raises:
            ValueError: For anything but characters, classes and counts; a character that no session tag can have, or
                that would end a folder's name; a form without a maximum length; one that matches the empty text, `.` or
                `..`.
        """
        parts: list[tuple[frozenset[str], int, int]] = []
        position = 0
        while position < len(text):
            match = _PART.match(text, position)
            if match is None:
                raise ValueError(f"form {text!r} contains {text[position:]!r}; write {_SHAPE}")
            parts.append((_symbols(text, match[1]), *_counts(text, match)))
            position = match.end()
        form = cls(text, tuple(parts))
        if form.least < 1:
            raise ValueError(
                f"form {text!r} matches empty text, so every caller without the claim would share one value; write "
                f"{_SHAPE}"
            )
        if form.most > MAX_LENGTH:
            raise ValueError(
                f"form {text!r} matches up to {form.most} characters, and a session tag has at most {MAX_LENGTH}; "
                "reduce the counts"
            )
        if form.fits(".") or form.fits(".."):
            raise ValueError(
                f"form {text!r} matches '.' or '..', which clients read as a parent folder; remove the dot"
            )
        return form

    @classmethod
    def of_text(cls, text: str) -> Form:
        """Return the form of one text."""
        return cls(text, tuple((frozenset({each}), 1, 1) for each in text))

    @cached_property
    def least(self) -> int:
        """The minimum length of a value."""
        return sum(least for _, least, _ in self.parts)

    @cached_property
    def most(self) -> int:
        """The maximum length of a value."""
        return sum(most for _, _, most in self.parts)

    @cached_property
    def alphabet(self) -> frozenset[str]:
        """Every character that a value can hold."""
        return frozenset[str]().union(*(symbols for symbols, _, most in self.parts if most))

    def fits(self, value: str) -> bool:
        """Return whether a placeholder can have this value."""
        return self.meets(Form.of_text(value))

    def meets(self, other: Form) -> bool:
        """Return whether some value has both forms."""
        ends = len(self._atoms), len(other._atoms)
        return any(place == ends for place in self._common(other))

    def begins_with(self, other: Form) -> bool:
        """Return whether some value of this form begins with one of the other."""
        return any(there == len(other._atoms) for _, there in self._common(other))

    def _common(self, other: Form) -> set[tuple[int, int]]:
        """Return the pairs of positions in both forms that some text reaches."""
        mine, its = self._atoms, other._atoms
        todo, seen = [(0, 0)], {(0, 0)}
        while todo:
            here, there = todo.pop()
            after = []
            if here < len(mine) and mine[here][1]:
                after.append((here + 1, there))
            if there < len(its) and its[there][1]:
                after.append((here, there + 1))
            if here < len(mine) and there < len(its) and mine[here][0] & its[there][0]:
                after.append((here + 1, there + 1))
            todo += [each for each in after if each not in seen]
            seen.update(after)
        return seen

    @cached_property
    def _atoms(self) -> tuple[tuple[frozenset[str], bool], ...]:
        """One entry for each character, and whether it is optional."""
        return tuple((symbols, place >= least) for symbols, least, most in self.parts for place in range(most))


def may_be_equal(one: str, other: str, forms: Mapping[str, Form]) -> bool:
    """Return whether two segments of paths, each a text or a placeholder, can have the same value."""
    if one == other or not any(each.startswith("{") for each in (one, other)):
        return one == other
    mine, its = (forms[each[1:-1]] if each.startswith("{") else Form.of_text(each) for each in (one, other))
    return mine.meets(its)


def _counts(text: str, match: re.Match[str]) -> tuple[int, int]:
    counted, least, most = match.group(2, 3, 4)
    if counted is None:
        return 1, 1
    if counted == "?":
        return 0, 1
    if counted in {"*", "+"} or most == "":
        raise ValueError(
            f"form {text!r} has no maximum length; write counts with a minimum and a maximum instead of {counted!r}, "
            "such as {1,36}"
        )
    low, high = int(least), int(most or least)
    if low > high or high > MAX_LENGTH:
        raise ValueError(
            f"form {text!r} contains the count {counted}; write the minimum and then the maximum, up to {MAX_LENGTH}"
        )
    return low, high


def _symbols(text: str, part: str) -> frozenset[str]:
    found = frozenset(_class(text, part[1:-1]) if part.startswith("[") else _one(text, part))
    if strange := found - _TAG:
        shown = "".join(sorted(strange))
        raise ValueError(
            f"form {text!r} contains {shown!r}, and a value can contain letters, digits and {_SIGNS!r} only, because "
            "'/' ends a folder's name and a session tag excludes the others; remove it"
        )
    return found


def _one(text: str, part: str) -> str:
    if not part.startswith("\\"):
        return part
    if part[1].isalnum() and part not in _CLASSES:
        raise ValueError(f"form {text!r} contains {part!r}; write {_SHAPE}")
    return _CLASSES.get(part, part[1])


def _class(text: str, body: str) -> set[str]:
    """Return the characters of a class; a leading `^` is refused, since the remaining characters cannot be listed."""
    if body.startswith("^"):
        raise ValueError(
            f"form {text!r} lists the characters that a value excludes; list the characters that it can contain"
        )
    pieces = re.findall(r"\\.|[^\\]", body)
    found: set[str] = set()
    index = 0
    while index < len(pieces):
        if index + 2 < len(pieces) and pieces[index + 1] == "-":
            low, high = _one(text, pieces[index]), _one(text, pieces[index + 2])
            if len(low) != 1 or len(high) != 1 or low > high:
                raise ValueError(
                    f"form {text!r} contains the range {''.join(pieces[index : index + 3])!r}; write [a-z]"
                )
            found |= {chr(code) for code in range(ord(low), ord(high) + 1)}
            index += 3
        else:
            found |= {*_one(text, pieces[index])}
            index += 1
    return found
