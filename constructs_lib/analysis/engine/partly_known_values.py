"""Comparison of a policy's text with a value that a template determines in part, such as the ARN of a role."""

from __future__ import annotations

import functools
import itertools
import string
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import matches
from constructs_lib.analysis.engine.language_intersection import meeting
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.pattern_elements import ANYTHING, Many, One, literal
from constructs_lib.analysis.iam.principals import role_name
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.template.atoms import ACCOUNT, ATOM, is_open, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.pattern_elements import Element, Elements

PRINCIPAL: Final = "aws:principalarn"
AUD: Final = "cognito-identity.amazonaws.com:aud"
_ROLE: Final = "arn:aws:iam::"
_DIGIT: Final = One(frozenset(string.digits))
_SUFFIX: Final = 4
"""The least length of what CloudFormation appends to a generated name: 12 or 13 characters, which is not documented."""
_MOST_PARTS: Final = 6
"""The maximum number of unknown parts that a value and a pattern share; more are in doubt."""


class Match(Enum):
    """Whether a value matches a text."""

    YES = auto()
    NO = auto()
    UNSURE = auto()


@functools.lru_cache(maxsize=4096)
def match(key: str, value: str, text: str, *, wildcards: bool, ignore_case: bool = False) -> Match:
    """Compare the value of a condition key with a text of a policy.

    A value that a template does not determine is the same wherever it stands, and the name of a resource is that of no
    other resource; otherwise such a part may be any text of its format. A variable in the text may have any value.
    """
    if ignore_case:
        value, text = _lower(value), _lower(text)
    held, wanted = _parts(value), _parts(text)
    shared = [part for part in held if part.startswith("⟦") and part in wanted]
    named = frozenset(part for part in wanted if part.startswith("⟦") and (part in shared or not is_open(part)))
    pattern = tuple(element for part in wanted for element in _wanted(part, named, held, wildcards=wildcards))
    known = all(part in named if part.startswith("⟦") else "${" not in part for part in wanted)
    symbols = itertools.chain.from_iterable([part] if part.startswith("⟦") else part for part in held)
    if known and matches(pattern, tuple(symbols)):
        return Match.YES
    if len(shared) > _MOST_PARTS or (wildcards and glob_match(text, value)):
        # A star in the text may have matched the name that an unknown part has here.
        return Match.UNSURE
    languages = list(_languages(key, value, shared, named, ignore_case=ignore_case))
    return Match.UNSURE if any(meeting([pattern], languages)) else Match.NO


def _lower(text: str) -> str:
    """Return a text in lower case, with its atoms as they are."""
    return "".join(part if part.startswith("⟦") else part.lower() for part in ATOM.split(text))


def _parts(text: str) -> list[str]:
    """Return the atoms of a text and the texts around them."""
    return [part for part in ATOM.split(text) if part]


def _wanted(part: str, named: frozenset[str], held: list[str], *, wildcards: bool) -> Iterator[Element]:
    """Yield the elements of a part of a policy's text."""
    if part in named:
        yield One(frozenset({part}))
    elif part.startswith("⟦"):
        yield from _format(part, named)
    elif "${" in part:
        yield ANYTHING
    else:
        atoms = frozenset(each for each in held if each.startswith("⟦"))
        # A star stands for unknown parts too; a question mark, for one character, does not.
        wild: dict[str, Element] = {"*": ANYTHING, "?": One(None, atoms)} if wildcards else {}
        yield from (wild.get(char) or One(frozenset(char)) for char in part)


def _languages(
    key: str, value: str, shared: list[str], named: frozenset[str], *, ignore_case: bool
) -> Iterator[Elements]:
    """Yield the possible texts of a value: each unknown part that the pattern has too is itself, or any text."""
    if key == AUD and ATOM.fullmatch(value):
        yield POOL_IDENTITY.texts
        return
    for same in itertools.product((False, True), repeat=len(shared)):
        kept = iter(same)

        def elements(part: str, *, but: frozenset[str], kept: Iterator[bool] = kept) -> Iterator[Element]:
            if part in shared and next(kept):
                yield One(frozenset({part}))
            else:
                yield from (
                    _format(part, named | but, ignore_case=ignore_case) if part.startswith("⟦") else literal(part)
                )

        if key == PRINCIPAL and value.startswith(_ROLE) and ":role/" in value:
            name = role_name(value)
            before = value.removesuffix(name)
            account, path = split_around_atoms(before.removeprefix(_ROLE), ":role/", 1)
            yield (
                *literal(_ROLE),
                *(element for part in _parts(account) for element in elements(part, but=frozenset())),
                *literal(":role/"),
                # An unknown path may be the root, which has no slash of its own.
                *((ANYTHING,) if "⟦" in path else literal(path)),
                *(element for part in _parts(name) for element in elements(part, but=frozenset("/"))),
            )
        else:
            yield tuple(element for part in _parts(value) for element in elements(part, but=frozenset()))


def _format(atom: str, but: frozenset[str], *, ignore_case: bool = False) -> Elements:
    """Return the texts that an unknown part may be, without the symbols of what it is not."""
    anything = Many(None, but)
    if atom == ACCOUNT:
        return (_DIGIT,) * 12
    stack, slash, logical_id = atom.strip("⟦⟧").rpartition("/")
    if is_open(atom) or not slash or "." in logical_id or not stack:
        return (anything,)
    # CloudFormation makes a name of the stack's name, the logical ID, which it may shorten, and characters of its own.
    hyphen, first = One(frozenset("-")), One(frozenset(logical_id[0].lower() if ignore_case else logical_id[0]))
    suffix = (One(None, but | {"-"}),) * _SUFFIX
    return (One(None, but), anything, hyphen, first, anything, hyphen, *suffix, anything)
