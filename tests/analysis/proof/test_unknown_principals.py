"""A resource policy's principal that a template does not determine may be everyone, also without credentials."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Question, Report, Status
from tests.analysis.conftest import BUCKET, Document, join, template
from tests.analysis.proof.test_anonymous_access import MINE, OTHERS
from tests.analysis.proof.test_route_authorizers import USERS, call, rest
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import proof_of

ARN = "arn:aws:iam::111122223333:role/Reader"
PARAMETERS: dict[str, Document] = {
    "with an ARN as default": {"Type": "String", "Default": ARN},
    "without a default": {"Type": "String"},
    "with a pattern": {"Type": "String", "AllowedPattern": "arn:aws:iam::[0-9]+:role/.+"},
    "with a star as default": {"Type": "String", "Default": "*"},
}
PRINCIPALS: dict[str, Any] = {
    "a parameter": {"AWS": {"Ref": "Who"}},
    "a parameter as the whole": {"Ref": "Who"},
    "an import": {"AWS": {"Fn::ImportValue": "who"}},
    "a custom resource": {"AWS": {"Fn::GetAtt": ["Custom", "Who"]}},
}
NOT_BLOCKED = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
)


def proof(body: Document, parameter: Document | None = None) -> Report:
    body["Parameters"] = {"Who": parameter or {"Type": "String"}}
    body["Resources"]["Custom"] = {"Type": "Custom::Who", "Properties": {"ServiceToken": "x"}}
    return proof_of(body)


def letting(principal: Any, action: str, resource: Any) -> Document:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def of_internet(report: Report) -> set[Status]:
    return {each.status for each in report.findings if each.question is Question.INTERNET}


def bucket(principal: Any, **properties: Any) -> Document:
    document = letting(principal, "s3:GetObject", join(BUCKET, "/*"))
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document}}
    body = template([OWN], more={"Policy": policy})
    body["Resources"]["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": properties}
    return body


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_a_buckets_principal_that_is_a_parameter_proves_nothing(parameter: Document) -> None:
    """A default and a pattern are not relied on: a default can be overridden, and a pattern may match a star."""
    report = proof(bucket({"AWS": {"Ref": "Who"}}, PublicAccessBlockConfiguration=NOT_BLOCKED), parameter)
    assert report.status is not Status.PROVED
    assert of_internet(report) == {Status.UNDECIDED}


@pytest.mark.parametrize("principal", PRINCIPALS.values(), ids=PRINCIPALS)
def test_an_unknown_principal_of_a_bucket_that_blocks_public_access_is_not_anonymous(principal: Any) -> None:
    report = proof(bucket(principal))
    assert report.status is not Status.PROVED
    assert of_internet(report) == {Status.PROVED}


@pytest.mark.parametrize("principal", PRINCIPALS.values(), ids=PRINCIPALS)
def test_an_unknown_principal_may_call_an_open_route(principal: Any) -> None:
    """The API's policy alone decides calls of a route without an authorizer."""
    document = letting(principal, "execute-api:Invoke", "execute-api:/*")
    routes = rest(("users/{id}", "GET", "NONE"), api={"Policy": document})
    assert of_internet(proof(template([call(USERS)], more=routes))) == {Status.UNDECIDED}


@pytest.mark.parametrize("principal", PRINCIPALS.values(), ids=PRINCIPALS)
def test_an_unknown_principal_may_read_a_queue_that_no_role_may(principal: Any) -> None:
    body = template([allow("sqs:ReceiveMessage", MINE), OTHERS])
    body["Resources"]["Open"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": ["https://sqs.us-east-1.amazonaws.com/111122223333/to-x"],
            "PolicyDocument": letting(principal, "sqs:ReceiveMessage", "*"),
        },
    }
    assert of_internet(proof(body)) == {Status.UNDECIDED}


def test_a_principal_whose_account_is_unknown_is_not_anonymous() -> None:
    report = proof(bucket({"AWS": {"Fn::Sub": "arn:aws:iam::${Who}:root"}}, PublicAccessBlockConfiguration=NOT_BLOCKED))
    assert report.status is not Status.PROVED
    assert of_internet(report) == set()
