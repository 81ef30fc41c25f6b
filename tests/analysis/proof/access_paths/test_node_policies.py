"""Who reads a copy of owned data: identity policies say so, and so does the policy of the bucket, queue or topic."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import att, join, of, ref, role, sub
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_traps import OWN, allow

INVENTORY: Final = {"Id": "i", "Enabled": True, "IncludedObjectVersions": "All", "ScheduleFrequency": "Daily",
                    "Destination": {"BucketArn": att("Copy"), "Format": "CSV"}}  # fmt: skip
NOTIFICATION: Final = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": att("Queue")}]}
BLOCKED: Final = {"PublicAccessBlockConfiguration": {"BlockPublicPolicy": True, "RestrictPublicBuckets": True}}
TRUSTED: Final = role("ec2.amazonaws.com")
ROOT: Final = sub("arn:aws:iam::${AWS::AccountId}:root")
SESSION: Final = sub("arn:aws:sts::${AWS::AccountId}:assumed-role/${User}/CognitoIdentityCredentials")


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _inventory(principal: Any, copy: Document | None = None, **condition: Any) -> Report:
    """A bucket whose inventory goes to another, whose policy allows a principal."""
    granted = allow("s3:GetObject", join(att("Copy"), "/*"), Principal=principal)
    policy = _document({**granted, "Condition": condition} if condition else granted)
    more = {
        "Bucket": of("AWS::S3::Bucket", InventoryConfigurations=[INVENTORY]),
        "Copy": of("AWS::S3::Bucket", **(copy or {})),
        "CopyPolicy": of("AWS::S3::BucketPolicy", Bucket=ref("Copy"), PolicyDocument=policy),
        "Trusted": TRUSTED,
    }
    return proved([OWN], more=more)


READERS: Final[dict[str, tuple[Any, Document, Document]]] = {
    "the users' role": ({"AWS": att("User")}, {}, {}),
    "a session of the users' role": ({"AWS": SESSION}, {}, {}),
    "the identity pools": ({"Federated": "cognito-identity.amazonaws.com"}, {}, {}),
    "everyone": ("*", {}, {}),
    "everyone, where S3 blocks other accounts": ("*", BLOCKED, {}),
    "everyone of the account": ("*", {}, {"StringEquals": {"aws:PrincipalAccount": ref("AWS::AccountId")}}),
    "everyone with the users' role": ("*", {}, {"ArnEquals": {"aws:PrincipalArn": att("User")}}),
    "everyone with a role that may be the users'": (
        "*", {}, {"ArnLike": {"aws:PrincipalArn": sub("arn:aws:iam::${AWS::AccountId}:role/App-*")}}
    ),
    "everyone but a role": ("*", {}, {"ArnNotEquals": {"aws:PrincipalArn": att("Trusted")}}),
}  # fmt: skip
OTHERS: Final[dict[str, tuple[Any, Document]]] = {
    "a role of trusted code": ({"AWS": att("Trusted")}, {}),
    "the account, which asks identity policies": ({"AWS": ROOT}, {}),
    "a service for this account": ({"Service": "s3.amazonaws.com"},
                                   {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}),
    "everyone with the role of trusted code": ("*", {"ArnEquals": {"aws:PrincipalArn": att("Trusted")}}),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS, ids=lambda name: name.replace(" ", "-"))
def test_a_policy_of_a_copy_lets_callers_read_it(name: str) -> None:
    principal, copy, condition = READERS[name]
    report = _inventory(principal, copy, **condition)
    assert report.status is Status.UNDECIDED
    assert any(each.story.startswith("a signed-in user may read Copy") for each in report.findings)


def test_a_copy_that_is_open_to_the_internet_is_told_so() -> None:
    off = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False)
    stories = [each.story for each in _inventory("*", {"PublicAccessBlockConfiguration": off}).findings]
    assert any(each.startswith("anyone who meets the conditions (nothing) may reach Copy") for each in stories)


@pytest.mark.parametrize("name", OTHERS, ids=lambda name: name.replace(" ", "-"))
def test_a_policy_of_a_copy_for_trusted_code_and_services_opens_nothing(name: str) -> None:
    principal, condition = OTHERS[name]
    assert _inventory(principal, **condition).status is Status.PROVED


@pytest.mark.parametrize(
    ("action", "status"), [("sqs:ReceiveMessage", Status.UNDECIDED), ("sqs:SendMessage", Status.PROVED)]
)
def test_a_policy_of_a_queue_matters_if_it_shows_messages(action: str, status: Status) -> None:
    granted = allow(action, att("Queue"), Principal={"AWS": att("User")})
    more = {
        "Bucket": of("AWS::S3::Bucket", NotificationConfiguration=NOTIFICATION),
        "Queue": of("AWS::SQS::Queue"),
        "Policy": of("AWS::SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument=_document(granted)),
    }
    assert proved([OWN], more=more).status is status


def test_a_role_that_a_policy_of_a_copy_names_counts_as_one_that_reads_it() -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}
    more = {"Trusted": of("AWS::IAM::Role", AssumeRolePolicyDocument=_document(trust))}
    granted = allow("s3:GetObject", join(att("Copy"), "/*"), Principal={"AWS": att("Trusted")})
    more |= {
        "Bucket": of("AWS::S3::Bucket", InventoryConfigurations=[INVENTORY]),
        "Copy": of("AWS::S3::Bucket"),
        "CopyPolicy": of("AWS::S3::BucketPolicy", Bucket=ref("Copy"), PolicyDocument=_document(granted)),
    }
    report = proved([OWN], more=more)
    assert report.status is Status.UNDECIDED
    assert any(
        "can take the role Trusted, which reaches Bucket private/{owner}/*" in each.story for each in report.findings
    )
