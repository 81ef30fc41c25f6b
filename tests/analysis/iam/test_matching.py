"""Two implementations of the same rules agree: that of the engines, and that of the evaluator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.analysis.engine.arn_patterns import within_parts
from constructs_lib.analysis.engine.automata import matches
from constructs_lib.analysis.engine.condition_semantics import asks_all, holds_when_absent, wants_absent
from constructs_lib.analysis.engine.typed_conditions import Typed
from constructs_lib.analysis.iam import comparisons, evaluator
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.pattern_elements import Element, One, literal, pattern
from constructs_lib.analysis.iam.policies import OPERATORS, Condition, Statement
from constructs_lib.analysis.iam.principals import applies_to_principal, is_unbound
from constructs_lib.analysis.template.atoms import ACCOUNT

TEXTS = st.text(alphabet="abA*?/\n", max_size=7)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/User"
NAMES = [
    ("*", "*"), ("AWS", "*"), ("AWS", ROLE), ("AWS", f"arn:aws:iam::{ACCOUNT}:role/User"),
    ("AWS", f"arn:aws:iam::{ACCOUNT}:role/app/Other"), ("AWS", f"arn:aws:iam::{ACCOUNT}:role/xUser"),
    ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/User/CognitoIdentityCredentials"),
    ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/User"), ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/Us/er"),
    ("AWS", f"arn:aws:iam::{ACCOUNT}:root"), ("AWS", ACCOUNT), ("AWS", "999999999999"),
    ("Federated", "cognito-identity.amazonaws.com"), ("Federated", "graph.facebook.com"),
    ("Service", "lambda.amazonaws.com"),
]  # fmt: skip
CALLERS = ["", ROLE, f"arn:aws:iam::{ACCOUNT}:role/User", f"arn:aws:iam::{ACCOUNT}:role/Other"]


@given(TEXTS, TEXTS, st.booleans())
def test_patterns_fit_the_same_texts(pattern: str, text: str, ignore_case: bool) -> None:
    assert glob_match(pattern, text, ignore_case=ignore_case) == comparisons.matches(
        pattern, text, ignore_case=ignore_case
    )


@pytest.mark.parametrize("caller", CALLERS, ids=range(len(CALLERS)))
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_principals_name_the_same_callers(name: tuple[str, str], caller: str) -> None:
    for allow in (True, False):
        for but in (True, False):
            for names in ((name,), (("Service", "s3.amazonaws.com"), name)):
                statement = Statement(allow=allow, principals=names, not_principals=but)
                assert applies_to_principal(statement, caller) == evaluator._applies_to_principal(statement, caller)
                assert is_unbound(statement, caller) == evaluator._is_unbound(statement, caller)


@pytest.mark.parametrize("operator", sorted(OPERATORS))
@pytest.mark.parametrize("qualifier", ["", "forallvalues", "foranyvalue"])
def test_a_condition_means_the_same_where_its_key_is_absent(operator: str, qualifier: str) -> None:
    for if_exists in (True, False):
        for values in ((), ("true",), ("false",), ("true", "false")):
            condition = Condition(
                qualifier=qualifier, operator=operator, if_exists=if_exists, key="aws:x", values=values
            )
            assert wants_absent(condition) == evaluator._null_values(condition)
            for allow in (True, False):
                assert holds_when_absent(condition, allow=allow) == evaluator._holds_when_absent(condition, allow=allow)
                assert asks_all(condition, allow=allow) == evaluator._needs_every_value(condition, allow=allow)


TYPED = [each for each in sorted(OPERATORS) if each.startswith(("numeric", "date")) or "ipaddress" in each]
VALUES = [
    "0", "1", "-1", "1.5", "1e3", "x", "", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00",
    "1767225600", "203.0.113.9", "203.0.113.0/24", "2001:db8::/32", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("operator", TYPED)
def test_numbers_dates_and_addresses_compare_the_same(operator: str) -> None:
    for held in VALUES:
        for wanted in VALUES:
            assert Typed(operator, wanted).holds(held) == comparisons.compare(operator, held, wanted)


ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/x"
ASKED = [
    ROLE_ARN, "arn:aws:iam::*:role/*", "*:*:*:*:*:*", "arn:a?s:*::*:role/?", "arn:aws:iam:*:role/*", "arn:*", "*",
    "arn:aws:*:role/*:*:*", "arn:*:a:b:c:d", "arn:aws:s3:*:b:c", "arn:aws:s3?eu-west-1:1:a:b:c", "arn:aws:s3:*:*:*:c",
    "arn", "⟦arn S/X⟧", "⟦arn S/X⟧*", "arn:aws:iam::⟦a:b⟧:*",
]  # fmt: skip
HELD = [ROLE_ARN, "arn:aws:s3:eu-west-1:1:a:b:c", "arn:aws:iam::⟦a:b⟧:x", "⟦arn S/X⟧", "⟦arn S/XY⟧", "arn:aws:iam", ""]


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("allow", [False, True])
@pytest.mark.parametrize("wanted", ASKED)
def test_arns_compare_the_same(wanted: str, *, allow: bool, negated: bool) -> None:
    operator = "arnnotlike" if negated else "arnlike"
    condition = Condition(qualifier="", operator=operator, if_exists=False, key="aws:x", values=(wanted,))
    elements = within_parts(pattern(wanted, None), wanted, Statement(allow=allow), positive=not negated)
    for held in HELD:
        word = ["".join(each.of or ()) for each in map(_one, literal(held))]
        found = elements is not None and matches(elements, word)
        holds = evaluator.condition_holds(condition, {"aws:x": held}, variables=False, allow=allow)
        assert (found != negated) == holds, held


def _one(element: Element) -> One:
    assert isinstance(element, One)
    return element
