"""A trail whose events name guests, or objects that are decrypted, is a copy of their names where it writes."""

from typing import Any, Final

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, join, of, ref
from tests.analysis.proof.test_traps import OWN, allow

POOLS: Final = {"Field": "resources.type", "Equals": ["AWS::Cognito::IdentityPool"]}
DATA: Final = {"Field": "eventCategory", "Equals": ["Data"]}
MANAGED: Final = {"Field": "eventCategory", "Equals": ["Management"]}


def simple(**selector: Any) -> Document:
    return {"EventSelectors": [selector]}


def advanced(*fields: Document) -> Document:
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


def encrypted(algorithm: Any = "aws:kms", **more: Any) -> Document:
    rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}, **more}
    return {"BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


def proved(trail: Document, *, guests: bool, bucket: Document | None = None, reads: bool = True) -> Report:
    read = [allow("s3:GetObject", join(att("Records"), "/*"))] if reads else []
    resources = {
        "Bucket": of("AWS::S3::Bucket", **(bucket or {})),
        "Records": of("AWS::S3::Bucket"),
        "Trail": of("AWS::CloudTrail::Trail", IsLogging=True, S3BucketName=ref("Records"), **trail),
    }
    body = template([OWN, *read], guest=[OWN] if guests else None, more=resources)
    return prove(build_model([Template(name="T", body=body, source="test")]))


NAMES_GUESTS: Final[dict[str, tuple[Document, bool]]] = {
    "the default": ({}, True),
    "management events": (simple(IncludeManagementEvents=True, ReadWriteType="All"), True),
    "management events that write": (simple(ReadWriteType="WriteOnly"), False),
    "no management events": (simple(IncludeManagementEvents=False), False),
    "management events without those of keys": (simple(ExcludeManagementEventSources=["kms.amazonaws.com"]), True),
    "by fields": (advanced(MANAGED), True),
    "by fields, those that write": (advanced(MANAGED, {"Field": "readOnly", "Equals": ["false"]}), False),
    "by fields, of another service": (advanced(MANAGED, {"Field": "eventSource", "StartsWith": ["s3."]}), False),
    "by fields, without the service": (
        advanced(MANAGED, {"Field": "eventSource", "NotEquals": ["sts.amazonaws.com"]}),
        False,
    ),
    "events of identity pools": (advanced(DATA, POOLS), True),
    "events of functions": (advanced(DATA, {"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]}), False),
    "a selector by an import": ({"AdvancedEventSelectors": [{"Fn::ImportValue": "Selector"}]}, True),
}


@pytest.mark.parametrize("name", NAMES_GUESTS)
def test_who_reads_the_records_of_a_trail_may_learn_of_guests(name: str) -> None:
    trail, told = NAMES_GUESTS[name]
    report = proved(trail, guests=True)
    assert report.status is (Status.UNDECIDED if told else Status.PROVED)


NAMES_OBJECTS: Final[dict[str, tuple[Document, Document, bool]]] = {
    "keys of objects": (encrypted(), {}, True),
    "two layers": (encrypted("aws:kms:dsse"), {}, True),
    "a key of the bucket": (encrypted(BucketKeyEnabled=True), {}, False),
    "keys of S3": (encrypted("AES256"), {}, False),
    "no setting": ({}, {}, False),
    "a setting by an import": ({"BucketEncryption": {"Fn::ImportValue": "E"}}, {}, True),
    "without events of keys": (encrypted(), simple(ExcludeManagementEventSources=["kms.amazonaws.com"]), False),
}


@pytest.mark.parametrize("name", NAMES_OBJECTS)
def test_who_reads_the_records_of_a_trail_may_learn_what_was_decrypted(name: str) -> None:
    bucket, trail, told = NAMES_OBJECTS[name]
    report = proved(trail, guests=False, bucket=bucket)
    assert any("keys that decrypt its objects" in each.story for each in report.findings) == told


def test_a_trail_that_no_caller_reads_stays_proved() -> None:
    report = proved({}, guests=True, bucket=encrypted(), reads=False)
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]
