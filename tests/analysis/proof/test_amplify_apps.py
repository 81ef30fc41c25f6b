"""Apps of the Amplify CLI: the policies are in a nested stack, whose conditions compare what its parent passes."""

from typing import Any

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import SUB, Document, trust

PART = {"Fn::Select": [3, {"Fn::Split": ["-", {"Ref": "AWS::StackName"}]}]}
"""The part of the stack's name that the CLI puts into each bucket's name."""
NAME = {"Fn::Join": ["", ["app", PART, "-", {"Ref": "env"}]]}
PASSED = {
    "env": {"Ref": "Env"},
    "authRoleName": {"Ref": "AuthRoleName"},
    "private": "s3:PutObject,s3:GetObject,s3:DeleteObject",
    "read": "DISALLOW",
}


def in_bucket(key: str) -> Document:
    return {"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "S3Bucket"}, key]]}


def policy(condition: str, action: Any, resource: Any) -> Document:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {
        "Type": "AWS::IAM::Policy",
        "Condition": condition,
        "Properties": {
            "PolicyName": condition,
            "Roles": [{"Ref": "authRoleName"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }


def report(*, private: Any = None, shared: Any = None, name: Any = NAME, **passed: Any) -> Report:
    """Return the proof of an app.

    Args:
        private: The resource of users' own files.
        shared: The resource of all users.
        name: The name of the bucket.
        passed: What the root stack passes to the nested one, beside the usual.
    """
    role = {"RoleName": {"Ref": "AuthRoleName"}, "AssumeRolePolicyDocument": trust()}
    users = {"IdentityPoolId": {"Ref": "Pool"}, "Roles": {"authenticated": {"Fn::GetAtt": ["AuthRole", "Arn"]}}}
    storage = {"TemplateURL": "./storage.json", "Parameters": {**PASSED, **passed}}
    root = {
        "Parameters": {"Env": {"Type": "String"}, "AuthRoleName": {"Type": "String"}},
        "Resources": {
            "Pool": {"Type": "AWS::Cognito::IdentityPool", "Properties": {"AllowUnauthenticatedIdentities": False}},
            "AuthRole": {"Type": "AWS::IAM::Role", "Properties": role},
            "Users": {"Type": "AWS::Cognito::IdentityPoolRoleAttachment", "Properties": users},
            "Storage": {"Type": "AWS::CloudFormation::Stack", "Properties": storage},
        },
    }
    actions = {"Fn::Split": [",", {"Ref": "private"}]}
    child = {
        "Parameters": {each: {"Type": "String", "Default": "DISALLOW"} for each in PASSED},
        "Conditions": {
            "Private": {"Fn::Not": [{"Fn::Equals": [{"Ref": "private"}, "DISALLOW"]}]},
            "Read": {"Fn::Not": [{"Fn::Equals": [{"Ref": "read"}, "DISALLOW"]}]},
        },
        "Resources": {
            "S3Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}},
            "Own": policy("Private", actions, private or in_bucket(f"/private/{SUB}/*")),
            "All": policy("Read", "s3:GetObject", shared or in_bucket("/*")),
        },
    }
    templates = [Template(name="root", body=root, source="/root.json")]
    templates.append(Template(name="storage", body=child, source="/storage.json"))
    return prove(build_model(instantiate(templates)))


def test_an_app_whose_root_stack_refuses_what_all_users_would_read_is_proved() -> None:
    found = report()
    assert found.status is Status.PROVED, [each.story for each in found.findings]
    assert not [each for each in found.warnings if "taken to be none" in each]


def test_a_policy_of_a_role_that_no_template_has_is_told() -> None:
    assert [each for each in report(authRoleName={"Ref": "Env"}).warnings if "taken to be none" in each]


@pytest.mark.parametrize(
    "passed",
    [{"read": "ALLOW"}, {"read": {"Ref": "Env"}}, {"read": {"Fn::If": ["Lacking", "ALLOW", "DISALLOW"]}}],
    ids=["passed", "unknown", "conditional"],
)
def test_what_the_root_stack_allows_or_leaves_open_is_an_attack(passed: Document) -> None:
    assert report(**passed).status is Status.COUNTEREXAMPLE


def test_files_that_lack_the_owner_in_their_right_are_an_attack() -> None:
    both = [in_bucket(f"/private/{SUB}/*"), in_bucket("/private/*")]
    assert report(private=both).status is Status.COUNTEREXAMPLE


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("app-files", {"Fn::Join": ["", ["arn:aws:s3:::", PART, "/*"]]}),
        ("app-files", {"Fn::Join": ["", ["arn:aws:s3:::app", PART, "/*"]]}),
        ("app-files", {"Fn::Join": ["", ["arn:aws:s3:::", PART, "*/*"]]}),
        (NAME, "arn:aws:s3:::app7-dev/*"),
        (NAME, "arn:aws:s3:::app*/*"),
        (NAME, {"Fn::Sub": "arn:aws:s3:::app${AWS::StackName}-dev/*"}),
    ],
    ids=["whole", "beginning", "pattern", "literal", "literal pattern", "stack name"],
)
def test_a_part_of_a_stacks_name_may_make_the_name_of_a_bucket(name: Any, resource: Any) -> None:
    found = report(name=name, read="ALLOW", shared=resource)
    assert found.status in {Status.UNDECIDED, Status.COUNTEREXAMPLE}
