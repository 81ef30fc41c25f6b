"""Properties that are policies of IAM are read as such, and policies of other kinds are not."""

import json
from typing import Any, Final

import pytest

from constructs_lib.analysis.model.policy_documents import documents_of
from constructs_lib.analysis.model.resources import Resource
from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import of
from tests.analysis.proof.access_paths.services_with_roles import report

STATEMENT: Final = {"Effect": "Allow", "Principal": "*", "Action": "sns:Subscribe", "Resource": "*"}
IAM: Final = {"Version": "2012-10-17", "Statement": [STATEMENT]}
MASKED: Final = {
    "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/Address"],
    "Operation": {"Deidentify": {}},
}
PROTECTION: Final = {
    "Name": "d", "Version": "2021-06-01", "Statement": [{**MASKED, "DataDirection": "Inbound", "Principal": ["*"]}]
}  # fmt: skip
UNKNOWN: Final = "⟦parameter P⟧"


def documents(kind: str, **properties: Any) -> int:
    return len(list(documents_of(Resource(id="r", logical_id="R", type=kind, properties=properties, name="R"))))


@pytest.mark.parametrize(
    ("kind", "properties", "count"),
    [
        ("AWS::SNS::TopicPolicy", {"PolicyDocument": IAM}, 1),
        ("AWS::SNS::TopicPolicy", {"PolicyDocument": json.dumps(IAM)}, 1),
        ("AWS::SNS::TopicPolicy", {"PolicyDocument": UNKNOWN}, 1),
        ("AWS::SNS::Topic", {"DataProtectionPolicy": PROTECTION}, 0),
        ("AWS::Logs::LogGroup", {"DataProtectionPolicy": json.dumps(PROTECTION)}, 0),
        ("AWS::Logs::LogGroup", {"DataProtectionPolicy": UNKNOWN}, 0),
        ("AWS::Logs::LogGroup", {"DataProtectionPolicy": PROTECTION, "ResourcePolicyDocument": IAM}, 1),
        ("AWS::Logs::AccountPolicy", {"PolicyDocument": json.dumps(PROTECTION), "PolicyType": "x"}, 0),
        ("AWS::SQS::Queue", {"RedrivePolicy": {"deadLetterTargetArn": "arn"}}, 0),
    ],
)
def test_a_policy_of_data_protection_is_none_of_iam(kind: str, properties: Document, count: int) -> None:
    assert documents(kind, **properties) == count


def test_data_protection_lets_nobody_in() -> None:
    topic = of("AWS::SNS::Topic", DataProtectionPolicy=PROTECTION)
    group = of("AWS::Logs::LogGroup", DataProtectionPolicy=PROTECTION)
    assert report({"Topic": topic, "Group": group}).status is Status.PROVED
