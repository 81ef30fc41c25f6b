"""All at once: which of several patterns a text can match together, each answer with a shortest text."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.engine.tokens import Beginnings, Many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.engine.tokens import Tokens

MAX_STATES: Final = 200_000
OTHER: Final = "\ue0ff"
"""A symbol that no pattern names."""

Pattern: TypeAlias = "Tokens | Beginnings | None"
"""What a text is compared with; None matches nothing."""

Vector: TypeAlias = tuple[bool, ...]
Word: TypeAlias = tuple[str, ...]


class TooManyStatesError(RuntimeError):
    """The patterns together have more states than are explored."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """One pattern as bit masks: bit i means that the first i tokens are consumed."""

    start: int
    accept: int
    loops: int
    accepts: dict[str, int]

    def step(self, states: int, symbol: str) -> int:
        taken = states & self.accepts[symbol]
        return _closed((taken & self.loops) | ((taken & ~self.loops) << 1), self.loops)


def _closed(states: int, loops: int) -> int:
    """Add what is reached by skipping loops, which match nothing too."""
    while (more := states | ((states & loops) << 1)) != states:
        states = more
    return states


def truth_vectors(patterns: Sequence[Pattern]) -> dict[Vector, Word]:
    """Return every combination of matches that some text has, with a shortest such text.

    Args:
        patterns: None matches nothing.

    Raises:
        TooManyStatesError: Beyond `MAX_STATES`.
    """
    alphabet = _alphabet(patterns)
    machines = [_machine(each, alphabet) for each in patterns if each is not None]
    symbols = _distinct(machines, alphabet)
    start = tuple(machine.start for machine in machines)
    reached: dict[tuple[int, ...], Word] = {start: ()}
    queue = deque([start])
    found: dict[Vector, Word] = {}
    while queue:
        states = queue.popleft()
        word = reached[states]
        found.setdefault(_vector(patterns, machines, states), word)
        for symbol in symbols:
            following = tuple(machine.step(state, symbol) for machine, state in zip(machines, states, strict=True))
            if following not in reached:
                if len(reached) >= MAX_STATES:
                    raise TooManyStatesError(f"more than {MAX_STATES:,} states")
                reached[following] = (*word, symbol)
                queue.append(following)
    return found


def _vector(patterns: Sequence[Pattern], machines: Sequence[_Machine], states: tuple[int, ...]) -> Vector:
    answers = iter([bool(state & machine.accept) for machine, state in zip(machines, states, strict=True)])
    return tuple(False if each is None else next(answers) for each in patterns)


def _alphabet(patterns: Sequence[Pattern]) -> list[str]:
    named = {symbol for each in patterns for token in _tokens(each) for symbol in token.of or ()}
    return [*sorted(named), OTHER]


def _tokens(each: Pattern) -> Tokens:
    return each.of if isinstance(each, Beginnings) else each or ()


def _machine(each: Tokens | Beginnings, alphabet: list[str]) -> _Machine:
    tokens = _tokens(each)
    loops = sum(1 << index for index, token in enumerate(tokens) if isinstance(token, Many))
    anything = sum(1 << index for index, token in enumerate(tokens) if token.of is None)
    accepts = dict.fromkeys(alphabet, anything)
    for index, token in enumerate(tokens):
        for symbol in token.of or ():
            accepts[symbol] |= 1 << index
    # A text that has come anywhere into the tokens can be completed, so every state of a beginning accepts.
    accept = (2 << len(tokens)) - 1 if isinstance(each, Beginnings) else 1 << len(tokens)
    return _Machine(start=_closed(1, loops), accept=accept, loops=loops, accepts=accepts)


def _distinct(machines: Sequence[_Machine], alphabet: list[str]) -> list[str]:
    """Return one symbol of each class that all patterns treat alike; letters and digits first, for readable texts."""
    classes: dict[tuple[int, ...], str] = {}
    for symbol in sorted(alphabet, key=lambda each: (not each.isalnum(), each)):
        classes.setdefault(tuple(machine.accepts[symbol] for machine in machines), symbol)
    return list(classes.values())


def matches(each: Tokens | Beginnings, word: Sequence[str]) -> bool:
    """Whether one text matches one pattern."""
    alphabet = sorted({*itertools.chain.from_iterable(token.of or () for token in _tokens(each)), *word, OTHER})
    machine = _machine(each, alphabet)
    states = machine.start
    for symbol in word:
        states = machine.step(states, symbol)
    return bool(states & machine.accept)
