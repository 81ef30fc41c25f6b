"""Permissions of S3 requests, through a real client against the emulator."""

import http.client
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.slow


def holder(emulator: Any, *actions: str, **more: str) -> tuple[Any, str]:
    """Return the S3 client of a caller with these permissions below `own/` of a new bucket, and the bucket."""
    bucket = emulator.bucket()
    statements = [{"Effect": "Allow", "Action": list(actions), "Resource": f"arn:aws:s3:::{bucket}/own/*"}]
    statements += [{"Effect": "Allow", "Action": action, "Resource": f"arn:aws:s3:::{bucket}{rest}"}
                   for action, rest in more.items()]  # fmt: skip
    return emulator.member([{**each, "Action": _full(each["Action"])} for each in statements]).client("s3"), bucket


def _full(actions: Any) -> Any:
    return [f"s3:{each}" for each in actions] if isinstance(actions, list) else f"s3:{actions}"


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    "extra", [{"Tagging": "a=b"}, {"ACL": "public-read"}, {"GrantRead": "uri=http://acs.amazonaws.com/groups/global/AllUsers"}]
)  # fmt: skip
def test_a_write_that_sets_tags_or_a_list_needs_their_rights_too(emulator: Any, extra: dict[str, str]) -> None:
    s3, bucket = holder(emulator, "PutObject")
    s3.put_object(Bucket=bucket, Key="own/a", Body=b"x")
    for call in (s3.put_object, s3.create_multipart_upload):
        with pytest.raises(ClientError) as refused:
            call(Bucket=bucket, Key="own/a", **extra)
        assert code(refused) == "AccessDenied"


def test_tags_are_set_by_who_may_tag(emulator: Any) -> None:
    s3, bucket = holder(emulator, "PutObject", "PutObjectTagging")
    s3.put_object(Bucket=bucket, Key="own/a", Tagging="a=b")
    assert emulator.admin("s3").get_object_tagging(Bucket=bucket, Key="own/a")["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_a_copy_takes_tags_along_only_for_who_may_read_and_write_them(emulator: Any) -> None:
    s3, bucket = holder(emulator, "PutObject", "GetObject")
    emulator.admin("s3").put_object(Bucket=bucket, Key="own/a", Tagging="a=b")
    source = {"Bucket": bucket, "Key": "own/a"}
    with pytest.raises(ClientError) as refused:
        s3.copy_object(Bucket=bucket, Key="own/b", CopySource=source)
    assert code(refused) == "AccessDenied"
    s3.copy_object(Bucket=bucket, Key="own/b", CopySource=source, TaggingDirective="REPLACE")


def test_a_version_in_a_batch_requires_permission_to_delete_versions(emulator: Any) -> None:
    s3, bucket = holder(emulator, "DeleteObject")
    admin = emulator.admin("s3")
    admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = admin.put_object(Bucket=bucket, Key="own/a", Body=b"x")["VersionId"]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "own/a", "VersionId": version}]})
    assert [(each["Code"], each["VersionId"]) for each in answer["Errors"]] == [("AccessDenied", version)]
    assert admin.get_object(Bucket=bucket, Key="own/a", VersionId=version)["Body"].read() == b"x"


def test_a_batch_deletes_what_the_caller_may_and_names_the_others(emulator: Any) -> None:
    s3, bucket = holder(emulator, "DeleteObject")
    for key in ("own/a", "other/b", "own/c"):
        emulator.admin("s3").put_object(Bucket=bucket, Key=key)
    wanted = [{"Key": key} for key in ("own/a", "other/b", "own/c")]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": wanted})
    assert [each["Key"] for each in answer["Deleted"]] == ["own/a", "own/c"]
    assert [(each["Key"], each["Code"]) for each in answer["Errors"]] == [("other/b", "AccessDenied")]
    assert [each["Key"] for each in emulator.admin("s3").list_objects_v2(Bucket=bucket)["Contents"]] == ["other/b"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": wanted, "Quiet": True})
    assert "Deleted" not in quiet
    assert [each["Key"] for each in quiet["Errors"]] == ["other/b"]


def test_a_missing_key_is_403_without_permission_to_list(emulator: Any) -> None:
    s3, bucket = holder(emulator, "GetObject")
    with pytest.raises(ClientError) as refused:
        s3.get_object(Bucket=bucket, Key="own/missing")
    assert code(refused) == "AccessDenied"
    with pytest.raises(ClientError) as refused:
        s3.head_object(Bucket=bucket, Key="own/missing")
    assert code(refused) == "403"


def test_a_missing_key_is_404_with_permission_to_list(emulator: Any) -> None:
    s3, bucket = holder(emulator, "GetObject", ListBucket="")
    with pytest.raises(ClientError) as missing:
        s3.get_object(Bucket=bucket, Key="own/missing")
    assert code(missing) == "NoSuchKey"


def test_an_anonymous_caller_cannot_create_or_list_buckets(emulator: Any) -> None:
    s3 = emulator.anonymous("s3")
    with pytest.raises(ClientError) as refused:
        s3.create_bucket(Bucket=emulator.name("mine"))
    assert code(refused) == "AccessDenied"
    with pytest.raises(ClientError) as refused:
        s3.list_buckets()
    assert code(refused) == "AccessDenied"


@pytest.mark.parametrize("path", ["/", "/no-such-bucket-here/key"])
def test_only_a_buckets_own_preflights_are_answered(emulator: Any, path: str) -> None:
    connection = http.client.HTTPConnection(emulator.cloud.endpoint_url.removeprefix("http://"))
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT", "Host": "s3.amazonaws.com"}
    connection.request("OPTIONS", path, headers=asked)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 403
    assert answer.getheader("Access-Control-Allow-Origin") is None


def test_an_upload_of_parts_that_are_too_small_is_not_completed(emulator: Any) -> None:
    s3, bucket = emulator.admin("s3"), emulator.bucket()
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    parts = []
    for number in (1, 2):
        sent = s3.upload_part(Bucket=bucket, Key="a", UploadId=upload, PartNumber=number, Body=b"x" * 1024)
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    with pytest.raises(ClientError) as refused:
        s3.complete_multipart_upload(Bucket=bucket, Key="a", UploadId=upload, MultipartUpload={"Parts": parts})
    assert code(refused) == "EntityTooSmall"
    s3.complete_multipart_upload(Bucket=bucket, Key="a", UploadId=upload, MultipartUpload={"Parts": parts[-1:]})
