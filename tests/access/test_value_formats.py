"""Forms of claims: what they accept is what Python's own expressions accept, and what would blur places is refused."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.access.value_formats import MAX_LENGTH, Form

FORMS = ("[a-z0-9-]{3,36}", "t-[0-9]{4}", "[A-Za-z]{1,3}x?", r"a\.b[\w-]{2}", "ab", r"\d{2}[xy]{0,2}", "[a-]b@")


@given(form=st.sampled_from(FORMS), value=st.text("abxyAZ019-._/ @t\n", max_size=6))
def test_a_form_accepts_what_the_expression_accepts(form: str, value: str) -> None:
    assert Form.parse(form).fits(value) == bool(re.fullmatch(form, value, re.ASCII))


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("", r"write characters, classes such as \[a-z0-9-\], and counts"),
        ("[a-z]{0,3}", r"write characters, classes such as \[a-z0-9-\], and counts"),
        ("a?", r"write characters, classes such as \[a-z0-9-\], and counts"),
        ("a*", "' has no maximum length; write counts with a minimum and a maximum instead of '"),
        ("[a-z]+", "' has no maximum length; write counts with a minimum and a maximum instead of '"),
        ("[a-z]{1,}", "' has no maximum length; write counts with a minimum and a maximum instead of '"),
        ("[a-z/]{1,2}", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        ("a b", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        ("[ -~]{1,9}", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        ("é", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        (r"[\*]", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        (r"\$", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        ("[?]", r"a value can contain letters, digits and '\+-\.:=@_' only, because '/'"),
        ("[^/]{1,3}", r"form '\[\^/\]\{1,3\}' lists the characters that a value excludes"),
        ("(a|b)", "classes such as"),
        ("^a", "classes such as"),
        ("a$", "classes such as"),
        (".{3}", "classes such as"),
        ("a{2}{3}", "classes such as"),
        (r"\S{3}", "classes such as"),
        ("[z-a]", "the range 'z-a'"),
        (r"[a-\d]", "the range"),
        (r"[\q-z]", "classes such as"),
        (r"[a-\q]", "classes such as"),
        ("[%~]", "contains '%~'"),
        (r"[a-\w]", "the range"),
        (r"[\d-z]", "the range"),
        ("[a-z]{3,2}", r"form '\[a-z\]\{3,2\}' contains the count \{3,2\}"),
        ("a{1,300}", r"form 'a\{1,300\}' contains the count \{1,300\}"),
        ("[a-z]{200}[a-z]{57}", "at most 256"),
        ("[.]{1,2}", "which clients read as a parent folder"),
        ("[a-z.]{1,9}", "which clients read as a parent folder"),
    ],
)
def test_a_form_that_would_blur_places_is_refused(form: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        Form.parse(form)
    assert repr(form) in str(refused.value)


@pytest.mark.parametrize("form", ["[.a]", "[.a]{2}"])
def test_a_form_that_fits_one_way_up_alone_is_refused_too(form: str) -> None:
    with pytest.raises(ValueError, match="which clients read as a parent folder"):
        Form.parse(form)


def test_a_form_may_be_as_long_as_a_session_tag() -> None:
    assert Form.parse(f"[a-z]{{1,{MAX_LENGTH}}}").most == MAX_LENGTH
    with pytest.raises(ValueError, match="257 characters"):
        Form.parse(f"a[a-z]{{1,{MAX_LENGTH}}}")


BRANCHING = ("a?b", "a{0,2}b{1,2}", "[ab]{0,2}b", "a?b?c", "[ab]{1,3}", "c{0,1}[bc]{1,2}a?", "ab?c?")
TEXTS = ["".join(each) for length in range(1, 5) for each in product("abc", repeat=length)]


@pytest.mark.parametrize("form", BRANCHING)
def test_a_form_with_optional_characters_accepts_what_the_expression_accepts(form: str) -> None:
    read = Form.parse(form)
    assert {text for text in TEXTS if read.fits(text)} == {text for text in TEXTS if re.fullmatch(form, text)}


@pytest.mark.parametrize(("one", "other"), [*product(BRANCHING, repeat=2)])
def test_forms_with_optional_characters_meet_and_begin_as_their_values_do(one: str, other: str) -> None:
    ones, others = ({text for text in TEXTS if re.fullmatch(each, text)} for each in (one, other))
    assert Form.parse(one).meets(Form.parse(other)) == bool(ones & others)
    begins = any(longer.startswith(shorter) for longer in ones for shorter in others)
    assert Form.parse(one).begins_with(Form.parse(other)) == begins


def test_a_range_may_have_one_character() -> None:
    assert Form.parse("[b-b]").alphabet == {"b"}


def test_a_form_knows_its_characters_and_lengths() -> None:
    form = Form.parse("t-[0-9]{2,4}")
    assert (form.least, form.most, form.alphabet) == (4, 6, frozenset("t-0123456789"))


@pytest.mark.parametrize(("one", "other"), list(product(("[ab]{1,2}", "a", "b[xy]?", "[a-c]x", "[0-9]{2}"), repeat=2)))
def test_two_forms_meet_where_some_value_has_both(one: str, other: str) -> None:
    values = ["".join(value) for length in range(4) for value in product("abcxy0", repeat=length)]
    both = any(re.fullmatch(one, value) and re.fullmatch(other, value) for value in values)
    assert Form.parse(one).meets(Form.parse(other)) == both


def test_the_form_of_a_text_is_the_text_alone() -> None:
    form = Form.of_text("acme")
    assert (form.text, form.least, form.most) == ("acme", 4, 4)
    assert form.fits("acme")
    assert not form.fits("acm")
