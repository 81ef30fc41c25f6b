"""The condition keys of an S3 request, and denials that name them."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from botocore.config import Config

from constructs_lib.local.emulator.s3_condition_keys import condition_keys
from tests.local.emulator.conftest import outcome

V4 = Config(signature_version="s3v4")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PRESIGNED = {"X-Amz-Algorithm": ["AWS4-HMAC-SHA256"], "X-Amz-Date": ["20260102T030403Z"]}


@pytest.mark.parametrize(
    ("action", "headers", "query", "expected"),
    [
        ("s3:GetObject", {}, {}, {}),
        ("s3:GetObject", {"authorization": "AWS4-HMAC-SHA256 Credential=a", "x-amz-content-sha256": "ab"}, {},
         {"s3:authType": "REST-HEADER", "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:x-amz-content-sha256": "ab"}),
        ("s3:GetObject", {}, PRESIGNED,
         {"s3:authType": "REST-QUERY-STRING", "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:signatureAge": "2000",
          "s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}),
        ("s3:GetObject", {}, {"AWSAccessKeyId": "a"},
         {"s3:authType": "REST-QUERY-STRING", "s3:signatureversion": "AWS"}),
        ("s3:PutObject", {"x-amz-tagging": "a=b&c=d", "x-amz-storage-class": "GLACIER", "if-none-match": "*",
                          "x-amz-object-lock-mode": "GOVERNANCE"}, {},
         {"s3:RequestObjectTag/a": "b", "s3:RequestObjectTag/c": "d", "s3:RequestObjectTagKeys": ["a", "c"],
          "s3:x-amz-storage-class": "GLACIER", "s3:if-none-match": "*", "s3:object-lock-mode": "GOVERNANCE"}),
        ("s3:PutObject", {"x-amz-storage-class": "GLACIER"}, {"uploadId": ["u"]}, {}),
        ("s3:PutObjectAcl", {"x-amz-acl": "public-read"}, {}, {"s3:x-amz-acl": "public-read"}),
        ("s3:GetObjectVersion", {"x-amz-acl": "private"}, {"versionId": ["v"]}, {"s3:VersionId": "v"}),
    ],
)  # fmt: skip
def test_each_key_has_the_value_of_the_request(
    action: str, headers: dict[str, str], query: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert condition_keys(action, headers, query, NOW) == expected


WRITES = {
    "StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"},
    "StringLike": {"s3:x-amz-copy-source": "*"},
    "ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": ["a"]},
}


def refusing(emulator: Any, condition: dict[str, Any]) -> tuple[str, Any]:
    """Return a bucket with one object, and a client that a Deny with the condition limits."""
    bucket = emulator.bucket()
    emulator.admin("s3").put_object(Bucket=bucket, Key="a", Body=b"x", Tagging="owner=bob")
    every = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    return bucket, emulator.member([every, {**every, "Effect": "Deny", "Condition": condition}]).client("s3", config=V4)


@pytest.mark.slow
@pytest.mark.parametrize("operator", WRITES)
def test_a_denial_for_a_header_of_a_write_is_enforced(emulator: Any, operator: str) -> None:
    bucket, client = refusing(emulator, {operator: WRITES[operator]})
    wanted: dict[str, tuple[Any, dict[str, Any]]] = {
        "StringEquals": (client.put_object, {"StorageClass": "STANDARD_IA"}),
        "StringLike": (client.copy_object, {"CopySource": {"Bucket": bucket, "Key": "a"}}),
        "ForAnyValue:StringEquals": (client.put_object, {"Tagging": "a=b"}),
    }
    call, options = wanted[operator]
    assert outcome(call, Bucket=bucket, Key="b", **options) == "AccessDenied"
    assert outcome(client.put_object, Bucket=bucket, Key="b") == "allowed"


@pytest.mark.slow
@pytest.mark.parametrize(
    "condition",
    [{"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}, {"NumericGreaterThan": {"s3:signatureAge": "-1"}}],
    ids=["kind", "age"],
)
def test_a_denial_for_presigned_urls_is_enforced(emulator: Any, condition: dict[str, Any]) -> None:
    bucket, client = refusing(emulator, condition)
    link = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    assert requests.get(link, timeout=30).status_code == 403
    assert outcome(client.get_object, Bucket=bucket, Key="a") == "allowed"


@pytest.mark.slow
def test_a_denial_for_an_objects_tags_covers_its_tags(emulator: Any) -> None:
    bucket, client = refusing(emulator, {"StringEquals": {"s3:ExistingObjectTag/owner": "bob"}})
    assert outcome(client.get_object_tagging, Bucket=bucket, Key="a") == "AccessDenied"
    assert outcome(client.delete_object_tagging, Bucket=bucket, Key="a") == "AccessDenied"
    assert outcome(client.put_object, Bucket=bucket, Key="b") == "allowed"


@pytest.mark.slow
@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:FederatedProvider": "cognito-identity.amazonaws.com"}},
        {"Bool": {"aws:ViaAWSService": "false"}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    ],
    ids=["provider", "via", "principal"],
)
def test_a_denial_for_every_caller_of_the_identity_pool_is_enforced(emulator: Any, condition: dict[str, Any]) -> None:
    bucket, client = refusing(emulator, condition)
    assert outcome(client.get_object, Bucket=bucket, Key="a") == "AccessDenied"


@pytest.mark.slow
@pytest.mark.parametrize("version", [False, True], ids=["current", "version"])
def test_a_denial_for_an_objects_tags_covers_copies(emulator: Any, version: bool) -> None:
    bucket, client = refusing(emulator, {"StringEquals": {"s3:ExistingObjectTag/owner": "bob"}})
    admin, source = emulator.admin("s3"), {"Bucket": bucket, "Key": "a"}
    if version:
        admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        source["VersionId"] = admin.put_object(Bucket=bucket, Key="a", Tagging="owner=bob")["VersionId"]
    untagged = {"TaggingDirective": "REPLACE"}
    assert outcome(client.copy_object, Bucket=bucket, Key="b", CopySource=source, **untagged) == "AccessDenied"
    admin.put_object(Bucket=bucket, Key="a")
    expected = "AccessDenied" if version else "allowed"
    assert outcome(client.copy_object, Bucket=bucket, Key="b", CopySource=source, **untagged) == expected
