"""Automata: the combinations of patterns that a text can match, each with a shortest text."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.iam.pattern_elements import Beginnings, Many, One

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.pattern_elements import Element, Elements

MAX_STATES: Final = 200_000
OTHER: Final = "\ue0ff"
"""A symbol that no pattern contains."""

Pattern: TypeAlias = "Elements | Beginnings | None"
"""The pattern to match a text with; None matches no text."""

Vector: TypeAlias = tuple[bool, ...]
Word: TypeAlias = tuple[str, ...]
_States: TypeAlias = tuple[int, ...]


class TooManyStatesError(RuntimeError):
    """The patterns together have more states than the engine explores."""


@dataclass(frozen=True, slots=True)
class _Machine:
    """One pattern as bit masks: bit i means that the first i elements are consumed."""

    elements: Elements
    start: int
    accept: int
    loops: int
    anything: int
    named: dict[str, int]

    def step(self, states: int, symbol: str) -> int:
        return self.after(states & self.named.get(symbol, self.anything))

    def after(self, consumed: int) -> int:
        return _closed((consumed & self.loops) | ((consumed & ~self.loops) << 1), self.loops)


def _closed(states: int, loops: int) -> int:
    """Add the states that are reached by skipping loops, which also match the empty text."""
    while (more := states | ((states & loops) << 1)) != states:
        states = more
    return states


@functools.lru_cache(maxsize=4096)
def _machine(each: Elements | Beginnings) -> _Machine:
    elements = each.of if isinstance(each, Beginnings) else each
    loops = sum(1 << index for index, element in enumerate(elements) if isinstance(element, Many))
    anything = sum(1 << index for index, element in enumerate(elements) if element.of is None)
    named: dict[str, int] = {}
    for index, element in enumerate(elements):
        for symbol in element.of or ():
            named[symbol] = named.get(symbol, anything) | 1 << index
        for symbol in element.but:
            named[symbol] = named.get(symbol, anything) & ~(1 << index)
    # Any text that is read up to some element can be completed, so every state of a prefix accepts.
    accept = (2 << len(elements)) - 1 if isinstance(each, Beginnings) else 1 << len(elements)
    start = _closed(1, loops)
    return _Machine(elements=elements, start=start, accept=accept, loops=loops, anything=anything, named=named)


def truth_vectors(patterns: Sequence[Pattern], *, within: int | None = None) -> Mapping[Vector, Word]:
    """Return every combination of matches that some text has, with a shortest such text.

    A pattern that is None matches no text. Texts that do not start like one of the pattern at position `within` are
    omitted.

    Raises:
        TooManyStatesError: Beyond `MAX_STATES`.
    """
    found = _explored(_Together(patterns), None if within is None else patterns[within])
    # The same patterns usually come in different orders for different callers.
    places = [found.places.get(each, -1) if each is not None else -1 for each in patterns]
    return {tuple(place >= 0 and vector[place] for place in places): word for vector, word in found.words.items()}


class _Together:
    """Patterns with equality independent of order."""

    __slots__ = ("_set", "ordered")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.ordered = tuple(dict.fromkeys(each for each in patterns if each is not None))
        self._set = frozenset(self.ordered)

    def __hash__(self) -> int:
        return hash(self._set)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Together) and self._set == other._set


@dataclass(frozen=True, slots=True)
class _Explored:
    """The result for some patterns, and the position of each in it."""

    places: Mapping[Pattern, int]
    words: Mapping[Vector, Word]


@functools.lru_cache(maxsize=1024)
def _explored(together: _Together, within: Pattern) -> _Explored:
    patterns = together.ordered
    machines = [_machine(each) for each in patterns]
    bounding = None if within is None else patterns.index(within)
    symbols = _Symbols(machines)
    moves = [_Moves(machine, symbols) for machine in machines]
    start = tuple(machine.start for machine in machines)
    came_by: dict[_States, tuple[_States, str] | None] = {start: None}
    found: dict[Vector, Word] = {}
    queue = [start]
    # If all start with the same text, every other start matches none of them, like the empty text.
    for symbol in _shared_beginning(patterns):
        before, start = (
            start,
            tuple(machine.step(state, symbol) for machine, state in zip(machines, start, strict=True)),
        )
        came_by[start] = (before, symbol)
        queue[1:] = [start]
    for states in queue:  # which grows
        vector = tuple(bool(state & machine.accept) for machine, state in zip(machines, states, strict=True))
        if vector not in found:
            found[vector] = _word(states, came_by)
        for symbol, following in symbols.next_states(moves, states):
            if following not in came_by and (bounding is None or following[bounding]):
                if len(came_by) >= MAX_STATES:
                    raise TooManyStatesError(f"more than {MAX_STATES:,} states")
                came_by[following] = (states, symbol)
                queue.append(following)
    return _Explored(places={each: number for number, each in enumerate(patterns)}, words=found)


def _shared_beginning(patterns: Sequence[Elements | Beginnings]) -> Iterator[str]:
    """Yield the symbols that every text of the patterns starts with; none if prefixes match too."""
    if any(isinstance(each, Beginnings) for each in patterns):
        return
    for together in zip(*patterns, strict=False):
        first = together[0]
        if not isinstance(first, One) or first.of is None or len(first.of) > 1 or set(together) != {first}:
            return
        yield from first.of


def _word(states: _States, came_by: Mapping[_States, tuple[_States, str] | None]) -> Word:
    word: list[str] = []
    while (step := came_by[states]) is not None:
        states, symbol = step
        word.append(symbol)
    return tuple(reversed(word))


class _Symbols:
    """The symbols of the machines and one for all others, as bits; letters and digits first, for readable texts."""

    def __init__(self, machines: Sequence[_Machine]) -> None:
        named = {symbol for machine in machines for symbol in machine.named}
        self._ordered = sorted({*named, OTHER}, key=lambda each: (not each.isalnum(), each))
        self._bits = {symbol: 1 << index for index, symbol in enumerate(self._ordered)}
        self._sets: dict[tuple[frozenset[str] | None, frozenset[str]], int] = {}
        self.all = (1 << len(self._ordered)) - 1

    def set(self, element: Element) -> int:
        """Return the symbols that an element matches as bits."""
        if element.of is None and not element.but:
            return self.all
        key = element.of, element.but
        if key not in self._sets:
            listed = sum(self._bits[symbol] for symbol in (element.but if element.of is None else element.of))
            self._sets[key] = self.all & ~listed if element.of is None else listed
        return self._sets[key]

    def next_states(self, moves: Sequence[_Moves], states: _States) -> Iterator[tuple[str, _States]]:
        """Yield the next states of several machines, each with the first symbol that leads there."""
        parts: list[tuple[int, _States]] = [(self.all, ())]
        for move, state in zip(moves, states, strict=True):
            apart = move.apart(state)
            parts = [
                (both, (*states_after, after))
                for some, states_after in parts
                for more, after in apart
                if (both := some & more)
            ]
        for some, states_after in sorted((some & -some, states_after) for some, states_after in parts):
            yield self._ordered[some.bit_length() - 1], states_after


@dataclass(frozen=True, slots=True)
class _Moves:
    """The transitions of one machine, computed on use."""

    machine: _Machine
    symbols: _Symbols
    known: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def apart(self, states: int) -> list[tuple[int, int]]:
        """Return the sets of symbols that lead to different states, each with its state."""
        if states not in self.known:
            consumed = [(self.symbols.all, 0)]
            left = states & ~(1 << len(self.machine.elements))
            while left:
                bit = left & -left
                left ^= bit
                by = self.symbols.set(self.machine.elements[bit.bit_length() - 1])
                split = [
                    ((some & by, states_after | bit), (some & ~by, states_after)) for some, states_after in consumed
                ]
                consumed = [part for parts in split for part in parts if part[0]]
            self.known[states] = [(some, self.machine.after(states_after)) for some, states_after in consumed]
        return self.known[states]


def matches(each: Elements | Beginnings, word: Sequence[str]) -> bool:
    """Return whether one text matches one pattern."""
    machine = _machine(each)
    states = machine.start
    for symbol in word:
        states = machine.step(states, symbol)
    return bool(states & machine.accept)
