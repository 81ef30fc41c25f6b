"""Every combination of comparisons that a number or a date can satisfy is found, with such a value."""

import pytest

from constructs_lib.analysis.engine.typed_conditions import Typed, truths

LARGE = "1234567890123456789"


@pytest.mark.parametrize(
    ("operator", "limit"),
    [
        ("numeric", "123"),
        ("numeric", "0.1"),
        ("numeric", LARGE),
        ("date", "2030-01-01T00:00:00Z"),
        ("date", "1700000000"),
        ("date", "99999999999999"),
    ],
)
def test_a_value_may_be_less_equal_or_greater(operator: str, limit: str) -> None:
    comparisons = [Typed(f"{operator}{order}", limit) for order in ("lessthan", "equals", "greaterthan")]
    found = truths(comparisons)
    assert set(found) >= {(True, False, False), (False, True, False), (False, False, True)}
    assert all(tuple(each.holds(value) for each in comparisons) == vector for vector, value in found.items())


def test_a_text_that_is_no_date_equals_none() -> None:
    assert set(truths([Typed("dateequals", "²")])) == {(False,)}
