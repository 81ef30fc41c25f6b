"""The evaluator on IAM's rules one by one: operators, set operators, absent keys, variables, layers of policies.

Sources: "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys", "Policy
variables" and "Policy evaluation logic" (IAM user guide).
"""

from typing import Any

import pytest

from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.iam.requests import Request

OBJECT = "arn:aws:s3:::docs/a/b"
ROLE = "arn:aws:iam::⟦AWS::AccountId⟧:role/user"


def policy(condition: Any = None, *, version: str = "2012-10-17", **more: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::docs/*", **more}
    if condition is not None:
        statement["Condition"] = condition
    return parse_policy({"Version": version, "Statement": statement}, "P")


def allowed(*policies: Policy, resource: str = OBJECT, action: str = "s3:GetObject", **context: Any) -> bool:
    keys = {name.replace("__", ":").replace("_", "-"): value for name, value in context.items()}
    return evaluate(Request(action=action, resource=resource, context=keys), identity=policies).allowed


@pytest.mark.parametrize(
    ("operator", "wanted", "held", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", ["x", "a"], "a", True),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringLike", "a*/?", "ab/c/d", True),
        ("StringLike", "a?", "a", False),
        ("StringLike", "A*", "ab", False),
        ("StringNotLike", "a*", "b", True),
        ("NumericEquals", "5", "5.0", True),
        ("NumericNotEquals", "5", "6", True),
        ("NumericLessThan", "5", "5", False),
        ("NumericLessThanEquals", "5", "5", True),
        ("NumericGreaterThan", "5", "6", True),
        ("NumericGreaterThanEquals", "5", "4", False),
        ("NumericEquals", "5", "five", False),
        ("DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", True),
        ("DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", True),
        ("DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", True),
        ("DateLessThanEquals", "1767225600", "2026-01-01T00:00:00Z", True),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
        ("DateGreaterThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("DateEquals", "2026-01-01", "someday", False),
        ("Bool", "true", "True", True),
        ("Bool", True, "true", True),
        ("Bool", "false", "true", False),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", True),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.0/24", "203.0.114.9", False),
        ("NotIpAddress", "203.0.113.0/24", "203.0.114.9", True),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", True),
        ("IpAddress", "nonsense", "203.0.113.9", False),
        ("ArnEquals", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:1:t", True),
        ("ArnLike", "arn:aws:sns:us-*:*:?", "arn:aws:sns:us-east-1:1:t", True),
        ("ArnNotEquals", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:1:u", True),
        ("ArnNotLike", "arn:aws:sns:*:*:t", "arn:aws:sns:us-east-1:1:t", False),
    ],
)
def test_an_operator_compares_as_documented(operator: str, wanted: Any, held: str, expected: bool) -> None:
    assert allowed(policy({operator: {"k:key": wanted}}), k__key=held) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        # For each operator: the key is absent; present without values; ["a"]; ["a", "b"]. Required: "a".
        ("StringEquals", (False, False, True, True)),
        ("StringNotEquals", (True, False, False, True)),
        ("StringEqualsIfExists", (True, False, True, True)),
        ("StringNotEqualsIfExists", (True, False, False, True)),
        ("ForAllValues:StringEquals", (True, True, True, False)),
        ("ForAllValues:StringNotEquals", (True, True, False, False)),
        ("ForAllValues:StringEqualsIfExists", (True, True, True, False)),
        ("ForAnyValue:StringEquals", (False, False, True, True)),
        ("ForAnyValue:StringNotEquals", (False, False, False, True)),
        ("ForAnyValue:StringEqualsIfExists", (True, False, True, True)),
    ],
)
def test_set_operators_and_absent_keys(operator: str, expected: tuple[bool, ...]) -> None:
    given = policy({operator: {"k:key": "a"}})
    held: list[dict[str, Any]] = [{}, {"k__key": ()}, {"k__key": ("a",)}, {"k__key": ("a", "b")}]
    assert tuple(allowed(given, **context) for context in held) == expected


@pytest.mark.parametrize("value", ["true", "True", True])
def test_null_asks_for_absence(value: Any) -> None:
    assert allowed(policy({"Null": {"k:key": value}}))
    assert not allowed(policy({"Null": {"k:key": value}}), k__key="")
    assert not allowed(policy({"Null": {"k:key": "false"}}))
    assert allowed(policy({"Null": {"k:key": "False"}}), k__key="")


def test_all_conditions_must_hold() -> None:
    both = policy({"StringEquals": {"k:one": "a", "k:two": "b"}})
    assert allowed(both, k__one="a", k__two="b")
    assert not allowed(both, k__one="a", k__two="x")


