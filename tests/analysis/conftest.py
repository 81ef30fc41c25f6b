"""A small Cognito template around the policies of a test."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.analysis import Model
from tests.proofs import models_of

SUB = "${cognito-identity.amazonaws.com:sub}"
BUCKET = {"Fn::GetAtt": ["Bucket", "Arn"]}
TABLE = {"Fn::GetAtt": ["Table", "Arn"]}

Document = dict[str, Any]
MakeModel = Callable[..., Model]


def join(arn: Document, rest: str) -> Document:
    return {"Fn::Join": ["", [arn, rest]]}


PUBLIC = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}
LISTED = {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": BUCKET,
    "Condition": {"StringLike": {"s3:prefix": ["public/*", f"private/{SUB}/*"]}},
}


def trust(*, amr: str | None = "authenticated", aud: Any = None) -> Document:
    conditions: Document = {"StringEquals": {"cognito-identity.amazonaws.com:aud": aud or {"Ref": "Pool"}}}
    if aud == "none":
        conditions = {}
    elif isinstance(aud, str):
        conditions = {"StringLike": {"cognito-identity.amazonaws.com:aud": aud}}
    if amr is not None:
        conditions["ForAnyValue:StringLike"] = {"cognito-identity.amazonaws.com:amr": amr}
    statement = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Condition": conditions,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def template(
    statements: list[Document],
    *,
    guest: list[Document] | None = None,
    version: str = "2012-10-17",
    more: Document | None = None,
    user_trust: Document | None = None,
    boundary: str = "",
    boundary_arn: str = "",
) -> Document:
    """Return a template whose signed-in users have these statements, and whose guests have theirs."""
    resources: Document = {
        "Pool": {
            "Type": "AWS::Cognito::IdentityPool",
            "Properties": {"AllowUnauthenticatedIdentities": guest is not None},
        },
        "User": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": user_trust or trust(),
                "Policies": [{"PolicyName": "P", "PolicyDocument": {"Version": version, "Statement": statements}}],
            },
        },
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}]},
        },
    }
    if boundary or boundary_arn:
        resources["User"]["Properties"]["PermissionsBoundary"] = boundary_arn or {"Ref": boundary}
    roles = {"authenticated": {"Fn::GetAtt": ["User", "Arn"]}}
    if guest is not None:
        roles["unauthenticated"] = {"Fn::GetAtt": ["Guest", "Arn"]}
        resources["Guest"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": trust(amr="unauthenticated"),
                "Policies": [{"PolicyName": "P", "PolicyDocument": {"Version": "2012-10-17", "Statement": guest}}],
            },
        }
    resources["Attachment"] = {
        "Type": "AWS::Cognito::IdentityPoolRoleAttachment",
        "Properties": {"IdentityPoolId": {"Ref": "Pool"}, "Roles": roles},
    }
    return {"Resources": {**resources, **(more or {})}}


@pytest.fixture(scope="session")
def make_model() -> MakeModel:
    """Return a function that builds a model from a policy's statements."""

    def make(statements: list[Document], **options: Any) -> Model:
        (model,) = models_of(template(statements, **options))
        return model

    return make
