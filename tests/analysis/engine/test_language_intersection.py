"""Deciding language by language finds the same matches as deciding all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.analysis.engine.automata import OTHER, Pattern, matches, truth_vectors
from constructs_lib.analysis.engine.language_intersection import meeting, vectors_among, with_typical
from constructs_lib.analysis.iam.pattern_elements import Beginnings, Elements, Many, One, call, literal, pattern
from tests.searches import search

SETS = st.sampled_from([None, frozenset("a"), frozenset("b"), frozenset("ab")])
BUT = st.sampled_from([frozenset[str](), frozenset("a"), frozenset("c")])
TOKEN = st.builds(One, SETS) | st.builds(Many, SETS) | st.builds(One, st.none(), BUT) | st.builds(Many, st.none(), BUT)
TOKENS = st.lists(TOKEN, max_size=4).map(tuple)
PATTERNS = st.lists(TOKENS | st.builds(Beginnings, TOKENS) | st.none(), min_size=1, max_size=4)


@search(50, full=1_500)
@given(patterns=PATTERNS, languages=st.lists(TOKENS, min_size=1, max_size=3))
def test_each_language_by_itself_gives_every_combination_of_all_at_once(
    patterns: list[Pattern], languages: list[Elements]
) -> None:
    found = vectors_among(patterns, languages)
    at_once = truth_vectors([*patterns, *languages])
    assert found.keys() == {vector[: len(patterns)] for vector in at_once if any(vector[len(patterns) :])}
    for vector, word in found.items():
        assert vector == tuple(each is not None and matches(each, word) for each in patterns)
        assert any(matches(each, word) for each in languages)


@search(50, full=1_500)
@given(patterns=PATTERNS, languages=st.lists(TOKENS, min_size=1, max_size=3))
def test_patterns_that_some_text_of_a_language_matches_are_near_it_and_no_others(
    patterns: list[Pattern], languages: list[Elements]
) -> None:
    expected = [
        [place for place, each in enumerate(patterns) if any(map(all, truth_vectors([each, language])))]
        for language in languages
    ]
    assert meeting(patterns, languages) == expected


@pytest.mark.parametrize(
    ("named", "beyond"),
    [("api/*/GET/a", []), ("api/*/GET/*", [f"api/{OTHER}/GET/{OTHER}"]), ("api/prod/PUT/a", ["api/prod/PUT/a"])],
)
def test_what_no_language_holds_has_one_text(named: str, beyond: list[str]) -> None:
    served = [call("api/{}/GET/a"), call("api/{}/GET/b/{}")]
    elements = pattern(named, None)
    assert elements is not None
    assert with_typical(served, [elements, elements]) == (*served, *map(literal, beyond))
