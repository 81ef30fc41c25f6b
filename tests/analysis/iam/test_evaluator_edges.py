"""Edge cases of the evaluator: policies with missing elements, with variables, or with a Deny."""

import time
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.analysis.iam.evaluator import applies, condition_holds, evaluate
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.template.atoms import ACCOUNT

ME = "cognito-identity.amazonaws.com:sub"
MINE = f"${{{ME}}}"
ROLE = "arn:aws:iam::⟦AWS::AccountId⟧:role/User"


def statement(effect: str = "Allow", version: str = "2012-10-17", **parts: Any) -> Statement:
    document = {"Effect": effect, "Action": "s3:GetObject", **parts}
    (found,) = parse_policy({"Version": version, "Statement": [document]}, "test").statements
    return found


def request(resource: str = "arn:aws:s3:::b/me/x", **context: Any) -> Request:
    given = {key.replace("__", ":"): value for key, value in context.items()}
    return Request(action="s3:GetObject", resource=resource, context={ME: "me", **given}, principal=ROLE)


def policy(*statements: Statement) -> Policy:
    return Policy(source="test", statements=statements)


NOT_RESOURCE = [
    ("Allow", "arn:aws:s3:::b/other/*", True),
    ("Allow", "arn:aws:s3:::b/me/*", False),
    ("Allow", f"arn:aws:s3:::b/{MINE}/*", False),
    ("Allow", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*", True),
    ("Deny", "arn:aws:s3:::b/other/*", True),
    ("Deny", f"arn:aws:s3:::b/{MINE}/*", False),
    # The exclusions of a Deny by a variable without a value are not documented: they are not relied on.
    ("Deny", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*", False),
]


@pytest.mark.parametrize(("effect", "but", "speaks"), NOT_RESOURCE, ids=range(len(NOT_RESOURCE)))
def test_all_but_a_resource(effect: str, but: str, *, speaks: bool) -> None:
    assert applies(statement(effect, NotResource=but), request()) is speaks


def test_all_but_several_resources_leaves_each_out() -> None:
    found = statement(NotResource=["arn:aws:s3:::b/other/*", "arn:aws:s3:::b/me/*"])
    assert not applies(found, request())
    assert applies(found, request("arn:aws:s3:::c/me/x"))


def test_a_statement_without_a_resource_speaks_of_every_one() -> None:
    assert applies(statement(), request("anything"))


RESOURCES = [
    ("arn:aws:s3:::b/me/*", True),
    (f"arn:aws:s3:::b/{MINE}/*", True),
    ("arn:aws:s3:::b/${aws:PrincipalTag/team}*", False),
    ("arn:aws:s3:::b/${aws:PrincipalTag/team, 'me'}/*", True),
    ("arn:aws:s3:::b/${aws:PrincipalTag/team, 'you'}/*", False),
    (f"arn:aws:s3:::b/${{{ME}, 'you'}}/x", True),
]


@pytest.mark.parametrize(("text", "speaks"), RESOURCES, ids=range(len(RESOURCES)))
def test_a_resource_with_a_variable(text: str, *, speaks: bool) -> None:
    assert applies(statement(Resource=text), request()) is speaks


def test_a_variable_is_text_in_a_policy_of_the_old_version() -> None:
    old = statement(version="2008-10-17", Resource=f"arn:aws:s3:::b/{MINE}/*")
    assert not applies(old, request())
    assert applies(old, request(f"arn:aws:s3:::b/{MINE}/x"))
    condition = {"StringEquals": {"s3:prefix": MINE}}
    assert not applies(statement(version="2008-10-17", Condition=condition), request(s3__prefix="me"))
    assert applies(statement(version="2008-10-17", Condition=condition), request(s3__prefix=MINE))
    assert applies(statement(Condition=condition), request(s3__prefix="me"))


@pytest.mark.parametrize(("value", "resource"), [("a*b", "aXb"), ("a?b", "aXb"), ("*", "x"), ("?", "x")])
def test_a_values_stars_are_no_wildcards(value: str, resource: str) -> None:
    found = statement(Resource=f"arn:aws:s3:::b/{MINE}")
    holder = Request(action="s3:GetObject", resource=f"arn:aws:s3:::b/{resource}", context={ME: value})
    assert not applies(found, holder)
    itself = Request(action="s3:GetObject", resource=f"arn:aws:s3:::b/{value}", context={ME: value})
    assert applies(found, itself)


@pytest.mark.parametrize(("text", "held"), [("${*}", "*"), ("${?}", "?"), ("${$}", "$"), ("a${*}", "a*")])
@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "BinaryEquals"])
def test_a_written_out_star_is_a_star(operator: str, text: str, held: str) -> None:
    found = statement(Condition={operator: {"s3:prefix": text}})
    assert applies(found, request(s3__prefix=held))
    assert not applies(found, request(s3__prefix=held.replace(text[-2], "x")))


