"""`cannot` does not hold where an unknown part of the templates may allow it."""

from typing import Any

import pytest

from constructs_lib.testing import assert_access
from tests.analysis.conftest import BUCKET, SUB, Document, join, template

OWN = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}
OTHERS = "get Bucket private/{other}/*"


def app(*statements: Document, more: Document | None = None) -> Document:
    return {**template([OWN, *statements], more=more), "Parameters": {"Elsewhere": {"Type": "String"}}}


def with_policy(body: Document, arn: Any) -> Document:
    body["Resources"]["User"]["Properties"]["ManagedPolicyArns"] = [arn]
    return body


def policy(value: Any) -> Document:
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": value}}


ELSEWHERE = {"Ref": "Elsewhere"}
POINT = {"Type": "AWS::S3::AccessPoint", "Properties": {"Bucket": {"Ref": "Bucket"}, "Name": "point"}}
UNKNOWN: dict[str, tuple[Document, str]] = {
    "a managed policy": (with_policy(app(), ELSEWHERE), "has the managed policy outside the templates"),
    "an action": (app({"Effect": "Allow", "Action": ELSEWHERE, "Resource": "*"}), "parameter Elsewhere"),
    "an action that the data does not have": (
        app({"Effect": "Allow", "Action": "s3:GetObjectsBatch", "Resource": join(BUCKET, "/*")}),
        "s3:GetObjectsBatch is no action in AWS's data of",
    ),
    "a bucket policy": (app(more={"Policy": policy(ELSEWHERE)}), "the policy is parameter Elsewhere"),
    "another way to objects": (app(more={"Point": POINT}), "is a way to objects"),
    "a macro": ({**app(), "Transform": "Macro"}, "goes through the macro Macro"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_claim_that_an_unknown_part_may_break_is_not_decided_and_the_part_is_named(name: str) -> None:
    body, named = UNKNOWN[name]
    with pytest.raises(AssertionError, match=f"cannot get .*: not decided .*{named}"):
        assert_access(body, "authenticated", cannot=[OTHERS])
    assert_access(body, "authenticated", can=["get Bucket private/{owner}/*"])


def test_an_unknown_part_that_cannot_allow_it_is_no_matter() -> None:
    body = app({"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/${Elsewhere}")})
    body["Resources"]["User"]["Properties"]["Policies"].append(
        {"PolicyName": "Q", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ELSEWHERE}]}}
    )  # fmt: skip
    assert_access(body, "authenticated", cannot=[OTHERS])


def test_a_bucket_with_a_public_acl_is_not_decided() -> None:
    block = {"IgnorePublicAcls": False}
    properties = {"AccessControl": "PublicRead", "PublicAccessBlockConfiguration": block}
    body = app(more={"Files": {"Type": "AWS::S3::Bucket", "Properties": properties}})
    with pytest.raises(AssertionError, match="Files has the ACL PublicRead, which is not evaluated"):
        assert_access(body, "internet", cannot=["get Files *"])


def test_an_action_that_the_data_does_not_have_breaks_no_claim_about_another_place() -> None:
    new = {"Effect": "Allow", "Action": "s3:GetObjectsBatch", "Resource": join(BUCKET, "/public/*")}
    assert_access(app(new), "authenticated", cannot=[OTHERS])
