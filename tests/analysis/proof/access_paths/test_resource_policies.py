"""Policies of owned buckets that name no role of the templates: what they open."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.proof.access_paths.openings import att, join, of, ref, sub
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_traps import OWN, allow

APP: Final = sub("arn:aws:amplify:${AWS::Region}:${AWS::AccountId}:apps/a1/branches/main")
OWN_FOLDER: Final = "/private/${cognito-identity.amazonaws.com:sub}/*"


def _bucket(principal: Any, action: str, path: str, **condition: Any) -> Report:
    granted = {**allow(action, join(att("Bucket"), path), Principal=principal), "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [granted]}
    policy = of("AWS::S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=document)
    return proved([OWN], more={"Bucket": of("AWS::S3::Bucket"), "Policy": policy})


def test_everyone_with_an_identity_id_reaches_what_is_theirs_alone() -> None:
    assert _bucket("*", "s3:GetObject", OWN_FOLDER).status is Status.PROVED
    assert _bucket("*", "s3:GetObject", "/private/${aws:username}/*").status is Status.UNDECIDED


@pytest.mark.parametrize(
    ("action", "path", "status"),
    [
        ("s3:GetObject", "/*", Status.UNDECIDED),
        ("s3:GetObject", "/site/*", Status.PROVED),
        ("s3:ListBucket", "", Status.PROVED),
    ],
)
def test_amplify_hosting_publishes_the_objects_that_it_reads(action: str, path: str, status: Status) -> None:
    principal = {"Service": "amplify.amazonaws.com"}
    by = {"aws:SourceAccount": ref("AWS::AccountId"), "aws:SourceArn": APP}
    assert _bucket(principal, action, path, StringEquals=by).status is status
