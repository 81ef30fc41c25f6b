"""The automata agree with a direct match of every short text."""

import itertools
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.analysis.engine import automata
from constructs_lib.analysis.engine.automata import OTHER, TooManyStatesError, matches, truth_vectors
from constructs_lib.analysis.iam.pattern_elements import Beginnings, Elements, Many, One, pattern
from tests.searches import search

SETS = st.sampled_from([None, frozenset("a"), frozenset("b"), frozenset("ab")])
TOKENS = st.lists(st.builds(One, SETS) | st.builds(Many, SETS), max_size=4).map(tuple)
PATTERNS = st.lists(TOKENS | st.builds(Beginnings, TOKENS), min_size=1, max_size=3)
TEXTS = ["".join(text) for length in range(7) for text in itertools.product(("a", "b", OTHER), repeat=length)]


def expression(elements: Elements) -> str:
    """Return elements as a Python regular expression."""
    sets = ("." if each.of is None else f"[{''.join(sorted(each.of))}]" for each in elements)
    return "".join(some + "*" * isinstance(each, Many) for some, each in zip(sets, elements, strict=True))


def oracle(each: Elements | Beginnings) -> Callable[[str], object]:
    """Return a predicate for the texts of a pattern, by Python's regular expressions."""
    beginnings = [each.of[:end] for end in range(len(each.of) + 1)] if isinstance(each, Beginnings) else [each]
    return re.compile("|".join(map(expression, beginnings))).fullmatch


@pytest.mark.slow
@search(50, full=1_500)
@given(patterns=PATTERNS)
def test_every_combination_of_matches_is_found_with_a_shortest_text(patterns: list[Elements | Beginnings]) -> None:
    found = truth_vectors(patterns)
    oracles = [oracle(each) for each in patterns]
    shortest: dict[tuple[bool, ...], int] = {}
    for text in TEXTS:
        vector = tuple(fits(text) is not None for fits in oracles)
        assert tuple(matches(each, text) for each in patterns) == vector
        shortest.setdefault(vector, len(text))
    assert shortest.items() <= {vector: len(word) for vector, word in found.items()}.items()
    for vector, word in found.items():
        assert tuple(fits("".join(word)) is not None for fits in oracles) == vector


@search(50, full=1_500)
@given(patterns=PATTERNS, data=st.data())
def test_near_one_pattern_nothing_that_it_matches_is_missed(
    patterns: list[Elements | Beginnings], data: st.DataObject
) -> None:
    within = data.draw(st.integers(0, len(patterns) - 1))
    near = truth_vectors([None, *patterns], within=within + 1)
    everything = truth_vectors([None, *patterns])
    assert {vector for vector in everything if vector[within + 1]} <= near.keys() <= everything.keys()


def test_texts_are_letters_where_anything_goes() -> None:
    whole = pattern("a*", {})
    assert truth_vectors([whole]) == {(False,): (), (True,): ("a",)}


def test_too_many_states_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MAX_STATES", 10)
    with pytest.raises(TooManyStatesError, match="more than 10 states"):
        truth_vectors([pattern("*abcdefghijklmnopq*", {})])
