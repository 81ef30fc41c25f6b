"""Texts that cvc5 reads from their start: it matches the same texts as Python."""

import itertools
import re

import pytest

from constructs_lib.analysis.engine.smt_terms import beginning, greedy, quote

cvc5_worker = pytest.importorskip("constructs_lib.analysis.engine.cvc5_worker", exc_type=ImportError)

SYMBOLS = {"|v|": frozenset("ab"), "|w|": frozenset("ab")}
PARTS = [
    ['"t/"', "|v|", '"/"', "*"],
    ['"t/"', "|v|", '"/p/"', "|w|", '"/"', "*"],
    ['"T#"', "|v|", '"#"', "|w|"],
    ['"T#"', "|v|", '"#"'],
    ['"t/"', "|v|", '"b"', "*"],
    ["*", "|v|", '"/"'],
    ["|v|", "|w|", "*"],
]
TEXTS = [
    "",
    "t/",
    "t/a",
    "t/ab/",
    "t/ab",
    "t/ab/p",
    "t/ab/p/",
    "t/ab/p/b",
    "t/ab/p/b/",
    "t/ab/p//",
    "t/a/p/ab/x/y",
    "t/a/x",
    "T#a#b",
    "T#ab#b",
    "T#a#",
    "T#a",
    "t/abb",
    "x/a/",
]
VALUES = ["", "a", "ab", "b"]


def holds(cases: list[tuple[str, str, str, str]]) -> str:
    """Return whether cvc5 disagrees with one of several formulas, each on a text and two values."""
    lines = []
    for number, (formula, text, first, second) in enumerate(cases):
        named = {"|v|": f"v{number}", "|w|": f"w{number}", "name": f"n{number}"}
        written = re.sub(r"\|v\||\|w\||\bname\b", lambda match: named[match.group()], formula)  # noqa: B023 - at once
        values = zip(named.values(), (first, second, text), strict=True)
        lines += [f"(define-fun {name} () String {quote(value)})" for name, value in values]
        lines.append(f"(define-fun f{number} () Bool {written})")
    wrong = " ".join(f"f{number}" for number in range(len(cases)))
    said: str = cvc5_worker.solve(
        f"(set-logic ALL)(set-option :strings-exp true){''.join(lines)}(assert (or false {wrong}))(check-sat)"
    )
    return said


def expected(parts: list[str], text: str, first: str, second: str) -> bool:
    """Return whether a text matches."""
    words = {"*": ".*", "|v|": re.escape(first), "|w|": re.escape(second)}
    return re.fullmatch("".join(words.get(each, re.escape(each.strip('"'))) for each in parts), text) is not None


@pytest.mark.parametrize("parts", PARTS, ids=" ".join)
def test_a_text_fits_parts_as_it_does_for_python(parts: list[str]) -> None:
    cases = []
    for text, first, second in itertools.product(TEXTS, VALUES, VALUES):
        fits = expected(parts, text, first, second)
        formula = greedy(parts, "name", SYMBOLS)
        cases.append((f"(not {formula})" if fits else formula, text, first, second))
    assert holds(cases) == "unsat"


@pytest.mark.parametrize("parts", [each[:-1] for each in PARTS if each[-1] == "*" and each[0] != "*"], ids=" ".join)
def test_a_text_is_a_beginning_of_parts_as_it_is_for_python(parts: list[str]) -> None:
    cases = []
    for text, first, second in itertools.product(TEXTS, VALUES, VALUES):
        whole = "".join({"|v|": first, "|w|": second}.get(each, each.strip('"')) for each in parts)
        formula = beginning(parts, "name", SYMBOLS)
        cases.append((f"(not {formula})" if whole.startswith(text) else formula, text, first, second))
    assert holds(cases) == "unsat"


@pytest.mark.parametrize("literal", ["⟦a/", "x" * 100 + "/", '\\"/'])
@pytest.mark.parametrize("text", ["", "⟦", "⟦a/", "⟦a/b", "⟦b", "x" * 60, "x" * 100 + "/b", "y", "\\", '\\"/b/', "{"])
def test_a_text_is_a_beginning_of_a_literal_with_any_symbols_and_of_any_length(literal: str, text: str) -> None:
    formula = beginning([quote(literal), "|v|", '"/"'], "name", SYMBOLS)
    begins = f"{literal}b/".startswith(text)
    assert holds([(f"(not {formula})" if begins else formula, text, "b", "")]) == "unsat"
