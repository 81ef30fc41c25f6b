"""Declared formats of a claim's values."""

import pytest

from constructs_lib.analysis.engine.automata import matches
from constructs_lib.analysis.model.value_formats import declared_form


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("[a-z0-9-]{3,36}", ["abc", "a-1", "x" * 36], ["ab", "ABC", "a/b", "a*c"]),
        ("[0-9a-f]{8}-[0-9a-f]{4}", ["0123abcd-00ff"], ["0123abcd00ff", "0123abcd-00f"]),
        (r"^t_\d+$", ["t_1", "t_123"], ["t_", "t-1"]),
        (r"[\w.]+@example\.com", ["a.b@example.com"], ["@example.com", "a@exampleXcom"]),
        ("acme", ["acme"], ["acm", "acmee"]),
    ],
)
def test_a_declared_form_has_the_values_it_says(pattern: str, inside: list[str], outside: list[str]) -> None:
    form = declared_form("custom:tenant", pattern, "\ue110")
    assert all(matches(form.texts, text) for text in [*inside, form.example])
    assert not any(matches(form.texts, text) for text in outside)


@pytest.mark.parametrize(
    ("pattern", "loose"), [("[a-z]{8}", False), ("[a-z]{8,}", True), ("a?b", True), ("abc", False)]
)
def test_a_form_of_several_lengths_names_its_characters(pattern: str, *, loose: bool) -> None:
    assert bool(declared_form("c", pattern, "\ue110").alphabet) is loose


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "(a|b)",
        "[a-z]*",
        "a.b",
        "[^a]",
        "[a-z",
        "a{3",
        "[a*]+",
        r"a\?",
        "ä",
        "x{300}",
        r"\S{3,36}",
        r"[\S]{3}",
        r"[a\D]{3}",
        r"[\w-z]{3}",
        r"\b[a-z]{3}",
    ],
)
def test_a_form_that_cannot_be_read_is_refused_with_what_can(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"the form .* of custom:tenant"):
        declared_form("custom:tenant", pattern, "\ue110")
