"""Condition keys of S3 requests: signature, storage class, copy source, tags, encryption, locks and version. Pure.

Sources: "Amazon S3 Signature Version 4 authentication-specific policy keys" (Amazon S3 API reference); "Actions,
resources, and condition keys for Amazon S3" (service authorization reference). Values in a request's body, such as
the tags of `PutObjectTagging`, are not read.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

_WRITE: Final = "s3:PutObject"
_OF_WRITES: Final = (
    "x-amz-copy-source", "x-amz-metadata-directive", "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class", "x-amz-website-redirect-location",
)  # fmt: skip
_RENAMED: Final = {
    "x-amz-object-lock-mode": "s3:object-lock-mode",
    "x-amz-object-lock-retain-until-date": "s3:object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold": "s3:object-lock-legal-hold",
    "if-none-match": "s3:if-none-match",
    "if-match": "s3:if-match",
}
_LISTS: Final = ("x-amz-acl", "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp", "x-amz-grant-write-acp",
                 "x-amz-grant-full-control")  # fmt: skip
_SETS_LIST: Final = frozenset({"s3:PutObjectAcl", "s3:PutObjectVersionAcl", "s3:PutBucketAcl", "s3:CreateBucket"})
_V2: Final = "AWS"
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"


def condition_keys(
    action: str, headers: Mapping[str, str], query: Mapping[str, Any], now: datetime | None = None
) -> dict[str, Any]:
    """Return the keys of a request and their values.

    Header names are in lower case and include the `x-amz-` parameters of a presigned URL. `now` is the current time
    unless a test sets it.
    """
    found: dict[str, Any] = dict(_of_signature(headers, query, now or datetime.now(UTC)))
    if action == _WRITE and not _first(query, "uploadId"):
        found |= {f"s3:{name}": headers[name] for name in _OF_WRITES if name in headers}
        found |= {key: headers[name] for name, key in _RENAMED.items() if name in headers}
        tags = dict(parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True))
        found |= {f"s3:RequestObjectTag/{name}": value for name, value in tags.items()}
        if tags:
            found["s3:RequestObjectTagKeys"] = list(tags)
    if action in _SETS_LIST:
        found |= {f"s3:{name}": headers[name] for name in _LISTS if name in headers}
    if version := _first(query, "versionId"):
        found["s3:VersionId"] = version
    return found


def _of_signature(headers: Mapping[str, str], query: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a signed request; an anonymous request has none."""
    algorithm, _, _ = headers.get("authorization", "").partition(" ")
    if algorithm:
        yield "s3:authType", "REST-HEADER"
        yield "s3:signatureversion", algorithm
        if digest := headers.get("x-amz-content-sha256"):
            yield "s3:x-amz-content-sha256", digest
        return
    algorithm = _first(query, "X-Amz-Algorithm") or (_V2 if _first(query, "AWSAccessKeyId") else "")
    if not algorithm:
        return
    yield "s3:authType", "REST-QUERY-STRING"
    yield "s3:signatureversion", algorithm
    if algorithm != _V2:
        yield "s3:x-amz-content-sha256", headers.get("x-amz-content-sha256", _UNSIGNED)
        yield "s3:signatureAge", _milliseconds_since(_first(query, "X-Amz-Date"), now)


def _milliseconds_since(signed: str, now: datetime) -> str | None:
    try:
        then = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return str(int((now - then).total_seconds() * 1000))


def _first(query: Mapping[str, Any], name: str) -> str:
    found = query.get(name) or query.get(name.lower()) or ""
    return str(found[0] if isinstance(found, list) else found)
