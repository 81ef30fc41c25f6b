"""Objects that a task of DataSync copies are inputs of what acts on them with a powerful role."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, of, ref, role, sub
from tests.analysis.proof.access_paths.services_with_roles import report
from tests.analysis.proof.access_paths.test_agent_inputs import PIPE, told

ELSEWHERE: Final = "arn:aws:s3:::else"


def copied(bucket: Any) -> Document:
    """A bucket that tells the queue of a pipe of its objects, to which a task copies those of another."""

    def at(arn: Any) -> Document:
        return of("AWS::DataSync::LocationS3", S3BucketArn=arn, S3Config={"BucketAccessRoleArn": att("Copies")})

    return {
        **PIPE, "Told": told(), "Copies": role("datasync.amazonaws.com"), "In": of("AWS::S3::Bucket"),
        "From": at(bucket), "To": at(att("Told")),
        "Task": of("AWS::DataSync::Task", SourceLocationArn=ref("From"), DestinationLocationArn=ref("To")),
    }  # fmt: skip


CASES: Final[dict[str, tuple[Any, Document, Status]]] = {
    "users write": (att("In"), allow("s3:PutObject", sub("${In.Arn}/*")), Status.UNDECIDED),
    "users write elsewhere": (ELSEWHERE, allow("s3:PutObject", f"{ELSEWHERE}/*"), Status.UNDECIDED),
    "users read elsewhere": (ELSEWHERE, allow("s3:GetObject", f"{ELSEWHERE}/*"), Status.PROVED),
    "users write, and no task copies": (ELSEWHERE, allow("s3:PutObject", "arn:aws:s3:::more/*"), Status.PROVED),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_who_writes_what_a_task_copies_feeds_what_acts_on_it(name: str) -> None:
    bucket, right, expected = CASES[name]
    found = report(copied(bucket), right)
    assert found.status is expected
    assert any("a signed-in user may feed Pipe" in each.story for each in found.findings) is (
        expected is Status.UNDECIDED
    )


def test_who_changes_the_task_feeds_what_acts_on_its_copies() -> None:
    found = report(copied(ELSEWHERE), allow("datasync:UpdateTask", ref("Task"))).findings
    assert any("a signed-in user may feed Pipe" in each.story for each in found)
