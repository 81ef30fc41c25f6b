"""Forms of claims: what they accept is what Python's own expressions accept, and what would blur places is refused."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.access.value_formats import Form

FORMS = ("[a-z0-9-]{3,36}", "t-[0-9]{4}", "[A-Za-z]{1,3}x?", r"a\.b[\w-]{2}", "ab", r"\d{2}[xy]{0,2}", "[a-]b@")


@given(form=st.sampled_from(FORMS), value=st.text("abxyAZ019-._/ @t\n", max_size=6))
def test_a_form_accepts_what_the_expression_accepts(form: str, value: str) -> None:
    assert Form.parse(form).fits(value) == bool(re.fullmatch(form, value, re.ASCII))


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("", "fits the empty text"),
        ("[a-z]{0,3}", "fits the empty text"),
        ("a?", "fits the empty text"),
        ("a*", "has no greatest length"),
        ("[a-z]+", "has no greatest length"),
        ("[a-z]{1,}", "has no greatest length"),
        ("[a-z/]{1,2}", "has '/' in it"),
        ("a b", "has ' ' in it"),
        ("[ -~]{1,9}", "in it"),
        ("é", "has 'é' in it"),
        (r"[\*]", r"has '\*' in it"),
        (r"\$", r"has '\$' in it"),
        ("[?]", r"has '\?' in it"),
        ("[^/]{1,3}", "which characters may not stand"),
        ("(a|b)", "classes such as"),
        ("^a", "classes such as"),
        ("a$", "classes such as"),
        (".{3}", "classes such as"),
        ("a{2}{3}", "classes such as"),
        (r"\S{3}", "classes such as"),
        ("[z-a]", "the range 'z-a'"),
        (r"[a-\d]", "the range"),
        ("[a-z]{3,2}", r"counts \{3,2\}"),
        ("a{1,300}", r"counts \{1,300\}"),
        ("[a-z]{200}[a-z]{57}", "at most 256"),
        ("[.]{1,2}", "fits '.' or '..'"),
        ("[a-z.]{1,9}", "fits '.' or '..'"),
    ],
)
def test_a_form_that_would_blur_places_is_refused(form: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        Form.parse(form)
    assert repr(form) in str(refused.value)


def test_a_form_knows_its_characters_and_lengths() -> None:
    form = Form.parse("t-[0-9]{2,4}")
    assert (form.least, form.most, form.alphabet) == (4, 6, frozenset("t-0123456789"))


@pytest.mark.parametrize(("one", "other"), list(product(("[ab]{1,2}", "a", "b[xy]?", "[a-c]x", "[0-9]{2}"), repeat=2)))
def test_two_forms_meet_where_some_value_has_both(one: str, other: str) -> None:
    values = ["".join(value) for length in range(4) for value in product("abcxy0", repeat=length)]
    both = any(re.fullmatch(one, value) and re.fullmatch(other, value) for value in values)
    assert Form.parse(one).meets(Form.parse(other)) == both
