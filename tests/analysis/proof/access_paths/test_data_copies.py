"""A copy in a bucket that has owners itself is asked like any other, and one's own objects there are no copy."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, join, of, ref
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import proof_of

MINE: Final = allow("s3:GetObject", join(att("Media"), "/profile/${cognito-identity.amazonaws.com:sub}/*"))
INVENTORY: Final = {"BucketArn": att("Media"), "Format": "CSV"}
COPIED: Final[dict[str, Document]] = {
    "access logs": {"LoggingConfiguration": {"DestinationBucketName": ref("Media"), "LogFilePrefix": "logs/"}},
    "an inventory": {"InventoryConfigurations": [{"Id": "i", "Destination": {**INVENTORY, "Prefix": "logs"}}]},
    "an analysis": {
        "AnalyticsConfigurations": [
            {"Id": "a", "StorageClassAnalysis": {"DataExport": {"Destination": {**INVENTORY, "Prefix": "logs"}}}}
        ]
    },
    "access logs without a beginning": {"LoggingConfiguration": {"DestinationBucketName": ref("Media")}},
    "an inventory of some objects": {
        "InventoryConfigurations": [{"Id": "i", "Prefix": "private/", "Destination": INVENTORY}]
    },
}
"""What AWS copies from the bucket of user folders to another bucket of user folders."""


def proved(*rights: Document, bucket: Document, media: Document | None = None, **more: Any) -> Report:
    resources = {"Bucket": of("AWS::S3::Bucket", **bucket), "Media": of("AWS::S3::Bucket", **(media or {})), **more}
    return proof_of(template([OWN, MINE, *rights], more=resources))


def readers(report: Report) -> list[str]:
    return [each.caller for each in report.findings if each.status is Status.UNDECIDED]


@pytest.mark.parametrize("name", COPIED)
def test_a_copy_in_a_bucket_with_owners_is_read_by_those_who_read_it_there(name: str) -> None:
    report = proved(allow("s3:GetObject", join(att("Media"), "/logs/*")), bucket=COPIED[name])
    assert readers(report) == ["a signed-in user"]


@pytest.mark.parametrize("name", COPIED)
def test_ones_own_objects_beside_a_copy_stay_proved(name: str) -> None:
    report = proved(bucket=COPIED[name])
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


def test_other_objects_beside_a_copy_with_a_beginning_stay_proved() -> None:
    report = proved(allow("s3:GetObject", join(att("Media"), "/open/*")), bucket=COPIED["access logs"])
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


def test_an_iam_user_reads_the_access_logs_that_a_bucket_keeps_itself() -> None:
    said = {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", join(att("Bucket"), "/logs/*"))]}
    user = of("AWS::IAM::User", Policies=[{"PolicyName": "P", "PolicyDocument": said}])
    report = proved(bucket={"LoggingConfiguration": {"LogFilePrefix": "logs/"}}, Auditor=user)
    assert readers(report) == ["IAM user Auditor"]


def test_copies_of_a_copy_are_asked_below_their_keys() -> None:
    replica = {"Status": "Enabled", "Destination": {"Bucket": att("Copy")}}
    media = {"ReplicationConfiguration": {"Role": "arn:aws:iam::123456789012:role/x", "Rules": [replica]}}
    read = allow("s3:GetObject", join(att("Copy"), "/logs/*"))
    report = proved(read, bucket=COPIED["access logs"], media=media, Copy=of("AWS::S3::Bucket"))
    assert readers(report) == ["a signed-in user"]
    other = allow("s3:GetObject", join(att("Copy"), "/open/*"))
    report = proved(other, bucket=COPIED["access logs"], media=media, Copy=of("AWS::S3::Bucket"))
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


def test_objects_that_are_replicated_to_a_bucket_with_owners_are_asked_there() -> None:
    replica = {"Status": "Enabled", "Destination": {"Bucket": att("Media")}}
    bucket = {"ReplicationConfiguration": {"Role": "arn:aws:iam::123456789012:role/x", "Rules": [replica]}}
    vendor = {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"}
    said = allow("s3:GetObject", join(att("Media"), "/private/*"), Principal=vendor)
    policy = of("AWS::S3::BucketPolicy", Bucket=ref("Media"), PolicyDocument={"Statement": [said]})
    assert readers(proved(bucket=bucket, Policy=policy)) == [vendor["Federated"]]
    assert proved(bucket=bucket).status is Status.PROVED
