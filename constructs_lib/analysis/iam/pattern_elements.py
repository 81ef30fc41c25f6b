"""Texts with unknown parts: policy patterns and the places that belong to an owner, as sequences of elements.

Two users represent all: the caller A and the owner B. A is written in reserved symbols, which no policy contains;
B is any identity of the real format, so that a policy literal that happens to match identities is found. This assumes
two facts about identities, which every verdict names: they have a fixed format (AWS: identity IDs are
`REGION:GUID`, a user pool's `sub` is a UUID), and A is not B.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.template.atoms import ATOM

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class One:
    """One symbol of a set; None means any symbol except some."""

    of: frozenset[str] | None
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Many:
    """Zero or more symbols of a set; None means any symbol except some."""

    of: frozenset[str] | None
    but: frozenset[str] = frozenset()


Element: TypeAlias = One | Many
Elements: TypeAlias = tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Every prefix of the texts that some elements match, from the empty text to the whole."""

    of: Elements


_MARKS: Final = frozenset(chr(code) for code in range(0xE100, 0xE200))
"""The first of the symbols of A: one for each format of owners."""
ANYTHING: Final = Many(None)
_SLASH: Final = frozenset("/")
PART: Final = (One(None, _SLASH), Many(None, _SLASH))
"""One path segment."""
REST: Final = (One(None), ANYTHING)
"""The rest of a path."""
IN_ATOM: Final = {":": "\ue0fe", "/": "\ue0fd"}
"""The symbols of a colon and of a slash inside an atom, which separate no parts of an ARN or of a path."""
_MARKED: Final = str.maketrans(IN_ATOM)
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_LITERALS: Final = ("*", "?", "$")


def literal(text: str) -> Elements:
    """Return the elements of a text without wildcards."""
    return tuple(map(_exactly, with_marked_atoms(text)))


@functools.lru_cache(maxsize=1024)
def _exactly(char: str) -> One:
    return One(frozenset(char))


def caller(mark: str, length: int) -> Elements:
    """Return A: symbols that occur in no policy.

    Args:
        mark: The private-use character they start with.
        length: The number of symbols; one is enough if no pattern counts characters.
    """
    if length == 1:
        return (One(frozenset({mark})),)
    return tuple(One(frozenset({f"{mark}{index}"})) for index in range(length))


def is_mark(symbol: str) -> bool:
    """Return whether a symbol is one of A's."""
    return symbol[0] in _MARKS


def variables_in(text: str) -> tuple[str, ...]:
    """Return the keys of the variables in a policy's text, in lower case."""
    bodies = (match.group(1) for match in _VARIABLE.finditer(text))
    return tuple(body.partition(",")[0].strip().lower() for body in bodies if body not in _LITERALS)


def pattern(text: str, variables: Mapping[str, Elements | None] | None, *, wildcards: bool = True) -> Elements | None:
    """Return the elements of a policy's pattern; None if a variable in it has no value, so that it matches nothing.

    Args:
        text: With `*`, `?` and `${key}` or `${key, 'default'}`.
        variables: The elements of each variable by key in lower case; None if `${` is plain text.
        wildcards: Whether `*` and `?` are wildcards; for equality they are literal.
    """
    read = _globs if wildcards else literal
    elements: list[Element] = []
    position = 0
    for match in _VARIABLE.finditer(text) if variables is not None else ():
        elements += read(text[position : match.start()])
        position = match.end()
        body = match.group(1)
        if body in _LITERALS:
            elements += literal(body)
            continue
        key, comma, default = body.partition(",")
        value = (variables or {}).get(key.strip().lower())
        if value is None:
            if not comma:
                return None
            value = literal(default.strip().strip("'"))
        elements += value
    return (*elements, *read(text[position:]))


def call(text: str) -> Elements:
    """Return the elements of the calls that a route serves: `{}` is one path segment, `{+}` is the rest of the path."""
    elements: list[Element] = []
    for part in re.split(r"(\{\+?\})", text):
        elements += PART if part == "{}" else REST if part == "{+}" else literal(part)
    return tuple(elements)


@functools.lru_cache(maxsize=4096)
def _globs(text: str) -> Elements:
    chars = with_marked_atoms(text)
    return tuple(ANYTHING if char == "*" else One(None) if char == "?" else _exactly(char) for char in chars)


def with_marked_atoms(text: str) -> str:
    """Return a text with other symbols for the colons and slashes in atoms."""
    return ATOM.sub(lambda match: match.group().translate(_MARKED), text) if "⟦" in text else text


def any_case(elements: Elements) -> Elements:
    """Return elements that match in either case."""
    return tuple(
        One(frozenset(case for symbol in element.of for case in (symbol.lower(), symbol.upper())))
        if isinstance(element, One) and element.of is not None
        else element
        for element in elements
    )