DENIES = [
    ("StringNotEquals", {"s3:prefix": MINE}, "me", False),
    ("StringNotEquals", {"s3:prefix": MINE}, "you", True),
    ("StringNotEquals", {"s3:prefix": "${aws:PrincipalTag/team}"}, "you", False),
    ("StringNotEquals", {"s3:prefix": ["x", "${aws:PrincipalTag/team}"]}, "you", False),
    ("StringEquals", {"s3:prefix": "${aws:PrincipalTag/team}"}, "you", False),
    ("StringEquals", {"s3:prefix": ["you", "${aws:PrincipalTag/team}"]}, "you", True),
    ("StringNotLike", {"s3:prefix": f"{MINE}*"}, "me/x", False),
]


@pytest.mark.parametrize(("operator", "keys", "held", "speaks"), DENIES)
def test_a_deny_by_a_condition(operator: str, keys: Any, held: str, *, speaks: bool) -> None:
    assert applies(statement("Deny", Condition={operator: keys}), request(s3__prefix=held)) is speaks


def test_an_allow_by_a_difference_from_what_has_no_value_holds() -> None:
    found = statement(Condition={"StringNotEquals": {"s3:prefix": "${aws:PrincipalTag/team}"}})
    assert applies(found, request(s3__prefix="you"))


@pytest.mark.parametrize(("effect", "all_of"), [("Allow", False), ("Deny", True)])
def test_without_a_set_operator_a_deny_asks_for_every_value_and_an_allow_for_one(effect: str, *, all_of: bool) -> None:
    found = statement(effect, Condition={"StringEquals": {"s3:prefix": "a"}})
    assert applies(found, request(s3__prefix=("a", "b"))) is not all_of
    assert applies(found, request(s3__prefix=("a", "a")))
    assert not applies(found, request(s3__prefix=("b", "b")))


@pytest.mark.parametrize(
    ("operator", "wanted", "held", "holds"),
    [
        ("IpAddress", "203.0.113.7/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.7/24", "203.0.114.9", False),
        ("NotIpAddress", "203.0.113.7/24", "203.0.114.9", True),
        ("IpAddress", "203.0.113.7", "no address", False),
        ("NumericLessThan", "10", "9", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "9.5", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "10.0", False),
        ("NumericEquals", "ten", "10", False),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "1767225599", True),
        ("DateLessThan", "2026-01-01T00:00:00Z", "1767225600", False),
        ("DateGreaterThanEquals", "2026-01-01", "1767225600", True),
        ("DateEquals", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", True),
        ("DateNotEquals", "2026-01-01", "2026-01-01T00:00:00Z", False),
        ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", True),
        ("DateLessThanEquals", "some day", "2026-01-01", False),
        ("Bool", "true", "TRUE", True),
        ("Bool", "true", "false", False),
        ("StringEqualsIgnoreCase", "Ab", "aB", True),
        ("StringNotEqualsIgnoreCase", "Ab", "aB", False),
        ("StringEquals", "Ab", "ab", False),
        ("ArnNotLike", "arn:aws:s3:::*", "arn:aws:s3:::b", False),
    ],
)
def test_a_condition_compares_as_its_operator_says(operator: str, wanted: str, held: str, *, holds: bool) -> None:
    assert applies(statement(Condition={operator: {"s3:prefix": wanted}}), request(s3__prefix=held)) is holds


