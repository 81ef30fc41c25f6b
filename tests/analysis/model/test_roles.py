"""Policies of a role are found by its name, and may be its if the name is known in part or in another case."""

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import Document

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
    (model,) = build_model([Template(name="S", body=body, source="test")])
    (found,) = model.roles.values()
    assert sum(len(policy.statements) for policy in found.policies) == 2 * certain
    assert sum(len(policy.possible) for policy in found.policies) == possible
