"""Which calls of an API a policy's text can be about at all: what cvc5 need not be asked.

By the texts' own pieces, not by the first engine's patterns: the two engines share no matching.
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
    """Yield an obligation once for each route, of which one at a time is quickly decided: all hold, or it does not."""
    for call in obligation.shape.calls:
        yield replace(obligation, shape=replace(obligation.shape, calls=(call,)))
    if not obligation.shape.calls:
        yield obligation


@functools.lru_cache(maxsize=65536)
def may_fit(text: str, call: str) -> bool:
    """Whether some call that a route serves may fit a pattern; yes where that is not told by their literal pieces.

    What stands between wildcards and variables must stand somewhere in the call, whatever these stand for. A path
    parameter (`{}`) can be anything without a slash.

    Args:
        text: A resource of a policy.
        call: The route's calls, see `Shape.calls`.
    """
    if "{+}" in call:
        return True
    parts = _with_ends(call).split("/")
    return all(_stands_in(piece.split("/"), parts) for piece in _FREE.split(_with_ends(text)))


def _with_ends(text: str) -> str:
    """Mark where a text begins and ends, so that its first and last pieces stand nowhere else."""
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


__all__ = ["each_call", "may_fit"]
