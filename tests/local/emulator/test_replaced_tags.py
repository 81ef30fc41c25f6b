"""An object that is written again has no tags of the object that it replaces."""

from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("versioned", [False, True], ids=["plain", "versioned"])
def test_a_write_without_tags_leaves_none(emulator: Any, versioned: bool) -> None:
    bucket, client = emulator.bucket(), emulator.admin("s3")
    if versioned:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def tags(**options: Any) -> list[Any]:
        return list(client.get_object_tagging(Bucket=bucket, Key="a", **options)["TagSet"])

    first = client.put_object(Bucket=bucket, Key="a", Tagging="owner=bob").get("VersionId")
    client.put_object(Bucket=bucket, Key="a")
    assert tags() == []
    assert not versioned or tags(VersionId=first) == [{"Key": "owner", "Value": "bob"}]
    client.put_object(Bucket=bucket, Key="a", Tagging="owner=alice")
    assert tags() == [{"Key": "owner", "Value": "alice"}]
    upload = {
        "Bucket": bucket,
        "Key": "a",
        "UploadId": client.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"],
    }
    part = {"PartNumber": 1, "ETag": client.upload_part(**upload, PartNumber=1, Body=b"x")["ETag"]}
    client.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})
    assert tags() == []
