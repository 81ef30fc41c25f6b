"""The list of members (DynamoDB) and the files (S3).

Table: partition key `member`, sort key `folder`, `may` (a set of permissions), `name` (the folder's). Index
`by-folder`.
"""

import functools
import os
from collections.abc import Iterable
from typing import Any, Final

import boto3
from boto3.dynamodb.conditions import Key

_URL_SECONDS: Final = 300


def add(*, member: str, folder: str, name: str, may: Iterable[str]) -> None:
    """Add a member, or change a member's permissions."""
    _table().put_item(Item={"member": member, "folder": folder, "name": name, "may": set(may)})


def remove(*, member: str, folder: str) -> None:
    """Remove a member from the list."""
    _table().delete_item(Key={"member": member, "folder": folder})


def membership(*, member: str, folder: str) -> dict[str, Any] | None:
    """Return a member's current entry, or None."""
    item: dict[str, Any] | None = (
        _table().get_item(Key={"member": member, "folder": folder}, ConsistentRead=True).get("Item")
    )
    return item


def members(folder: str) -> list[dict[str, Any]]:
    """Return the entries of a folder."""
    items: list[dict[str, Any]] = _table().query(
        IndexName="by-folder", KeyConditionExpression=Key("folder").eq(folder)
    )["Items"]
    return items


def files(folder: str) -> list[dict[str, Any]]:
    """Return up to a thousand names and sizes."""
    prefix = _key(folder, "")
    page = _s3().list_objects_v2(Bucket=_bucket(), Prefix=prefix)
    return [{"name": each["Key"].removeprefix(prefix), "size": each["Size"]} for each in page.get("Contents", [])]


def download_url(folder: str, name: str) -> str:
    """Return a URL that gets one file for five minutes."""
    where = {"Bucket": _bucket(), "Key": _key(folder, name)}
    url: str = _s3().generate_presigned_url("get_object", Params=where, ExpiresIn=_URL_SECONDS)
    return url


def upload_form(folder: str, name: str, *, content_type: str, largest: int) -> dict[str, Any]:
    """Return a form that uploads one file for five minutes; S3 refuses another type and a larger size."""
    form: dict[str, Any] = _s3().generate_presigned_post(
        Bucket=_bucket(),
        Key=_key(folder, name),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 0, largest]],
        ExpiresIn=_URL_SECONDS,
    )
    return form


def delete_file(folder: str, name: str) -> None:
    """Delete one file."""
    _s3().delete_object(Bucket=_bucket(), Key=_key(folder, name))


def _key(folder: str, name: str) -> str:
    return f"{os.environ['SHARED_FOLDERS_PREFIX']}{folder}/{name}"


def _bucket() -> str:
    return os.environ["SHARED_FOLDERS_BUCKET"]


@functools.cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["SHARED_FOLDERS_TABLE"])


@functools.cache
def _s3() -> Any:
    return boto3.client("s3")