@pytest.mark.parametrize(
    ("pattern", "held", "expected"),
    [
        ("${k:key}", "a/b", True),
        ("${K:Key}", "a/b", True),
        ("${k:key}", "a/*", False),
        ("${k:key, 'a/b'}", None, True),
        ("${k:key, 'x'}", "a/b", True),
        ("${k:key}", None, False),
        ("${k:key}", ("a/b",), False),
        ("${*}", None, False),
        ("a/${?}", None, False),
    ],
)
def test_a_variable_is_its_value_and_the_values_stars_are_no_wildcards(
    pattern: str,
    held: Any,
    expected: bool,
) -> None:
    context = {} if held is None else {"k__key": held}
    assert allowed(policy(Resource=f"arn:aws:s3:::docs/{pattern}"), **context) is expected


def test_an_escaped_star_is_a_star() -> None:
    assert allowed(policy(Resource="arn:aws:s3:::docs/${*}"), resource="arn:aws:s3:::docs/*")


def test_a_variable_of_an_old_version_is_plain_text() -> None:
    old = policy(version="2008-10-17", Resource="arn:aws:s3:::docs/${k:key}")
    assert not allowed(old, k__key="a/b")
    assert allowed(old, resource="arn:aws:s3:::docs/${k:key}", k__key="a/b")


def test_actions_ignore_case_and_know_wildcards() -> None:
    assert allowed(policy(Action="S3:get*"))
    assert allowed(policy(Action=["s3:Put*", "s3:Get?bject"]))
    assert not allowed(policy(Action="s3:GetObjectTagging"))
    without = {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}
    assert not allowed(parse_policy({"Version": "2012-10-17", "Statement": without}, "P"))
    assert allowed(parse_policy({"Version": "2012-10-17", "Statement": without}, "P"), action="s3:PutObject")


def test_a_deny_wins_wherever_it_stands() -> None:
    give, take = policy(), policy(Effect="Deny")
    request = Request(action="s3:GetObject", resource=OBJECT, principal=ROLE)
    everyone = policy(Effect="Deny", Principal="*")
    assert evaluate(request, identity=[give]).allowed
    for denied in (
        evaluate(request, identity=[give, take]),
        evaluate(request, identity=[give], limits=[take]),
        evaluate(request, identity=[give], limits=[give, take]),
        evaluate(request, identity=[give], resource=everyone),
    ):
        assert not denied.allowed
        assert [each.allow for each in denied.because] == [False]


def test_boundary_and_session_must_allow_too() -> None:
    give, other = policy(), policy(Action="s3:PutObject")
    request = Request(action="s3:GetObject", resource=OBJECT, principal=ROLE)
    assert evaluate(request, identity=[give], limits=[give, give]).allowed
    assert not evaluate(request, identity=[give], limits=[other, give]).allowed
    assert not evaluate(request, identity=[give], limits=[give, other]).allowed


@pytest.mark.parametrize(
    ("principal", "binds", "given"),
    [
        ({"AWS": "arn:aws:iam::⟦AWS::AccountId⟧:role/user"}, True, True),
        ({"AWS": "arn:aws:iam::⟦AWS::AccountId⟧:role/path/user"}, True, True),
        ({"AWS": "arn:aws:sts::⟦AWS::AccountId⟧:assumed-role/user/session"}, False, True),
        ("*", False, True),
        ({"AWS": "*"}, False, True),
        ({"AWS": "arn:aws:iam::⟦AWS::AccountId⟧:root"}, True, False),
        ({"AWS": "arn:aws:iam::⟦AWS::AccountId⟧:role/another-user"}, True, False),
        ({"Service": "lambda.amazonaws.com"}, True, False),
    ],
)
def test_a_resource_policy_gives_to_whom_it_names(principal: Any, binds: bool, given: bool) -> None:
    request = Request(action="s3:GetObject", resource=OBJECT, principal=ROLE)
    named = policy(Principal=principal)
    assert evaluate(request, identity=[], resource=named).allowed is given
    shut = evaluate(request, identity=[], resource=named, limits=[policy(Action="s3:PutObject")])
    assert shut.allowed is (given and not binds)


def test_the_accounts_own_name_denies_to_everyone_in_it() -> None:
    request = Request(action="s3:GetObject", resource=OBJECT, principal=ROLE)
    root = policy(Effect="Deny", Principal={"AWS": "arn:aws:iam::⟦AWS::AccountId⟧:root"})
    assert not evaluate(request, identity=[policy()], resource=root).allowed


def test_nobody_gets_only_what_is_given_to_everyone() -> None:
    request = Request(action="s3:GetObject", resource=OBJECT)
    assert evaluate(request, identity=[], resource=policy(Principal="*")).allowed
    assert not evaluate(request, identity=[], resource=policy(Principal={"AWS": ROLE})).allowed


def test_a_star_crosses_slashes_and_lines() -> None:
    assert glob_match("a*z", "a/b\nc/z")
    assert not glob_match("a.z", "abz")
