"""Tags of a replaced object: a write without tags leaves none, so that its policies do not see its predecessor's.

Stock MiniStack keeps them unless the write has its own (measured on 1.5.33). Source: "Categorizing your storage using
tags" (Amazon S3 user guide): tags belong to a version of an object.
"""

from collections.abc import Callable
from typing import Any, Final

from ministack.services import s3

from .ministack_interface import expect_attributes, expect_parameters

_OK: Final = 200


def check() -> None:
    """Refuse a MiniStack that writes objects or keeps their tags elsewhere."""
    expect_parameters(s3._put_object, "bucket_name", "key", "body", "headers")
    expect_parameters(s3._complete_multipart_upload, "bucket_name", "key", "body", "query_params", "headers")
    expect_attributes(s3, "_object_tags", "_buckets")


def install() -> None:
    """Override both ways to write an object."""
    s3._put_object = _without_old_tags(s3._put_object)
    s3._complete_multipart_upload = _without_old_tags(s3._complete_multipart_upload)


def _without_old_tags(stock: Callable[..., Any]) -> Callable[..., Any]:
    def write(bucket_name: str, key: str, *args: Any, **options: Any) -> Any:
        before = {each: s3._object_tags.get(each) for each in _places(bucket_name, key)}
        answer = stock(bucket_name, key, *args, **options)
        if answer[0] == _OK:
            for each in _places(bucket_name, key):
                tags = s3._object_tags.get(each)
                if tags is not None and tags is before.get(each):
                    s3._object_tags.pop(each, None)
        return answer

    return write


def _places(bucket: str, key: str) -> list[tuple[str, str, Any]]:
    """Return where the tags of the current object are."""
    found = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
    return [] if found is None else [(bucket, key, found.get("version_id"))]
