"""Pattern matches of the texts of several languages. Each language is checked alone, with the patterns it can match.

Checked together, patterns that start with a star create a state for every set of them.
"""

from __future__ import annotations

import functools
import itertools
import operator
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.automata import OTHER, truth_vectors
from constructs_lib.analysis.iam.pattern_elements import Beginnings, Many, One

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.engine.automata import Pattern, Vector, Word
    from constructs_lib.analysis.iam.pattern_elements import Element, Elements


def vectors_among(patterns: Sequence[Pattern], languages: Sequence[Elements]) -> dict[Vector, Word]:
    """Return every combination of matches that some text of some language has, each once, with such a text.

    A pattern that is None matches no text. The languages may overlap.

    Raises:
        TooManyStatesError: If one language alone has too many states.
    """
    found: dict[Vector, Word] = {}
    for language, places in zip(languages, meeting(patterns, languages), strict=True):
        queried = [*(patterns[place] for place in places), language]
        for vector, word in truth_vectors(queried, within=len(places)).items():
            if vector[-1]:
                matched = {place for place, fits in zip(places, vector, strict=False) if fits}
                found.setdefault(tuple(place in matched for place in range(len(patterns))), word)
    return found


def with_typical(languages: Iterable[Elements], others: Iterable[Elements]) -> tuple[Elements, ...]:
    """Return the languages, and one text of each other language that has a text outside them.

    For an arbitrary symbol, that text has one that no pattern contains.
    """
    known = tuple(languages)
    typical = dict.fromkeys(tuple(One(frozenset({_any_of(element.of)})) for element in each) for each in others)
    return *known, *(text for text, found in zip(typical, meeting(known, tuple(typical)), strict=True) if not found)


def _any_of(symbols: frozenset[str] | None) -> str:
    return OTHER if symbols is None else min(symbols)


def meeting(patterns: Sequence[Pattern], languages: Sequence[Elements]) -> list[list[int]]:
    """Return for each language the positions of the patterns that some text of it matches."""
    machine = _Side(patterns)
    shared = _shared_beginning(languages)
    begun = machine.walk(machine.start, languages[0][:shared]) if languages else 0
    return [list(machine.accepted(machine.walk(begun, each[shared:]))) for each in languages]


class _Side:
    """Patterns as bits of one number: the states of each after the texts of a language."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.start = 0
        self._loops = 0
        self._anything = 0
        self._named: dict[str, int] = {}
        self._spared: dict[str, int] = {}
        self._accepting: dict[int, int] = {}
        """The positions of the patterns, by the number of the bit after their last element."""
        free = 0
        for place, each in enumerate(patterns):
            if each is None:
                continue
            elements = each.of if isinstance(each, Beginnings) else each
            self.start |= 1 << free
            for bit, element in enumerate(elements, free):
                self._add(bit, element)
            ends = range(free, free + len(elements) + 1) if isinstance(each, Beginnings) else [free + len(elements)]
            self._accepting |= dict.fromkeys(ends, place)
            free += len(elements) + 1
        self._accept = sum(1 << bit for bit in self._accepting)
        self.start = self._closed(self.start)

    def _add(self, bit: int, element: Element) -> None:
        if isinstance(element, Many):
            self._loops |= 1 << bit
        if element.of is None:
            self._anything |= 1 << bit
        for symbol in element.of or ():
            self._named[symbol] = self._named.get(symbol, 0) | 1 << bit
        for symbol in element.but:
            self._spared[symbol] = self._spared.get(symbol, 0) | 1 << bit

    def walk(self, states: int, elements: Elements) -> int:
        """Return their states after the texts of the elements."""
        for element in elements:
            taking = self._taking(element)
            following = self._after(states & taking)
            if isinstance(element, Many):
                following |= states
                while (more := following | self._after(following & taking)) != following:
                    following = more
            states = following
        return states

    def _taking(self, element: Element) -> int:
        """Return the states that accept some symbol of an element."""
        if element.of is not None:
            return functools.reduce(operator.or_, map(self._taking_symbol, element.of), 0)
        symbols = {*self._named, *self._spared, OTHER} - element.but
        return functools.reduce(operator.or_, map(self._taking_symbol, symbols))

    def _taking_symbol(self, symbol: str) -> int:
        return self._named.get(symbol, 0) | (self._anything & ~self._spared.get(symbol, 0))

    def _after(self, consumed: int) -> int:
        return self._closed((consumed & self._loops) | ((consumed & ~self._loops) << 1))

    def _closed(self, states: int) -> int:
        while (more := states | ((states & self._loops) << 1)) != states:
            states = more
        return states

    def accepted(self, states: int) -> Iterator[int]:
        """Yield the positions of the patterns that match, in order."""
        left = states & self._accept
        last = -1
        while left:
            place = self._accepting[(left & -left).bit_length() - 1]
            if place != last:
                yield place
            last = place
            left &= left - 1


def _shared_beginning(languages: Sequence[Elements]) -> int:
    """Return the number of first elements that all languages share."""
    equal = (len(set(together)) == 1 for together in zip(*languages, strict=False))
    return sum(1 for _ in itertools.takewhile(bool, equal))