ARNS = [
    ("arn:aws:iam::*:role/*", True, True),
    ("arn:*:*:*:*:role/*", True, True),
    (ROLE, True, True),
    ("arn:aws:iam::*:user/*", False, False),
    ("arn:aws:i?m::*:*", True, True),
    # "Each of the six colon-delimited components of the ARN is checked separately."
    ("arn:aws:iam:*:role/*", False, True),
    ("arn:aws:iam::*", False, True),
    ("arn:*", False, True),
    ("*", False, True),
    ("arn:aws:*:*:*:*:role/*", False, False),
    ("arn:aws:iam:?*:role/*:*", False, False),
    # A variable before the last part may have a value with colons.
    ("arn:aws:iam::${aws:PrincipalAccount}:role/*", False, True),
    ("arn:aws:iam:${aws:PrincipalAccount}:role/*", False, False),
    ("arn:aws:iam::*:role/${aws:PrincipalTag/name}", True, True),
]


@pytest.mark.parametrize(("wanted", "surely", "perhaps"), ARNS, ids=range(len(ARNS)))
def test_the_parts_of_an_arn_are_compared_one_by_one(wanted: str, *, surely: bool, perhaps: bool) -> None:
    context = {"aws__PrincipalArn": ROLE, "aws__principalaccount": ACCOUNT, "aws__principaltag/name": "User"}
    asked = request(**{key.lower(): value for key, value in context.items()})
    for effect, operator, holds in (
        ("Deny", "ArnLike", surely), ("Allow", "ArnEquals", perhaps),
        ("Deny", "ArnNotLike", not perhaps), ("Allow", "ArnNotEquals", not surely),
    ):  # fmt: skip
        found = statement(effect, Condition={operator: {"aws:PrincipalArn": wanted}})
        assert applies(found, asked) is holds, (effect, operator)


@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals"])
def test_an_atom_for_an_arn_equals_itself_alone(operator: str) -> None:
    found = statement("Deny", Condition={operator: {"aws:SourceArn": "⟦arn Stack/Topic⟧"}})
    assert applies(found, request(aws__sourcearn="⟦arn Stack/Topic⟧"))
    assert not applies(found, request(aws__sourcearn="⟦arn Stack/Other⟧"))


def test_actions_are_compared_in_any_case() -> None:
    assert applies(statement(Action="S3:getOBJECT"), request())
    assert applies(statement(Action="S3:get*"), request())
    assert not applies(statement(NotAction=["S3:getOBJECT"], Action=None), request())


def test_a_verdict_names_the_statements_that_decided() -> None:
    own, deny = statement(Resource="*"), statement("Deny", Resource="*")
    given = statement(Resource="*", Principal={"AWS": ROLE})
    allowed = evaluate(request(), identity=[policy(own)])
    assert (allowed.allowed, allowed.because) == (True, (own,))
    by_resource = evaluate(request(), identity=[], resource=policy(given))
    assert (by_resource.allowed, by_resource.because) == (True, (given,))
    denied = evaluate(request(), identity=[policy(own, deny)])
    assert (denied.allowed, denied.because) == (False, (deny,))
    nothing = evaluate(request(), identity=[])
    assert (nothing.allowed, nothing.because) == (False, ())


def test_a_resources_deny_that_does_not_speak_of_the_request_gives_nothing() -> None:
    elsewhere = statement("Deny", Resource="arn:aws:s3:::c/*", Principal="*")
    silent = statement(Resource="arn:aws:s3:::c/*", Principal="*")
    assert not evaluate(request(), identity=[], resource=policy(elsewhere, silent)).allowed


def test_a_deny_for_the_federated_is_not_relied_upon_and_one_for_everyone_is() -> None:
    own = statement(Resource="*")
    federated = statement("Deny", Resource="*", Principal={"Federated": "cognito-identity.amazonaws.com"})
    everyone = statement("Deny", Resource="*", Principal="*")
    assert evaluate(request(), identity=[policy(own)], resource=policy(federated)).allowed
    assert not evaluate(request(), identity=[policy(own)], resource=policy(everyone)).allowed


def test_limits_bind_an_allow_by_the_roles_name_and_not_one_by_the_sessions() -> None:
    limit = policy(statement(Resource="arn:aws:s3:::c/*"))
    session = "arn:aws:sts::⟦AWS::AccountId⟧:assumed-role/User/CognitoIdentityCredentials"
    by_role = policy(statement(Resource="*", Principal={"AWS": ROLE}))
    by_session = policy(statement(Resource="*", Principal={"AWS": session}))
    assert not evaluate(request(), identity=[], resource=by_role, limits=[limit]).allowed
    assert evaluate(request(), identity=[], resource=by_session, limits=[limit]).allowed
    assert not evaluate(request(), identity=[policy(statement(Resource="*"))], limits=[limit]).allowed


