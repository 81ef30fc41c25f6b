"""Preselection of API calls that a policy's text can match, so that cvc5 decides less.

It uses the literal pieces of the texts, not the first engine's patterns: the two engines share no matching.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Obligation

_FREE: Final = re.compile(r"\$\{[^}]*\}|[*?]")
_END: Final = "\0"


def each_call(obligation: Obligation) -> Iterator[Obligation]:
    """Yield an obligation once per route, which is faster to decide: the obligation holds if all of them hold."""
    for call in obligation.shape.calls:
        yield replace(obligation, shape=replace(obligation.shape, calls=(call,)))
    if not obligation.shape.calls:
        yield obligation


@functools.lru_cache(maxsize=65536)
def may_fit(text: str, call: str) -> bool:
    """Return whether some call that a route serves may match a pattern; true if their literal pieces do not exclude it.

    The text between wildcards and variables must occur in the call, whatever these match. A path parameter (`{}`) can
    be any text without a slash. The calls are `Shape.calls`.
    """
    if "{+}" in call:
        return True
    parts = _with_ends(call).split("/")
    return all(_stands_in(piece.split("/"), parts) for piece in _FREE.split(_with_ends(text)))


def _with_ends(text: str) -> str:
    """Mark the start and end of a text, so that its first and last pieces match only there."""
    return f"{_END}{text}{_END}"


def _stands_in(words: Sequence[str], parts: Sequence[str]) -> bool:
    return any(_stands_at(words, parts[start:]) for start in range(len(parts) - len(words) + 1))


def _stands_at(words: Sequence[str], parts: Sequence[str]) -> bool:
    last = len(words) - 1
    for number, (word, part) in enumerate(zip(words, parts, strict=False)):
        if "{" in part and (_END in part or _END not in word):
            continue
        inside = word in part if last == 0 else part.endswith(word) if number == 0 else part.startswith(word)
        if not inside or (0 < number < last and word != part):
            return False
    return True
