"""Two resources with the same single-valued setting leave the proof undecided."""

from typing import Any

import pytest

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import Document, template
from tests.analysis.proof.test_traps import OWN, ROWS

DOCUMENT: Document = {"Version": "2012-10-17", "Statement": []}
TWICE: dict[str, tuple[str, Document]] = {
    "bucket policies": ("AWS::S3::BucketPolicy", {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": DOCUMENT}),
    "inline policies": (
        "AWS::IAM::RolePolicy", {"RoleName": {"Ref": "User"}, "PolicyName": "more", "PolicyDocument": DOCUMENT}
    ),
    "policies of one name": (
        "AWS::IAM::Policy", {"Roles": [{"Ref": "User"}], "PolicyName": "more", "PolicyDocument": DOCUMENT}
    ),
    "attachments": ("AWS::Cognito::IdentityPoolRoleAttachment", {
        "IdentityPoolId": "us-east-1:other", "Roles": {"authenticated": {"Fn::GetAtt": ["User", "Arn"]}}}),
    "tag maps": ("AWS::Cognito::IdentityPoolPrincipalTag", {
        "IdentityPoolId": {"Ref": "Pool"}, "IdentityProviderName": "p", "PrincipalTags": {"a": "sub"}}),
    "queue policies": ("AWS::SQS::QueuePolicy", {"Queues": ["q", "r"], "PolicyDocument": DOCUMENT}),
    "topic policies": ("AWS::SNS::TopicPolicy", {"Topics": ["t"], "PolicyDocument": DOCUMENT}),
    "secret policies": ("AWS::SecretsManager::ResourcePolicy", {"SecretId": "s", "ResourcePolicy": DOCUMENT}),
    "stream policies": ("AWS::Kinesis::ResourcePolicy", {"ResourceArn": "a", "ResourcePolicy": DOCUMENT}),
}  # fmt: skip


def report(more: dict[str, Any]) -> Any:
    return prove(build_model([Template(name="T", body=template([OWN, ROWS], more=more), source="test")]))


@pytest.mark.parametrize("name", TWICE)
def test_two_that_set_one_thing_are_no_proof_and_are_named(name: str) -> None:
    kind, properties = TWICE[name]
    found = report({each: {"Type": kind, "Properties": properties} for each in ("First", "Second")})
    assert found.status is Status.UNDECIDED
    assert any(f"First and Second are both the {kind}" in each.story for each in found.findings)


@pytest.mark.parametrize("name", TWICE)
def test_one_that_sets_another_thing_is_no_second(name: str) -> None:
    kind, properties = TWICE[name]
    first = next(iter(properties))
    other = properties | {first: ["elsewhere"] if isinstance(properties[first], list) else "elsewhere"}
    resources = {"First": {"Type": kind, "Properties": properties}, "Second": {"Type": kind, "Properties": other}}
    assert not any("are both the" in each.story for each in report(resources).findings)


def test_the_same_policy_under_two_conditions_that_exclude_each_other_is_one() -> None:
    policy = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": DOCUMENT}
    more = {
        name: {"Type": "AWS::S3::BucketPolicy", "Condition": name, "Properties": policy} for name in ("Prod", "Dev")
    }
    body = template([OWN], more=more) | {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {
            "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
            "Dev": {"Fn::Not": [{"Condition": "Prod"}]},
        },
    }
    assert prove(build_model([Template(name="T", body=body, source="test")])).status is Status.PROVED


def test_two_policies_of_one_bucket_are_told_once() -> None:
    kind, properties = TWICE["bucket policies"]
    found = report({each: {"Type": kind, "Properties": properties} for each in ("First", "Second")})
    assert len([each for each in found.findings if "First" in each.story]) == 1
