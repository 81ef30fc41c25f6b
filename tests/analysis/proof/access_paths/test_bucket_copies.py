"""Copies of one bucket's objects into another from which code is loaded or a page is served."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, of, ref, role, sub
from tests.analysis.proof.access_paths.services_with_roles import ASSETS, IMPORTED, WRITES_CODE, report

WRITES: Final = allow("s3:PutObject", sub("${In.Arn}/*"))
SITE: Final[Document] = {"Assets": of("AWS::S3::Bucket", WebsiteConfiguration={"IndexDocument": "index.html"})}


def location(bucket: Any, folder: Any = None) -> Document:
    below = {} if folder is None else {"Subdirectory": folder}
    return of("AWS::DataSync::LocationS3", S3BucketArn=bucket, S3Config={"BucketAccessRoleArn": IMPORTED}, **below)


def synced(source: Any, to: Any, **more: Any) -> Document:
    task = of("AWS::DataSync::Task", SourceLocationArn=ref("From"), DestinationLocationArn=ref("To"))
    return {"In": of("AWS::S3::Bucket"), "From": source, "To": to, "Task": task, **more}


IN, OUT = location(att("In")), location(att("Assets"))
LITERAL: Final = "arn:aws:s3:::uploads-of-mine"
MID: Final = of("AWS::S3::Bucket", ReplicationConfiguration={
    "Role": "arn", "Rules": [{"Destination": {"Bucket": att("In")}}]})  # fmt: skip
SFTP: Final = {"ServerId": "s-1", "UserName": "u"}

OPEN: Final[dict[str, tuple[Document, tuple[Document, ...]]]] = {
    "code that a task copies": ({**ASSETS, **synced(IN, OUT)}, (WRITES,)),
    "code that a task copies into its folder": ({**ASSETS, **synced(IN, location(att("Assets"), "/code"))}, (WRITES,)),
    "code that a task copies into a folder that is not known": (
        {**ASSETS, **synced(IN, location(att("Assets"), {"Fn::ImportValue": "folder"}))}, (WRITES,)
    ),
    "code that a task copies out of a folder": (
        {**ASSETS, **synced(location(att("In"), "uploads/"), OUT)},
        (allow("s3:PutObject", sub("${In.Arn}/uploads/code/*")),),
    ),
    "code that a task copies from a bucket that no template has": (
        {**ASSETS, **synced(location(LITERAL), OUT)}, (allow("s3:PutObject", f"{LITERAL}/*"),)
    ),
    "code that a task copies from a replica": ({**ASSETS, **synced(IN, OUT, Mid=MID)}, (
        allow("s3:PutObject", sub("${Mid.Arn}/*")),)),
    "a page that a task copies": ({**SITE, **synced(IN, OUT)}, (WRITES,)),
    "scripts of a page that a task copies": ({**SITE, **synced(IN, OUT)}, (
        allow("s3:PutObject", sub("${In.Arn}/assets/*")),)),
    "scripts of a page that a task copies into their folder": (
        {**SITE, **synced(IN, location(att("Assets"), "/assets"))}, (WRITES,)
    ),
    "code that clients of a server write": (
        {**ASSETS, "Person": of("AWS::Transfer::User", Role=att("Writes"), HomeDirectory=sub("/${Assets}/code"),
                                **SFTP), "Writes": role("transfer.amazonaws.com", WRITES_CODE)}, ()
    ),
    "code that clients of a server write with a role elsewhere": (
        {**ASSETS, "Person": of("AWS::Transfer::User", Role=IMPORTED, HomeDirectory=sub("/${Assets}/code"), **SFTP)}, ()
    ),
    "code to which a workflow copies what clients send": (
        {**ASSETS, "Flow": of("AWS::Transfer::Workflow", Steps=[{"Type": "COPY", "CopyStepDetails": {
            "DestinationFileLocation": {"S3FileLocation": {"Bucket": ref("Assets"), "Key": "code/"}}}}])}, ()
    ),
}  # fmt: skip

SHUT: Final[dict[str, tuple[Document, tuple[Document, ...]]]] = {
    "a task from a bucket that users do not write": ({**ASSETS, **synced(IN, OUT)}, ()),
    "a task from another folder": ({**ASSETS, **synced(location(att("In"), "/open"), OUT)}, (
        allow("s3:PutObject", sub("${In.Arn}/uploads/*")),)),
    "a page from another folder": (
        {**SITE, **synced(location(att("In"), "/open"), OUT)}, (allow("s3:PutObject", sub("${In.Arn}/uploads/*")),)
    ),
    "a task to another folder": ({**ASSETS, **synced(IN, location(att("Assets"), "/media/"))}, (WRITES,)),
    "a task that copies the code elsewhere": ({**ASSETS, **synced(OUT, IN)}, (WRITES,)),
    "clients of a server with another bucket": (
        {**ASSETS, "Box": of("AWS::S3::Bucket"), "Person": of(
            "AWS::Transfer::User", Role=IMPORTED, HomeDirectory=sub("/${Box}/in"), **SFTP)}, ()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_who_writes_what_is_copied_to_code_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    assert report(resources, *rights).status is not Status.PROVED


@pytest.mark.parametrize("name", SHUT)
def test_a_copy_beside_code_or_of_what_nobody_writes_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]
