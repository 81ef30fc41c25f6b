"""Matches of calls by segments are the matches of whole calls."""

import itertools
import re
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.analysis.engine.smt_places import PlaceTerms
from constructs_lib.analysis.engine.smt_terms import quote

cvc5_worker = pytest.importorskip("constructs_lib.analysis.engine.cvc5_worker", exc_type=ImportError)

_PART = re.compile(r"(\|[vu]\||\*|\?)")
SYMBOLS = {"|v|": frozenset("ab")}
"""The characters of |v|; |u| may have any."""
VARIABLES = [("a", "a"), ("ab", "a/b"), ("b", "b/a"), ("a", "x/a")]
SEGMENTS = [
    ("a", "b"),
    ("a", "ab", "b"),
    ("x", "a", "b"),
    ("a", "b", "a", "b"),
    ("ab", "x", "a", "a"),
    ("b", "a", "x", "b"),
]
PATTERNS = [
    "*", "a/*", "*/*", "a*/*", "*b/*", "*/a/*", "*/a/b", "a/*/b", "|v|/*", "a/|v|/*", "|v|*/*", "x|v|/*",
    "|u|/*", "a/|u|/*", "|u|/a/*", "a/|v|", "|u|/b", "a/b*", "a/?/*", "?/*",
]  # fmt: skip


def terms(part: str) -> list[str] | None:
    return [each if _PART.fullmatch(each) else quote(each) for each in _PART.split(part) if each]


def by_segment(pattern: str, count: int) -> str | None:
    """Return the formula for a call of some segments."""
    variables: Any = SimpleNamespace(symbols=SYMBOLS)
    obligation: Any = None
    place = PlaceTerms(obligation, variables)
    place.segments = [f"|s{number}|" for number in range(count)]
    return place.by_segment(pattern, terms)


def matches(pattern: str, call: str, v: str, u: str) -> bool:
    words = {"*": ".*", "?": ".", "|v|": re.escape(v), "|u|": re.escape(u)}
    return re.fullmatch("".join(words.get(each, re.escape(each)) for each in _PART.split(pattern)), call) is not None


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_matches_by_segments_is_what_matches_as_a_whole(pattern: str) -> None:
    wrong, lines = [], []
    for number, (segments, (v, u)) in enumerate(itertools.product(SEGMENTS, VARIABLES)):
        formula = by_segment(pattern, len(segments))
        if formula is not None:
            values = {"|v|": v, "|u|": u, **{f"|s{index}|": each for index, each in enumerate(segments)}}
            given = " ".join(f"({name} {quote(value)})" for name, value in values.items())
            lines.append(f"(define-fun f{number} () Bool (let ({given}) {formula}))")
            wrong.append(f"(not f{number})" if matches(pattern, "/".join(segments), v, u) else f"f{number}")
    script = f"(set-logic ALL)(set-option :strings-exp true){''.join(lines)}(assert (or false {' '.join(wrong)}))"
    assert cvc5_worker.solve(f"{script}(check-sat)") == "unsat"


@pytest.mark.parametrize("pattern", ["a/*", "a/|v|/*", "x|v|/*"])
def test_a_last_star_is_matched_by_segments_where_nothing_before_it_can_have_a_slash(pattern: str) -> None:
    assert by_segment(pattern, 4) is not None


@pytest.mark.parametrize("pattern", ["a*/*", "*/a/*", "|u|/*", "a/|u|/*", "|v|*/*", "a/b", "a/b*", "?/*"])
def test_all_else_of_another_length_is_not(pattern: str) -> None:
    assert by_segment(pattern, 4) is None
