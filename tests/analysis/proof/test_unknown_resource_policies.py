"""A resource policy that is unknown may name a session, which no boundary and no session policy limits."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.engine.cvc5_engine import Cvc5
from constructs_lib.analysis.proof.findings import Question, Status
from tests.analysis.conftest import BUCKET, SUB, Document, join, template
from tests.analysis.proof.test_traps import OWN
from tests.proofs import proof_of

BOUNDARY = {
    "Type": "AWS::IAM::ManagedPolicy",
    "Properties": {
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:PutObject"],
                    "Resource": join(BUCKET, f"/private/{SUB}/*"),
                }
            ],
        }
    },
}


def bounded(document: Any) -> Document:
    """Return an app whose users have a boundary, with a bucket policy."""
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document},
    }
    body = copy.deepcopy(template([OWN], more={"Policy": policy, "Boundary": BOUNDARY}))
    body["Parameters"] = {"Who": {"Type": "String"}}
    body["Resources"]["User"]["Properties"]["PermissionsBoundary"] = {"Ref": "Boundary"}
    return body


def reading(principal: Any) -> Document:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": join(BUCKET, "/*")}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"Fn::ImportValue": "policy"}, Status.UNDECIDED),
        (reading({"AWS": {"Ref": "Who"}}), Status.UNDECIDED),
        (reading("*"), Status.COUNTEREXAMPLE),
        (reading({"AWS": {"Fn::GetAtt": ["User", "Arn"]}}), Status.PROVED),
    ],
    ids=["an unknown policy", "an unknown principal", "everyone", "the role, which the boundary limits"],
)
def test_a_boundary_does_not_limit_what_an_unknown_policy_may_give_a_session(document: Any, status: Status) -> None:
    with Cvc5() as second:
        report = proof_of(bounded(document), second=second)
    [worst] = {each.status for each in report.findings if each.question is Question.OTHERS_DATA} - {Status.PROVED} or {
        Status.PROVED
    }
    assert worst is status
