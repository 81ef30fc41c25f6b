"""One policy per role and stack, cut before IAM's limits."""

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from aws_cdk import Stack, Token
from aws_cdk import aws_s3 as s3
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.access import Statement, allow
from constructs_lib.auth import Auth, Group
from constructs_lib.auth.role_policies import INLINE_LIMIT, MANAGED_LIMIT, _size_in_list, _written, cut
from tests.searches import search

Find = Callable[[str], Any]
READ = {"Action": "s3:GetObject", "Effect": "Allow", "Resource": "arn:aws:s3:::files/*"}


def statement(*resources: str, **conditions: list[str]) -> Statement:
    condition = {"StringLike": {"s3:prefix": conditions["prefixes"]}} if conditions else {}
    return Statement(actions=("s3:ListBucket",), resources=resources, conditions=condition)


def sizes(template: dict[str, Any], type_: str) -> list[int]:
    return [
        len(json.dumps(resource["Properties"]["PolicyDocument"], separators=(",", ":")))
        for resource in template["Resources"].values()
        if resource["Type"] == type_
    ]


def template_of(stack: Stack) -> dict[str, Any]:
    template: dict[str, Any] = stack.node.root.synth().get_stack_artifact(stack.artifact_id).template  # type: ignore[attr-defined] # plain JSON
    return template


def test_what_owners_get_every_group_gets_too_and_guests_do_not(resources: Find) -> None:
    found = resources("full")
    for caller in ("Authenticated", "Groupeditors", "Groupa-2e-b-40-c"):
        policy = found.named(f"Auth{caller.replace('-', '')}Policy")
        assert policy["PolicyDocument"]["Statement"] == [READ]
        assert policy["Roles"] == [f"<Auth{caller.replace('-', '')}Role>"]
    assert len(found.of_type("AWS::IAM::Policy")) == 3


def test_a_policy_stands_in_the_stack_of_what_it_names(resources: Find) -> None:
    assert len(resources("other").of_type("AWS::IAM::Policy")) == 2
    assert not [body for body in resources("identity").of_type("AWS::IAM::Policy") if "s3:" in json.dumps(body)]


def test_a_nested_stack_holds_its_own_auth_whole(resources: Find) -> None:
    policy = resources("inner").named("AuthGuestPolicy")
    assert policy["PolicyDocument"]["Statement"] == [READ]
    assert "AuthGuestPolicy" not in resources("nested").ids()


def test_rights_beyond_one_inline_policy_go_on_in_managed_ones_below_their_limit(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    many = [statement(f"arn:aws:s3:::{'b' * 60}{number:04}") for number in range(150)]
    auth.grant(stack, allow.authenticated, many)
    template = template_of(stack)
    assert max(sizes(template, "AWS::IAM::Policy")) <= INLINE_LIMIT
    managed = sizes(template, "AWS::IAM::ManagedPolicy")
    assert managed
    assert max(managed) <= MANAGED_LIMIT
    resources = [
        resource
        for body in template["Resources"].values()
        if "PolicyDocument" in body.get("Properties", {})
        for each in body["Properties"]["PolicyDocument"]["Statement"]
        for resource in ([each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"])
    ]
    assert sorted(resources) == sorted(each.resources[0] for each in many)


def test_rights_beyond_all_policies_of_a_role_are_refused_before_the_deploy(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    many = [statement(f"arn:aws:s3:::{'b' * 200}{number:04}") for number in range(300)]
    with pytest.raises(ValueError, match=r"the policies of AuthenticatedPolicy exceed IAM's limits \(one inline"):
        auth.grant(stack, allow.authenticated, many)


def statement_sizes(stack: Stack, statements: list[Statement]) -> list[int]:
    return [_size_in_list(written) for written in _written(stack, statements)]


def test_a_long_statement_is_cut_into_several_that_mean_the_same(stack: Stack) -> None:
    long = statement(*(f"arn:aws:s3:::{'b' * 60}{number:04}" for number in range(150)))
    parts = [part for part, _ in cut(stack, [long])]
    assert len(parts) > 1
    assert tuple(resource for part in parts for resource in part.resources) == long.resources
    assert max(statement_sizes(stack, parts)) < MANAGED_LIMIT
    assert min(statement_sizes(stack, parts)[:-1]) > MANAGED_LIMIT - 200, "all but the last are full"
    prefixes = [f"{'p' * 60}{number}/*" for number in range(150)]
    halves = cut(stack, [statement("arn:aws:s3:::one", prefixes=prefixes)])
    kept = [prefix for part, _ in halves for prefix in part.conditions["StringLike"]["s3:prefix"]]  # type: ignore[attr-defined] # plain JSON
    assert kept == prefixes


LENGTHS = st.lists(st.integers(min_value=1, max_value=2_000), min_size=1, max_size=40)


@search(25, full=500)
@given(buckets=LENGTHS, prefixes=LENGTHS)
def test_whatever_is_cut_allows_exactly_what_was_whole(buckets: list[int], prefixes: list[int]) -> None:
    stack = Stack()
    whole = statement(*(f"{n}{'b' * size}" for n, size in enumerate(buckets)), prefixes=[
        f"{n}{'p' * size}" for n, size in enumerate(prefixes)
    ])  # fmt: skip
    parts = [part for part, _ in cut(stack, [whole])]
    assert max(statement_sizes(stack, parts)) <= MANAGED_LIMIT
    allowed = [pair for part in parts for pair in product(part.resources, part.conditions["StringLike"]["s3:prefix"])]  # type: ignore[call-overload] # plain JSON
    assert sorted(allowed) == sorted(product(whole.resources, whole.conditions["StringLike"]["s3:prefix"]))  # type: ignore[call-overload] # plain JSON


def test_one_resource_too_long_by_itself_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match="bbbbbbbbbbbb exceeds the 6144 characters of a managed policy"):
        list(cut(stack, [statement("arn:aws:s3:::" + "b" * MANAGED_LIMIT)]))


def test_a_name_not_yet_known_is_never_measured_too_short(stack: Stack) -> None:
    arn = s3.Bucket(stack, "Bucket").bucket_arn
    assert Token.is_unresolved(arn)
    longest = "arn:aws-us-gov:s3:::" + "b" * 63
    unknown, known = statement_sizes(stack, [statement(f"{arn}/*"), statement(f"{longest}/*")])
    assert unknown >= known


def test_a_group_of_another_auth_is_unknown(stack: Stack) -> None:
    Auth(stack, "One", groups=[Group("editors")])
    with pytest.raises(ValueError, match=r"which this Auth does not have \(groups: none\)"):
        Auth(stack, "Two").grant(stack, allow.group("editors"), [])
