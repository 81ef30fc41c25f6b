"""Known values are replaced wherever they occur, whichever of them begin alike, overlap or are digits."""

import pytest

from constructs_lib.verify.recording.placeholders import Placeholders


@pytest.fixture
def known() -> Placeholders:
    placeholders = Placeholders()
    for kind, value in (
        ("name", "people"), ("name", "people-of-acme"), ("name", "of-acme-x"), ("code", "123456"), ("name", "Ada Bo"),
    ):  # fmt: skip
        placeholders.replacement(kind, value)
    return placeholders


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("people", "⟪name-1⟫"),
        ("a people, people-of-acme.", "a ⟪name-1⟫, ⟪name-2⟫."),
        ("people-of-acm", "⟪name-1⟫-of-acm"),
        # What begins first is replaced, and the rest is no longer there.
        ("people-of-acme-x", "⟪name-2⟫-x"),
        ("an of-acme-xy", "an ⟪name-3⟫y"),
        ("peoplepeople", "⟪name-1⟫⟪name-1⟫"),
        ("peopl", "peopl"),
        ("PEOPLE ada bo ADA%20BO Ada%20Bo", "⟪name-1:upper⟫ ⟪name-4:lower⟫ ADA%20BO ⟪name-4:quoted⟫"),
        ("123456 x123456y", "⟪code-1⟫ x⟪code-1⟫y"),
        ("0123456 1234567 ٣123456 123456٣", "0123456 1234567 ٣123456 123456٣"),
        ("⟪people-1⟫ people", "⟪people-1⟫ ⟪name-1⟫"),
    ],
)
def test_what_a_text_has_of_known_values_is_replaced(known: Placeholders, text: str, said: str) -> None:
    assert known.replaced(text) == said
    assert known.contained_in(text) is (said != text)


def test_a_value_that_was_a_spelling_of_another_has_a_placeholder_of_its_own(known: Placeholders) -> None:
    known.replacement("name", "ada bo")
    assert known.replaced("x ada bo, Ada Bo") == "x ⟪name-5⟫, ⟪name-4⟫"


def test_the_values_of_a_kind_are_fresh_once() -> None:
    placeholders = Placeholders()
    placeholders.replacement("jwt", "eyJ1")
    placeholders.replacement("jwt-like", "eyJ2")
    assert placeholders.new("jwt") == [("⟪jwt-1⟫", "eyJ1")]
    placeholders.replacement("jwt", "eyJ3")
    assert placeholders.new("jwt") == [("⟪jwt-2⟫", "eyJ3")]
    assert placeholders.new("jwt") == []
