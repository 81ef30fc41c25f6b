"""Additions to statements for a bucket: use of its key, and tags that an object must have."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.access import Statement
from constructs_lib.cdk_tokens import is_token
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOT_IN_TAGS: Final = re.compile(r"[^\w +\-=.:/@]")
_GET: Final = "s3:GetObject"
_PUT: Final = "s3:PutObject"


def key_statements(
    statements: Iterable[Statement], *, key_arn: str, bucket_arn: str, via_service: str
) -> list[Statement]:
    """Return the permissions on the bucket's key that the given statements need, through S3 and for this bucket only.

    A multipart upload decrypts its own parts, so writing requires both (AWS: "Uploading and copying objects using
    multipart upload"). The encryption context is the bucket's ARN, or the object's where an upload requested that.
    `via_service` is S3's host name in the bucket's region.
    """
    allowed = {action for statement in statements if not statement.deny for action in statement.actions}
    actions = set()
    if _GET in allowed:
        actions.add("kms:Decrypt")
    if _PUT in allowed:
        actions |= {"kms:Decrypt", "kms:GenerateDataKey"}
    if not actions:
        return []
    return [
        Statement(
            actions=tuple(sorted(actions)),
            resources=(key_arn,),
            conditions={
                "StringEquals": {"kms:ViaService": via_service},
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket_arn, f"{bucket_arn}/*"]},
            },
        )
    ]


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse tags that no object can have, and an empty set, which would allow getting every object.

    Raises:
        ValueError: Naming the tag. The allowed characters are in Amazon S3's "Categorizing your objects using tags".
    """
    if not tags:
        raise ValueError("readable_when_tagged={} has no tag; remove it to allow reading of untagged objects")
    for key, value in tags.items():
        check_limits("a key of readable_when_tagged", key, "AWS::S3::Bucket", "Tags[].Key")
        check_limits(f"readable_when_tagged[{key!r}]", value, "AWS::S3::Bucket", "Tags[].Value")
        for text in (key, value):
            if not is_token(text) and (strange := _NOT_IN_TAGS.search(text)):
                raise ValueError(
                    f"readable_when_tagged={{{key!r}: {value!r}}} contains {strange[0]!r}, which is not allowed in an "
                    "object tag; use letters, digits, spaces and + - = . _ : / @ without wildcards"
                )


def get_only_tagged(statements: Iterable[Statement], tags: Mapping[str, str]) -> list[Statement]:
    """Limit getting to objects that have all these tags; other actions of the statements are unchanged."""
    condition = {"StringEquals": {f"s3:ExistingObjectTag/{name}": value for name, value in sorted(tags.items())}}
    narrowed = []
    for statement in statements:
        if statement.deny or _GET not in statement.actions:
            narrowed.append(statement)
            continue
        if others := tuple(action for action in statement.actions if action != _GET):
            narrowed.append(replace(statement, actions=others))
        narrowed.append(replace(statement, actions=(_GET,), conditions=condition))
    return narrowed
