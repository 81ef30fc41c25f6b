"""Whom the policy of a bucket with code lets write there: principals, CloudFront, and no service for the account."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import att, join, of, ref, role, sub
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_traps import OWN, allow

CLOUDFRONT: Final = {"Service": "cloudfront.amazonaws.com"}
OWN_ACCOUNT: Final = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}
DISTRIBUTION: Final = {"ArnLike": {"aws:SourceArn": sub("arn:aws:cloudfront::${AWS::AccountId}:distribution/*")}}
INVENTORY: Final = {"ArnEquals": {"aws:SourceArn": att("Bucket")}}


def _written(principal: Any, condition: Document | None = None, action: str = "s3:PutObject") -> Report:
    """Return the report on a function whose code is in a bucket with a policy."""
    granted = {**allow(action, join(att("Code"), "/*"), Principal=principal), "Condition": condition or {}}
    document = {"Version": "2012-10-17", "Statement": [granted]}
    more = {
        "Code": of("AWS::S3::Bucket"),
        "Policy": of("AWS::S3::BucketPolicy", Bucket=ref("Code"), PolicyDocument=document),
        "Role": role("lambda.amazonaws.com"),
        "Function": of("AWS::Lambda::Function", Code={"S3Bucket": ref("Code"), "S3Key": "a.zip"}, Role=att("Role")),
    }
    return proved([OWN], more=more)


WRITERS: Final[dict[str, tuple[Any, Document]]] = {
    "a user": ({"AWS": sub("arn:aws:iam::${AWS::AccountId}:user/anna")}, {}),
    "CloudFront": (CLOUDFRONT, {}),
    "CloudFront for a distribution": (CLOUDFRONT, DISTRIBUTION),
    "every service for a distribution": ("*", DISTRIBUTION),
    "every service for this account": ("*", OWN_ACCOUNT),
    "an unknown service": ({"Service": {"Fn::ImportValue": "service"}}, OWN_ACCOUNT),
}
OTHERS: Final[dict[str, tuple[Any, Document, str]]] = {
    "the account": ({"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")}, {}, "s3:PutObject"),
    "a service for this account": ({"Service": "s3.amazonaws.com"}, OWN_ACCOUNT, "s3:PutObject"),
    "every service for a bucket": ("*", INVENTORY, "s3:PutObject"),
    "CloudFront to read": (CLOUDFRONT, DISTRIBUTION, "s3:GetObject"),
}


@pytest.mark.parametrize("name", WRITERS, ids=lambda name: name.replace(" ", "-"))
def test_a_policy_lets_others_write_code(name: str) -> None:
    report = _written(*WRITERS[name])
    assert report.status is Status.UNDECIDED
    assert any("may write there: Function takes what Function runs" in each.story for each in report.findings)


@pytest.mark.parametrize("name", OTHERS, ids=lambda name: name.replace(" ", "-"))
def test_a_policy_for_reading_and_for_services_of_this_account_opens_no_code(name: str) -> None:
    principal, condition, action = OTHERS[name]
    assert _written(principal, condition, action).status is Status.PROVED
