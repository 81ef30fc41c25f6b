"""Additional permissions that the headers of an S3 write require."""

import pytest

from constructs_lib.local.emulator.s3_header_rights import copies_tags, header_rights

ARN = "arn:aws:s3:::bucket/key"


@pytest.mark.parametrize(
    ("header", "right"),
    [
        ("x-amz-tagging", "s3:PutObjectTagging"),
        ("x-amz-acl", "s3:PutObjectAcl"),
        ("x-amz-grant-read", "s3:PutObjectAcl"),
        ("x-amz-grant-full-control", "s3:PutObjectAcl"),
        ("x-amz-object-lock-mode", "s3:PutObjectRetention"),
        ("x-amz-object-lock-legal-hold", "s3:PutObjectLegalHold"),
    ],
)
def test_a_header_that_sets_more_than_the_object_takes_a_right_of_its_own(header: str, right: str) -> None:
    assert list(header_rights({header: "x", "content-type": "text/plain"}, ARN)) == [(right, ARN)]


def test_a_right_is_asked_for_once() -> None:
    headers = {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z"}
    assert list(header_rights(headers, ARN)) == [("s3:PutObjectRetention", ARN)]


def test_a_copy_takes_the_tags_along_unless_it_replaces_them() -> None:
    source = {"x-amz-copy-source": "/bucket/other"}
    assert copies_tags(source)
    assert copies_tags({**source, "x-amz-tagging-directive": "COPY"})
    assert not copies_tags({**source, "x-amz-tagging-directive": "replace"})
    assert not copies_tags({})
