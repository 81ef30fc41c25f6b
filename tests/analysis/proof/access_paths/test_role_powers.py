"""Services that do with a role what their settings say: what its policies allow beyond that is used by nobody."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, join, of, reads, ref, role, sub
from tests.analysis.proof.access_paths.services_with_roles import IAM, IMPORTED, NAMES, report
from tests.analysis.proof.access_paths.test_access_paths import followed

AWS: Final = "arn:aws:iam::aws:policy/service-role/"
LAKE: Final = {"Lake": of("AWS::S3::Bucket")}
WRITES: Final = allow("s3:PutObject", sub("${Lake.Arn}/*"))


def managed(service: str, name: str) -> Document:
    made = role(service)
    return {**made, "Properties": {**made["Properties"], "ManagedPolicyArns": [f"{AWS}{name}"]}}


def crawler(target: Any, **more: Any) -> Document:
    made = of("AWS::Glue::Crawler", Role=att("Crawls"), DatabaseName="d", Targets={"S3Targets": [{"Path": target}]})
    return {**LAKE, "Crawler": made, "Crawls": managed("glue.amazonaws.com", "AWSGlueServiceRole"), **more}


def canary(*rights: Document, **code: Any) -> Document:
    made = of("AWS::Synthetics::Canary", ExecutionRoleArn=att("Runs"), Name="c", Code=code or {"Script": "x"},
              ArtifactS3Location=join("s3://", ref("Lake")))  # fmt: skip
    return {**LAKE, "Canary": made, "Runs": role("lambda.amazonaws.com", WRITES, *rights)}


RECORDER: Final = {
    "Recorder": of("AWS::Config::ConfigurationRecorder", RoleARN=att("Records")),
    "Records": managed("config.amazonaws.com", "AWS_ConfigRole"),
}
SHUT: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a crawler of another bucket": (crawler(join("s3://", ref("Lake"), "/")), (WRITES,)),
    "a canary that writes its screenshots": (canary(), (WRITES,)),
    "a recorder of settings": (RECORDER, ()),
}
OPEN: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a crawler of owned objects": (crawler(join("s3://", ref(NAMES.bucket), "/")), ()),
    "a crawler of what a parameter says": (crawler(IMPORTED), ()),
    "a canary that reads owned objects": (canary(*reads(NAMES)), ()),
    "a canary whose role may do more": (canary(IAM), ()),
    "a canary whose code users write": (canary(S3Bucket=ref("Lake"), S3Key="canary.zip"), (WRITES,)),
    "another resource with the crawler's role": (
        crawler(join("s3://", ref("Lake"), "/"), Also=of("AWS::Glue::Session", Role=att("Crawls"))), ()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHUT)
def test_a_service_that_does_what_its_settings_say_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]


@pytest.mark.parametrize("name", OPEN)
def test_a_service_that_reads_owned_data_or_runs_code_of_users_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    assert followed(report(resources, *rights)) is Status.UNDECIDED