def test_a_policy_that_decides_alone_is_bound_by_no_limit_and_helped_by_no_identity() -> None:
    elsewhere = policy(statement(Resource="arn:aws:s3:::c/*"))
    alone = replace(policy(statement(Resource="*", Principal={"AWS": ROLE})), alone=True)
    assert evaluate(request(), identity=[], resource=alone, limits=[elsewhere]).allowed
    silent = replace(policy(), alone=True)
    assert not evaluate(request(), identity=[policy(statement(Resource="*"))], resource=silent).allowed


@pytest.mark.parametrize("resource", ["arn:aws:s3:::b/ME/x", "arn:aws:s3:::b/ME/*"])
def test_a_resource_in_another_case_is_another_one(resource: str) -> None:
    assert not applies(statement(Resource=resource), request())
    assert applies(statement(Resource=resource.replace("ME", "me")), request())


def test_a_time_without_a_zone_is_one_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        before = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00"}}
        found = statement(Resource="*", Condition=before)
        assert applies(found, request(aws__currenttime="2025-12-31T23:59:59Z"))
        assert not applies(found, request(aws__currenttime="2026-01-01T00:00:01Z"))
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_variables_default_may_begin_with_any_letter() -> None:
    found = statement(Resource="arn:aws:s3:::b/${aws:PrincipalTag/team, 'X'}/*")
    assert applies(found, request("arn:aws:s3:::b/X/x"))


@pytest.mark.parametrize(("allow", "holds"), [(True, True), (False, False)])
def test_an_operator_that_is_not_known_opens_and_denies_nothing(*, allow: bool, holds: bool) -> None:
    unknown = Condition(qualifier="", operator="resembles", if_exists=False, key="s3:prefix", values=("x",))
    assert condition_holds(unknown, {"s3:prefix": "y"}, variables=True, allow=allow) is holds


@pytest.mark.parametrize("pattern", ["S3:getobject", "S3:GET*", "s3:g?tOBJECT"])
def test_an_actions_case_does_not_matter_and_a_resources_does(pattern: str) -> None:
    found = Statement(allow=True, actions=(pattern,), resources=("arn:aws:s3:::b/*",))
    assert applies(found, request())
    assert not applies(replace(found, resources=("arn:aws:s3:::B/*",)), request())
    assert not applies(replace(found, resources=("arn:aws:s3:::B/me/x",)), request())


FEDERATION = {"Federated": "cognito-identity.amazonaws.com"}
SESSION = {"AWS": "arn:aws:sts::⟦AWS::AccountId⟧:assumed-role/User/CognitoIdentityCredentials"}
ELSEWHERE = {"AWS": "arn:aws:iam::999999999999:role/User"}


@pytest.mark.parametrize(
    ("principal", "exempt"),
    [("*", True), ({"AWS": ROLE}, True), (SESSION, False), (ELSEWHERE, False), (FEDERATION, False)],
)
def test_an_allow_to_all_but_a_session_or_another_role_is_given_to_the_role(principal: Any, *, exempt: bool) -> None:
    but = statement(Resource="*", NotPrincipal=principal)
    assert evaluate(request(), identity=[], resource=policy(but)).allowed is not exempt


@pytest.mark.parametrize("principal", ["*", {"AWS": ROLE}, SESSION, ELSEWHERE, FEDERATION])
def test_a_deny_of_all_but_what_may_be_the_caller_is_not_relied_on(principal: Any) -> None:
    own, but = statement(Resource="*"), statement("Deny", Resource="*", NotPrincipal=principal)
    assert evaluate(request(), identity=[policy(own)], resource=policy(but)).allowed


@pytest.mark.parametrize("role", ["app/User", "app/one/User", "app/⟦Stack/User⟧"])
def test_a_session_is_that_of_the_role_whatever_its_path(role: str) -> None:
    name = role.removeprefix("app/").removeprefix("one/")
    session = f"arn:aws:sts::⟦AWS::AccountId⟧:assumed-role/{name}/CognitoIdentityCredentials"
    asked = replace(request(), principal=f"arn:aws:iam::⟦AWS::AccountId⟧:role/{role}")
    for principal, given in ((session, True), (session.replace(name, "one"), False)):
        named = policy(statement(Resource="*", Principal={"AWS": principal}))
        assert evaluate(asked, identity=[], resource=named).allowed is given
