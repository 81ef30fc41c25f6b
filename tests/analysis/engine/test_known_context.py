"""Policies whose conditions ask for the parts of a caller's context that the template does not determine."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.analysis.engine.known_context import context_of, fixed_values
from constructs_lib.analysis.engine.policy_layers import CallerLayers, layers_of
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.model.callers import ANYONE, NO_POLICY, Caller, CallerKind, IdentityPool, Role, Tag
from constructs_lib.analysis.model.value_formats import SUB
from constructs_lib.analysis.template.atoms import ACCOUNT

ARN = f"arn:aws:iam::{ACCOUNT}:role/⟦S/User⟧"
POOL = IdentityPool(id="⟦S/Pool⟧", guests=False, classic=False, tags={}, path="Pool")
TAGS = {"level": "⟦parameter L⟧", "team": "blue"}


def caller(*, tags: dict[str, str] = TAGS, doubt: str = "", kind: CallerKind = CallerKind.AUTHENTICATED) -> Caller:
    role = Role(arn=ARN, id="⟦S/User.RoleId⟧", name="User", trust=NO_POLICY, policies=(), tags=tags, tags_doubt=doubt)
    return Caller(kind=kind, pool=POOL, role=role, tags={"owner": Tag(claim="sub", form=SUB)})


def policy(effect: str, condition: Any, **more: Any) -> Policy:
    document = {"Effect": effect, "Action": "s3:*", "Resource": "*", "Condition": condition, **more}
    return parse_policy({"Version": "2012-10-17", "Statement": document}, "a policy")


@pytest.mark.parametrize(
    ("condition", "unsure"),
    [
        ({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/App-User-*"}}, "the caller's aws:principalarn"),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/App-User-*"}}, "the caller's aws:principalarn"),
        ({"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:*"}}, ""),
        (
            {"StringLike": {"cognito-identity.amazonaws.com:aud": "us-east-1:*"}},
            "the caller's cognito-identity.amazonaws.com:aud",
        ),
        ({"StringEquals": {"aws:PrincipalTag/level": "full"}}, "the caller's aws:principaltag/level"),
        ({"StringNotEqualsIgnoreCase": {"aws:PrincipalTag/level": "full"}}, "the caller's aws:principaltag/level"),
        ({"Bool": {"aws:PrincipalTag/level": "true"}}, "the caller's aws:principaltag/level"),
        ({"NumericLessThan": {"aws:PrincipalTag/level": "3"}}, "the caller's aws:principaltag/level"),
        (
            {"StringEquals": {"aws:PrincipalTag/level": ["full", "${aws:Referer}"]}},
            "the caller's aws:principaltag/level",
        ),
        ({"Null": {"aws:PrincipalTag/level": "false"}}, ""),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, ""),
        ({"StringEquals": {"aws:PrincipalTag/other": "red"}}, ""),
        ({"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/App-*", "arn:aws:iam::*:role/*"]}}, ""),
        ({"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/⟦S/Admin⟧"}}, ""),
    ],
)
def test_a_condition_on_a_value_known_in_part_leaves_an_allow_possible_and_a_deny_in_doubt(
    condition: Any, unsure: str
) -> None:
    context = context_of(caller())
    allowed = context.read(policy("Allow", condition))
    [denied] = context.read(policy("Deny", condition)).statements
    assert allowed.statements == policy("Allow", condition).statements
    assert [unsure in each.doubt and not each.conditions for each in allowed.possible] == ([True] if unsure else [])
    assert denied.conditions == policy("Deny", condition).statements[0].conditions
    assert unsure in denied.doubt
    assert bool(denied.doubt) is bool(unsure)


def test_a_possible_allow_is_widened_too_and_keeps_its_other_conditions() -> None:
    known, unknown = {"aws:SecureTransport": "true"}, {"aws:PrincipalTag/level": "full"}
    allowed = policy("Allow", {"Bool": known, "StringEquals": unknown})
    read = context_of(caller()).read(Policy(source="", possible=allowed.statements))
    assert [[each.key for each in statement.conditions] for statement in read.possible] == [
        ["aws:securetransport", "aws:principaltag/level"],
        ["aws:securetransport"],
    ]


@pytest.mark.parametrize(
    ("text", "widest"),
    [
        ("arn:aws:s3:::b/${aws:PrincipalTag/level}/*", "arn:aws:s3:::b/*/*"),
        ("arn:aws:s3:::b/${aws:PrincipalTag/level, 'none'}/*", "arn:aws:s3:::b/*/*"),
        ("arn:aws:s3:::b/${aws:PrincipalTag/team}/*", ""),
        ("arn:aws:s3:::b/${aws:PrincipalTag/owner}/*", ""),
    ],
)
def test_a_variable_with_an_unknown_value_may_be_any_text_in_an_allow(text: str, widest: str) -> None:
    read = context_of(caller()).read(policy("Allow", None, Resource=text))
    assert [each.resources for each in read.possible] == ([(widest,)] if widest else [])


def test_a_deny_of_all_but_an_unknown_value_is_in_doubt_and_one_of_the_value_is_not() -> None:
    text = "arn:aws:s3:::b/${aws:PrincipalTag/level}/*"
    document = {"Effect": "Deny", "Action": "s3:*", "NotResource": text}
    but = parse_policy({"Version": "2012-10-17", "Statement": document}, "a policy")
    context = context_of(caller())
    assert "aws:principaltag/level is" in context.read(but).statements[0].doubt
    assert context.read(policy("Deny", None, Resource=text)).statements[0].doubt == ""


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalTag/other": "red"}},
        {"Null": {"aws:PrincipalTag/other": "true"}},
        {"StringLike": {"s3:prefix": "${aws:PrincipalTag/other}/*"}},
    ],
)
def test_a_role_with_a_tag_of_an_unknown_key_may_have_any_tag(condition: Any) -> None:
    context = context_of(caller(doubt="a tag of User is Key"))
    assert [each.doubt for each in context.read(policy("Allow", condition)).possible]
    assert "a tag of User is Key" in context.read(policy("Allow", condition)).possible[0].doubt


def test_a_session_tag_and_a_known_tag_of_the_role_are_not_in_doubt_beside_an_unknown_one() -> None:
    context = context_of(caller(doubt="a tag of User is Key"))
    for name in ("team", "owner"):
        asked = policy("Allow", {"StringEquals": {f"aws:PrincipalTag/{name}": "red"}})
        assert context.read(asked) == asked


def test_a_tag_of_the_session_comes_before_the_roles_own() -> None:
    assert "aws:principaltag/owner" not in fixed_values(caller(tags={"owner": "x"}))
    assert fixed_values(caller())["aws:principaltag/team"] == "blue"


def test_a_pool_outside_the_templates_may_override_the_roles_own_tags() -> None:
    one = caller()
    outside = replace(one, pool=replace(one.pool, known=False))
    assert "aws:principaltag/team" not in fixed_values(outside)
    assert "aws:principaltag/team" in fixed_values(replace(outside, kind=CallerKind.FUNCTION))


def test_only_users_of_an_identity_pool_have_its_id_and_nobody_else_has_a_role() -> None:
    assert fixed_values(caller())["cognito-identity.amazonaws.com:aud"] == "⟦S/Pool⟧"
    assert fixed_values(caller(kind=CallerKind.FUNCTION)).keys() == {
        "aws:principalarn", "aws:principaltag/level", "aws:principaltag/team",
    }  # fmt: skip
    assert fixed_values(ANYONE) == {}


def test_each_layer_of_a_caller_is_read_with_what_their_values_may_be() -> None:
    asked = policy("Allow", {"StringEquals": {"aws:PrincipalTag/level": "full"}}, Principal="*")
    one = caller()
    role = replace(one.role, policies=(asked,), boundary=asked)
    who = replace(one, role=role)
    for layers in (layers_of(who, asked), CallerLayers(who).on("arn:aws:s3:::b", asked), CallerLayers(who).beyond([])):
        by_resource = 0 if not layers.resource else 1
        assert [each.conditions for each in layers.possible] == [()] * (1 + by_resource)
        assert [each.conditions for each in layers.possible_unbound] == [()] * by_resource
        assert [[each.conditions for each in limit] for limit in layers.possible_limits] == [[()]]
