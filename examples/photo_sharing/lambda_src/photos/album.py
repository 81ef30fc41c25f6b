"""The rows of photos.

Table: partition key `owner`, sort key `photo` (the file's name); `uploaded_at`, `size`, and the owner's attributes
`title` and `published`. The partition `gallery` holds copies of published photos, which everyone may read; its
sort key is the owner and the name.
"""

import functools
import os
from typing import Any, Final

import boto3

GALLERY: Final = "gallery"


def add(*, owner: str, photo: str, uploaded_at: str, size: int) -> None:
    """Add an upload; attributes that the owner wrote stay."""
    _table().update_item(
        Key={"owner": owner, "photo": photo},
        UpdateExpression="SET uploaded_at = :at, #size = :size",
        ExpressionAttributeNames={"#size": "size"},
        ExpressionAttributeValues={":at": uploaded_at, ":size": size},
    )


def remove(*, owner: str, photo: str) -> None:
    """Remove a photo."""
    _table().delete_item(Key={"owner": owner, "photo": photo})


def publish(*, owner: str, photo: str, title: str) -> None:
    """Add a photo to the gallery."""
    _table().put_item(Item={"owner": GALLERY, "photo": f"{owner}/{photo}", "title": title})


def withdraw(*, owner: str, photo: str) -> None:
    """Remove a photo from the gallery."""
    remove(owner=GALLERY, photo=f"{owner}/{photo}")


@functools.cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["ALBUM_TABLE"])
