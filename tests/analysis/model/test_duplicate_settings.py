"""Two resources with the same single-valued setting leave the proof undecided."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import models_of, proof_of

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
    return proof_of(template([OWN, ROWS], more=more))


@pytest.mark.parametrize("name", TWICE)
def test_two_that_set_one_thing_are_no_proof_and_are_named(name: str) -> None:
    kind, properties = TWICE[name]
    found = report({each: {"Type": kind, "Properties": properties} for each in ("First", "Second")})
    assert found.status is Status.UNDECIDED
    what = "inline policy more" if "::IAM::" in kind else kind
    assert any(f"First and Second are both the {what}" in each.story for each in found.findings)


@pytest.mark.parametrize("name", TWICE)
def test_one_that_sets_another_thing_is_no_second(name: str) -> None:
    kind, properties = TWICE[name]
    first = next(iter(properties))
    other = properties | {first: ["elsewhere"] if isinstance(properties[first], list) else "elsewhere"}
    resources = {"First": {"Type": kind, "Properties": properties}, "Second": {"Type": kind, "Properties": other}}
    assert not any("are both the" in each.story for each in report(resources).findings)


def _more(kind: str, name: Any, **targets: Any) -> Document:
    return {"Type": kind, "Properties": {"PolicyName": name, "PolicyDocument": DOCUMENT, **targets}}


ON_ROLE = {"Roles": [{"Ref": "User"}]}
ROLE_POLICY = _more("AWS::IAM::RolePolicy", "more", RoleName={"Ref": "User"})
IN_PART = {"Fn::Sub": "${AWS::StackName}-user"}


@pytest.mark.parametrize(("of_role", "to"), [("app-user", IN_PART), (IN_PART, "app-user"), ("app-user", "App-User")])
def test_inline_policies_of_a_role_whose_name_is_known_in_part_are_named(of_role: Any, to: Any) -> None:
    code = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": of_role, "AssumeRolePolicyDocument": DOCUMENT}}
    first = _more("AWS::IAM::Policy", "more", Roles=[{"Ref": "Code"}, {"Ref": "Code"}])
    second = _more("AWS::IAM::RolePolicy", "more", RoleName=to)
    body = template([OWN], more={"Code": code, "First": first, "Second": second})
    (model,) = models_of(body)
    assert [each for each in model.gaps if "are both the inline policy more of Code" in each]
    assert not [each for each in model.gaps if "First and First" in each]


PRINCIPALS: dict[str, tuple[str, str, str]] = {"user": ("UserPolicy", "UserName", "Users"),
                                               "group": ("GroupPolicy", "GroupName", "Groups")}  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        _more("AWS::IAM::Policy", "more", **ON_ROLE),
        _more("AWS::IAM::Policy", "MORE", **ON_ROLE),
        _more("AWS::IAM::Policy", {"Fn::Sub": "${AWS::StackName}re"}, **ON_ROLE),
    ],
)
def test_inline_policies_of_one_name_by_two_types_are_named(other: Document) -> None:
    found = report({"First": other, "Second": ROLE_POLICY})
    assert found.status is Status.UNDECIDED
    assert any("First and Second are both the inline policy" in each.story for each in found.findings)


@pytest.mark.parametrize("what", PRINCIPALS)
def test_inline_policies_of_one_name_of_users_and_groups_are_named(what: str) -> None:
    kind, by_name, among = PRINCIPALS[what]
    own = [{"PolicyName": name, "PolicyDocument": DOCUMENT} for name in ("own", "own", "other")]
    holder = {"Type": f"AWS::IAM::{what.title()}", "Properties": {"Policies": own}}
    first = _more(f"AWS::IAM::{kind}", "more", **{by_name: {"Ref": "Who"}})
    second = _more("AWS::IAM::Policy", "more", **{among: [{"Ref": "Who"}]})
    body = template([OWN], more={"Who": holder, "First": first, "Second": second})
    (model,) = models_of(body)
    unknown = "which of the two holds is not known"
    assert list(model.gaps) == [
        f"Who's own policy and Who's own policy are both the inline policy own of Who: {unknown}",
        f"Second and First are both the inline policy more of Who: {unknown}",
    ]


@pytest.mark.parametrize(
    "other",
    [
        _more("AWS::IAM::Policy", "another", **ON_ROLE),
        _more("AWS::IAM::Policy", {"Ref": "P"}, **ON_ROLE),
        _more("AWS::IAM::Policy", "more", Groups=[{"Ref": "User"}]),
        _more("AWS::IAM::Policy", "more", Roles=[{"Ref": "Code"}]),
        _more("AWS::IAM::ManagedPolicy", "more", **ON_ROLE),
    ],
)
def test_inline_policies_of_other_names_or_principals_are_others(other: Document) -> None:
    code = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": DOCUMENT}}
    body = template([OWN], more={"First": other, "Second": ROLE_POLICY, "Code": code})
    body["Parameters"] = {"P": {"Type": "String"}}
    found = proof_of(body)
    assert not any("are both the" in each.story for each in found.findings)


@pytest.mark.parametrize(("service", "many", "one"), [("SQS", "Queue", "Queue"), ("SNS", "Topic", "TopicArn")])
def test_a_policy_and_an_inline_policy_of_one_resource_set_one_thing(service: str, many: str, one: str) -> None:
    policies = {
        "First": {
            "Type": f"AWS::{service}::{many}Policy",
            "Properties": {f"{many}s": ["q"], "PolicyDocument": DOCUMENT},
        },
        "Second": {"Type": f"AWS::{service}::{many}InlinePolicy", "Properties": {one: "q", "PolicyDocument": DOCUMENT}},
    }
    assert any("First and Second are both the" in each.story for each in report(policies).findings)


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
    assert proof_of(body).status is Status.PROVED


def test_two_policies_of_one_bucket_are_told_once() -> None:
    kind, properties = TWICE["bucket policies"]
    found = report({each: {"Type": kind, "Properties": properties} for each in ("First", "Second")})
    assert len([each for each in found.findings if "First" in each.story]) == 1
