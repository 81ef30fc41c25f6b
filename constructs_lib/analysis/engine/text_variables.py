"""A text of a request: its patterns, and the combinations of matches that its values can have."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from constructs_lib.analysis.engine.automata import OTHER, Pattern, Vector, Word, matches, truth_vectors
from constructs_lib.analysis.engine.language_intersection import vectors_among
from constructs_lib.analysis.engine.typed_conditions import Typed, truths
from constructs_lib.analysis.iam.pattern_elements import Beginnings, Elements, is_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.value_formats import Form

Option: TypeAlias = "tuple[tuple[Vector, Word], ...] | None"
"""The values of a text, each with its matches and an example; None if the request lacks it."""


@dataclass(kw_only=True, slots=True)
class Variable:
    """A text of the request.

    Args:
        patterns: Its patterns.
        fixed: Its known value or values; None if it is free.
        form: The format of its values, for an identity that some policy compares with more than itself.
        language: The language of all its values; None for any value.
        may_lack: Whether the request may lack it.
        most: The maximum number of its values.
        languages: The languages of which each value belongs to one; empty for any value.
        within: The position of a pattern; values outside it do not matter. None if all matter.
    """

    patterns: list[Pattern | Typed] = field(default_factory=list)
    fixed: tuple[Elements, ...] | None = None
    form: Form | None = None
    language: Elements | None = None
    may_lack: bool = False
    most: int = 1
    languages: tuple[Elements, ...] = ()
    within: int | None = None
    _places: dict[Pattern | Typed, int] = field(default_factory=dict)

    def index(self, elements: Pattern | Typed) -> int:
        """Return the position of a pattern; add it if it is new."""
        place = self._places.get(elements)
        if place is None:
            place = self._places[elements] = len(self.patterns)
            self.patterns.append(elements)
        return place

    def options(self) -> Iterator[Option]:
        """Yield every possible combination of matches."""
        if self.fixed is not None and not self.fixed:
            yield None
            return
        if any(isinstance(each, Typed) for each in self.patterns):
            found = list(_with_typed(self.patterns))
        elif self.fixed is not None and self.form is not None:
            found = list(_of_identity(self.patterns, self.fixed[0], self.form))
        elif self.fixed is not None:
            yield tuple(_known(self.patterns, value) for value in self.fixed)
            return
        elif self.language is not None:
            patterns = [*_texts_only(self.patterns), self.language]
            every = truth_vectors(patterns, within=len(self.patterns)).items()
            found = [(vector[:-1], word) for vector, word in every if vector[-1]]
        elif self.languages:
            found = list(vectors_among(_texts_only(self.patterns), self.languages).items())
        else:
            found = list(truth_vectors(_texts_only(self.patterns), within=self.within).items())
        if self.may_lack:
            yield None
        for count in range(1, self.most + 1):
            yield from itertools.combinations_with_replacement(found, count)


def _texts_only(patterns: Sequence[Pattern | Typed]) -> list[Pattern]:
    return [None if isinstance(each, Typed) else each for each in patterns]


def _known(patterns: Sequence[Pattern | Typed], value: Elements) -> tuple[Vector, Word]:
    word = tuple(next(iter(element.of or {OTHER})) for element in value)
    text = "".join(word)
    return (
        tuple(
            each.holds(text) if isinstance(each, Typed) else each is not None and matches(each, word)
            for each in patterns
        ),
        word,
    )


def _of_identity(patterns: Sequence[Pattern | Typed], mark: Elements, form: Form) -> Iterator[tuple[Vector, Word]]:
    """Yield the matches of A's identity: itself in A's own symbols, all other patterns as for any real identity."""
    own, word = _known(patterns, mark)
    named = [each is not None and _has_marks(each) for each in patterns]
    others = [None if mine else each for each, mine in zip(_texts_only(patterns), named, strict=True)]
    for vector, real in truth_vectors([*others, form.texts], within=len(others)).items():
        if vector[-1]:
            found = tuple(old if mine else new for old, mine, new in zip(own, named, vector, strict=False))
            yield found, word if found == own else real


def _has_marks(each: Pattern | Typed) -> bool:
    if isinstance(each, Typed):
        return True
    elements = each.of if isinstance(each, Beginnings) else each or ()
    return any(is_mark(symbol) for element in elements for symbol in element.of or ())


def _with_typed(patterns: Sequence[Pattern | Typed]) -> Iterator[tuple[Vector, Word]]:
    """Yield the matches of a number, a date or an address; text patterns for the same key may match or not."""
    typed = [each for each in patterns if isinstance(each, Typed)]
    places = [index for index, each in enumerate(patterns) if not isinstance(each, Typed)]
    for vector, text in truths(typed).items():
        for free in itertools.product((False, True), repeat=len(places)):
            beside, answers = iter(free), iter(vector)
            yield (
                tuple(next(answers) if isinstance(each, Typed) else next(beside) for each in patterns),
                tuple(text),
            )
