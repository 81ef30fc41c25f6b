"""Texts with unknown parts: policy patterns and the places that belong to an owner, as sequences of tokens.

Two people stand for all: the caller A and the owner B. A is written in symbols of its own, which no policy contains;
B is any identity of the real format, so that a policy literal that happens to fit identities is found. This takes
two facts about identities for granted, which every verdict names: they have a fixed format (AWS: identity IDs are
`REGION:GUID`, a user pool's `sub` is a UUID), and A is not B.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLER_LENGTH: Final = 36
"""How many symbols A has where a policy counts characters with `?`; one is enough elsewhere."""


class Identity(StrEnum):
    """What an owner can be known by."""

    POOL_IDENTITY = "identity-pool ID"
    SUB = "user-pool sub"


@dataclass(frozen=True, slots=True)
class One:
    """One symbol out of a set; None stands for any symbol."""

    of: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of symbols out of a set, none too; None stands for any symbol."""

    of: frozenset[str] | None


Token: TypeAlias = One | Many
Tokens: TypeAlias = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Every beginning of the texts that some tokens stand for, from nothing to the whole."""

    of: Tokens


ANYTHING: Final = Many(None)
MARKS: Final = {Identity.POOL_IDENTITY: "\ue100", Identity.SUB: "\ue101"}
"""The private-use symbols A is written in."""
_HEX: Final = One(frozenset("0123456789abcdef"))
_LETTER: Final = One(frozenset(string.ascii_lowercase))
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_LITERALS: Final = ("*", "?", "$")


def literal(text: str) -> Tokens:
    """Return the tokens of a text without wildcards."""
    return tuple(One(frozenset(char)) for char in text)


def caller(identity: Identity, *, counted: bool) -> Tokens:
    """Return A: symbols that stand nowhere else, one kind per identity.

    Args:
        identity: What A is known by.
        counted: Whether some pattern counts characters, so that A's length matters.
    """
    mark = MARKS[identity]
    if not counted:
        return (One(frozenset({mark})),)
    length = CALLER_LENGTH + (10 if identity is Identity.POOL_IDENTITY else 0)
    return tuple(One(frozenset({f"{mark}{index}"})) for index in range(length))


def owner(identity: Identity) -> Tokens:
    """Return B: every identity of the real format."""
    guid = tuple(
        token
        for index, length in enumerate((8, 4, 4, 4, 12))
        for token in ((One(frozenset("-")),) if index else ()) + (_HEX,) * length
    )
    if identity is Identity.SUB:
        return guid
    region = (_LETTER, _LETTER, One(frozenset("-")), _LETTER, Many(frozenset(string.ascii_lowercase + "-")))
    return (*region, One(frozenset("-")), One(frozenset(string.digits)), One(frozenset(":")), *guid)


def variables_in(text: str) -> tuple[str, ...]:
    """Return the keys of the variables in a policy's text, in lower case."""
    bodies = (match.group(1) for match in _VARIABLE.finditer(text))
    return tuple(body.partition(",")[0].strip().lower() for body in bodies if body not in _LITERALS)


def pattern(text: str, variables: Mapping[str, Tokens | None] | None, *, wildcards: bool = True) -> Tokens | None:
    """Return the tokens of a policy's pattern; None when a variable in it has no value, so that it matches nothing.

    Args:
        text: With `*`, `?` and `${key}` or `${key, 'default'}`.
        variables: The tokens of each variable by key in lower case; None when `${` is plain text.
        wildcards: Whether `*` and `?` are wildcards; for equality they are themselves.
    """
    read = _globs if wildcards else literal
    tokens: list[Token] = []
    position = 0
    for match in _VARIABLE.finditer(text) if variables is not None else ():
        tokens += read(text[position : match.start()])
        position = match.end()
        body = match.group(1)
        if body in _LITERALS:
            tokens += literal(body)
            continue
        key, comma, default = body.partition(",")
        value = (variables or {}).get(key.strip().lower())
        if value is None:
            if not comma:
                return None
            value = literal(default.strip().strip("'"))
        tokens += value
    return (*tokens, *read(text[position:]))


def _globs(text: str) -> Tokens:
    return tuple(ANYTHING if char == "*" else One(None) if char == "?" else One(frozenset(char)) for char in text)
