"""Roles: the policies that name them, their own tags, and their ARN and ID."""

from typing import Any

import pytest

from constructs_lib.analysis.model.resources import Resource, Resources
from constructs_lib.analysis.model.roles import roles_of
from tests.analysis.conftest import Document
from tests.proofs import models_of

ALLOW = {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}


@pytest.mark.parametrize(
    ("role", "named", "certain", "possible"),
    [
        ("app-users", "app-users", 1, 0),
        ("app-users", {"Ref": "User"}, 1, 0),
        ("app-users", "APP-Users", 0, 1),
        ("app-users", {"Fn::Sub": "${AWS::StackName}-users"}, 0, 1),
        ("app-users", {"Ref": "Shown"}, 0, 1),
        ("app-users", {"Fn::GetAtt": ["Custom", "Role"]}, 0, 1),
        ("app-users", {"Ref": "Other"}, 0, 0),
        ("app-users", {"Fn::Sub": "${AWS::StackName}-admins"}, 0, 0),
        ({"Fn::Sub": "${AWS::StackName}-users"}, "app-users", 0, 1),
        ({"Fn::Sub": "${AWS::StackName}-users"}, {"Fn::Sub": "${AWS::StackName}-users"}, 1, 0),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"])
def test_a_role_has_the_policies_that_name_it(
    kind: str, role: str | Document, named: str | Document, certain: int, possible: int
) -> None:
    to = {"RoleName": named} if kind == "AWS::IAM::RolePolicy" else {"Roles": [named]}
    document = {"Version": "2012-10-17", "Statement": [ALLOW, {**ALLOW, "Effect": "Deny", "Resource": "x"}]}
    properties = {"PolicyName": "w", **to, "PolicyDocument": document}
    body = {
        "Parameters": {"Shown": {"Type": "String", "Default": "app-users"}, "Other": {"Type": "String"}},
        "Resources": {
            "User": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": role, "AssumeRolePolicyDocument": {}}},
            "Custom": {"Type": "Custom::X", "Properties": {}},
            "W": {"Type": kind, "Properties": properties},
        },
    }
    (model,) = models_of(body, name="S")
    (found,) = model.roles.values()
    assert sum(len(policy.statements) for policy in found.policies) == 2 * certain
    assert sum(len(policy.possible) for policy in found.policies) == possible


def role(**properties: Any) -> Resource:
    return Resource(
        id="⟦S/User⟧", logical_id="User", type="AWS::IAM::Role", properties=properties, name="User", place="S/User"
    )


@pytest.mark.parametrize(
    ("tags", "known", "doubt"),
    [
        ([{"Key": "Level", "Value": "full"}], {"level": "full"}, ""),
        ([{"Key": "level", "Value": "⟦parameter L⟧"}], {"level": "⟦parameter L⟧"}, ""),
        ([{"Key": "⟦parameter K⟧", "Value": "full"}], {}, "a tag of User is parameter K"),
        (["⟦wildcard S/Custom.Tag⟧"], {}, "a tag of User is"),
        ("⟦wildcard S/Custom.Tags⟧", {}, "a tag of User is"),
        (None, {}, ""),
    ],
)
def test_a_role_has_its_own_tags_and_may_have_more_if_a_name_is_unknown(tags: Any, known: Any, doubt: str) -> None:
    [found] = roles_of(Resources(all=[role(Tags=tags)])).values()
    assert found.tags == known
    assert found.tags_doubt.startswith(doubt)
    assert bool(found.tags_doubt) is bool(doubt)


@pytest.mark.parametrize(
    ("path", "arn"),
    [
        (None, "role/⟦S/User⟧"),
        ("/", "role/⟦S/User⟧"),
        ("/app/", "role/app/⟦S/User⟧"),
        ("⟦parameter P⟧", "role/⟦parameter P⟧/⟦S/User⟧"),
    ],
)
def test_the_arn_of_a_role_contains_its_path(path: Any, arn: str) -> None:
    assert role(**({} if path is None else {"Path": path})).arn == f"arn:aws:iam::⟦AWS::AccountId⟧:{arn}"


def test_the_id_of_a_role_is_not_its_name() -> None:
    [found] = roles_of(Resources(all=[role()])).values()
    assert found.id == "⟦S/User.RoleId⟧"
