"""Permissions that the headers of an S3 request require. Pure.

Source: the "Permissions" of PutObject, CopyObject and CreateMultipartUpload (Amazon S3 API reference): tags, an access
control list and a lock set together with an object each require the permission of the call that sets them alone.
"""

from collections.abc import Iterator, Mapping
from typing import Final

_GRANTS: Final = ("x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write-acp")
_RIGHT_OF: Final[dict[str, str]] = {
    "x-amz-tagging": "s3:PutObjectTagging",
    "x-amz-acl": "s3:PutObjectAcl",
    **dict.fromkeys(_GRANTS, "s3:PutObjectAcl"),
    "x-amz-object-lock-mode": "s3:PutObjectRetention",
    "x-amz-object-lock-retain-until-date": "s3:PutObjectRetention",
    "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
}


def header_rights(headers: Mapping[str, str], arn: str) -> Iterator[tuple[str, str]]:
    """Yield each action, with the object's ARN, that the headers of a write require; header names are in lower case."""
    yield from dict.fromkeys((_RIGHT_OF[name], arn) for name in headers if name in _RIGHT_OF)


def copies_tags(headers: Mapping[str, str]) -> bool:
    """Return whether a copy includes its source's tags, the default unless the request replaces them."""
    return "x-amz-copy-source" in headers and headers.get("x-amz-tagging-directive", "COPY").upper() != "REPLACE"
