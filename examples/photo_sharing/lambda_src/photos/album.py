"""The rows of photos.

Table: partition key `owner`, sort key `photo` (the file's name); `uploaded_at`, `size`, and what the owner writes:
`title` and `published`. The partition `gallery` holds copies of what is published, which everyone may read; its
sort key is the owner and the name.
"""

import functools
import os
from typing import Any, Final

import boto3

GALLERY: Final = "gallery"


def add(*, owner: str, photo: str, uploaded_at: str, size: int) -> None:
    """Note an upload; what the owner wrote of the photo stays."""
    _table().update_item(
        Key={"owner": owner, "photo": photo},
        UpdateExpression="SET uploaded_at = :at, #size = :size",
        ExpressionAttributeNames={"#size": "size"},
        ExpressionAttributeValues={":at": uploaded_at, ":size": size},
    )


def remove(*, owner: str, photo: str) -> None:
    """Forget a photo."""
    _table().delete_item(Key={"owner": owner, "photo": photo})


def publish(*, owner: str, photo: str, title: str) -> None:
    """Show a photo in the gallery."""
    _table().put_item(Item={"owner": GALLERY, "photo": f"{owner}/{photo}", "title": title})


def withdraw(*, owner: str, photo: str) -> None:
    """Take a photo out of the gallery."""
    remove(owner=GALLERY, photo=f"{owner}/{photo}")


@functools.cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["ALBUM_TABLE"])
