"""Every question is checked: each has a template that it does not prove."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Question, Report, Status
from tests.analysis.conftest import BUCKET, Document, join, template, trust
from tests.analysis.proof.test_tenants import changed
from tests.analysis.proof.test_traps import OWN, allow, bucket_policy
from tests.proofs import proof_of


def proof(statements: list[Document], **options: Any) -> Report:
    return proof_of(template(statements, **options))


def opened(principal: Any) -> Document:
    public = bucket_policy(allow("s3:GetObject", join(BUCKET, "/*"), Principal=principal))
    settings = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": False}}
    return {**public, "Bucket": {"Type": "AWS::S3::Bucket", "Properties": settings}}


def untagged() -> Report:
    def change(resources: Document) -> None:
        statement = resources["Admin"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        statement["Action"] = "sts:AssumeRoleWithWebIdentity"

    return changed(change)


def replicated() -> Report:
    rule = {"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::elsewhere"}}
    copies = {"ReplicationConfiguration": {"Role": "arn:aws:iam::111122223333:role/r", "Rules": [rule]}}
    return proof([OWN], more={"Bucket": {"Type": "AWS::S3::Bucket", "Properties": copies}})


ASKED: dict[Question, Callable[[], Report]] = {
    Question.OTHERS_DATA: lambda: proof([OWN, allow("s3:GetObject", join(BUCKET, "/private/*"))]),
    Question.TRUST: lambda: proof([OWN], user_trust=trust(aud="none")),
    Question.ESCALATION: lambda: proof([OWN, allow("iam:PutRolePolicy", "*")]),
    Question.INTERNET: lambda: proof([OWN], more=opened("*")),
    Question.FOREIGN: lambda: proof([OWN], more=opened({"AWS": "arn:aws:iam::111122223333:root"})),
    Question.ANOTHER_WAY: replicated,
    Question.SESSION_TAGS: untagged,
}


def test_every_question_is_here() -> None:
    assert ASKED.keys() == {*Question}


@pytest.mark.parametrize("question", ASKED)
def test_a_question_is_asked(question: Question) -> None:
    report = ASKED[question]()
    assert report.status is not Status.PROVED
    found = {each.question for each in report.findings if each.status is not Status.PROVED}
    assert question in found
