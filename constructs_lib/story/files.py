"""Rows about the bucket: the caller's own folder, the folders of others, and the public folder."""

import json
from io import BytesIO
from typing import Final
from urllib.parse import quote
from uuid import uuid4

import requests
from boto3.s3.transfer import TransferConfig

from constructs_lib.story.actors import Call, Name, Who, alice, bob, editor, guest
from constructs_lib.story.refusals import ACCESS_DENIED, Refused, error_code
from constructs_lib.story.row import Row, allowed, expect, refused
from constructs_lib.story.users import Cast

_FOLDERS: Final = ("public/*", "private/${cognito-identity.amazonaws.com:sub}/*")
"""The folders of the rows, as a `ClientConfig` names them."""
_DIARY: Final = "diary.txt"
_NOTICE: Final = "public/notice.txt"
_TIMEOUT: Final = 10
_CHANGED: Final = ACCESS_DENIED | {"SignatureDoesNotMatch"}
"""Codes for a changed link: S3 checks its signature, and the permission to read its new target."""
_PART: Final = 5 * 1024 * 1024
"""The minimum size that S3 accepts for every part but the last."""

_IN_PARTS: Final = TransferConfig(multipart_threshold=_PART, multipart_chunksize=_PART, max_concurrency=1)


def _diary(whose: Who) -> Name:
    return lambda cast: whose(cast).folder + _DIARY


def _at(key: str) -> Name:
    return lambda _: key


def _put(who: Who, key: Name) -> Call:
    return lambda cast: who(cast).s3.put_object(Bucket=cast.bucket, Key=key(cast), Body=key(cast).encode())


def _get(who: Who, key: Name) -> Call:
    def call(cast: Cast) -> None:
        body = who(cast).s3.get_object(Bucket=cast.bucket, Key=key(cast))["Body"].read()
        expect(body == key(cast).encode(), f"read {body!r}, which differs from the written content")

    return call


def _head(who: Who, key: Name) -> Call:
    return lambda cast: who(cast).s3.head_object(Bucket=cast.bucket, Key=key(cast))


def _delete(who: Who, key: Name) -> Call:
    return lambda cast: who(cast).s3.delete_object(Bucket=cast.bucket, Key=key(cast))


def _list(who: Who, prefix: Name) -> Call:
    def call(cast: Cast) -> None:
        listed = who(cast).s3.list_objects_v2(Bucket=cast.bucket, Prefix=prefix(cast))
        keys = [item["Key"] for item in listed.get("Contents", [])]
        expect(bool(keys), "the list is empty")
        expect(all(key.startswith(prefix(cast)) for key in keys), f"the list shows foreign keys: {keys}")

    return call


def _copy(who: Who, source: Name, target: Name) -> Call:
    return lambda cast: who(cast).s3.copy_object(
        Bucket=cast.bucket, Key=target(cast), CopySource={"Bucket": cast.bucket, "Key": source(cast)}
    )


def _multipart(who: Who, key: Name) -> Call:
    def call(cast: Cast) -> None:
        s3, body = who(cast).s3, BytesIO(bytes(_PART + 1))
        s3.upload_fileobj(body, cast.bucket, key(cast), Config=_IN_PARTS)
        size = s3.head_object(Bucket=cast.bucket, Key=key(cast))["ContentLength"]
        expect(size == _PART + 1, f"{size} bytes arrived")
        s3.delete_object(Bucket=cast.bucket, Key=key(cast))

    return call


def _presigned(who: Who, method: str, key: Name) -> Call:
    def call(cast: Cast) -> None:
        operation = {"GET": "get_object", "PUT": "put_object"}[method]
        address = who(cast).s3.generate_presigned_url(operation, Params={"Bucket": cast.bucket, "Key": key(cast)})
        _send(cast, method, address)

    return call


def _unsigned(key: Name) -> Call:
    def call(cast: Cast) -> None:
        _send(cast, "GET", f"{cast.guest.s3.meta.endpoint_url}/{cast.bucket}/{key(cast)}")

    return call


def _tampered(cast: Cast) -> None:
    address = cast.alice.s3.generate_presigned_url(
        "get_object", Params={"Bucket": cast.bucket, "Key": _diary(alice)(cast)}
    )
    turned = address.replace(quote(cast.alice.owner), quote(cast.bob.owner))
    expect(turned != address, "the link does not name its owner")
    _send(cast, "GET", turned)


def _send(cast: Cast, method: str, address: str) -> None:
    answer = requests.request(method, address, data=b"x" if method == "PUT" else None, timeout=_TIMEOUT)
    cast.app.observer.answered(answer)
    if not answer.ok:
        raise Refused(error_code(answer))


def _delete_both(cast: Cast) -> None:
    keys = [{"Key": cast.alice.folder + "scrap.txt"}, {"Key": _diary(bob)(cast)}]
    answer = cast.alice.s3.delete_objects(Bucket=cast.bucket, Delete={"Objects": keys})  # type: ignore[typeddict-item] # `ObjectIdentifierTypeDef`
    for error in answer.get("Errors", []):
        raise Refused(error["Code"])


def _neighbour(cast: Cast) -> str:
    return cast.alice.folder.rstrip("/") + "-neighbour/file.txt"


def _versions(cast: Cast) -> object:
    return cast.alice.s3.list_object_versions(Bucket=cast.bucket, Prefix=cast.bob.folder)


def _share_by_acl(cast: Cast) -> object:
    return cast.alice.s3.put_object_acl(Bucket=cast.bucket, Key=_diary(alice)(cast), ACL="public-read")


def _read_policy(cast: Cast) -> object:
    return cast.alice.s3.get_bucket_policy(Bucket=cast.bucket)


def _own(name: str) -> Name:
    return lambda cast: cast.alice.folder + name


def misfit(cast: Cast) -> str:
    """Return the folders that the bucket lacks, if a `ClientConfig` names its folders; otherwise nothing."""
    for text in json.loads(cast.settings.others.get("buckets", "[]")):
        bucket = json.loads(text)
        # A file for Amplify names no folder of a claim.
        known = [
            *bucket.get("paths", _FOLDERS),
            *(_FOLDERS[1:] if cast.settings.placeholders["owner"] == "sub" else ()),
        ]
        if bucket["bucketName"] == cast.bucket and (lacking := [each for each in _FOLDERS if each not in known]):
            return f"the bucket has no folder {' and '.join(lacking)}"
    return ""


def rows() -> list[Row]:
    """Return the rows in the order of execution: a refused call must refer to an object that exists."""
    scratch = _at(f"public/{uuid4().hex}.txt")
    return [
        allowed("Alice", "writes her diary", _put(alice, _diary(alice))),
        allowed("Bob", "writes his diary", _put(bob, _diary(bob))),
        allowed("Editor", "writes a diary: a group's member keeps a folder", _put(editor, _diary(editor))),
        allowed("Editor", "puts up a public notice", _put(editor, _at(_NOTICE))),
        allowed("Alice", "reads her diary", _get(alice, _diary(alice))),
        allowed("Alice", "lists her folder", _list(alice, lambda cast: cast.alice.folder)),
        allowed("Alice", "copies her diary within her folder", _copy(alice, _diary(alice), _own("copy.txt"))),
        allowed("Alice", "copies the public notice into her folder", _copy(alice, _at(_NOTICE), _own("notice.txt"))),
        allowed("Alice", "uploads a large file in parts", _multipart(alice, _own("large.bin"))),
        allowed("Alice", "deletes her copy", _delete(alice, _own("copy.txt"))),
        allowed("Stranger", "opens a link Alice signed to her diary", _presigned(alice, "GET", _diary(alice))),
        allowed("Alice", "reads the public notice", _get(alice, _at(_NOTICE))),
        allowed("Guest", "reads the public notice", _get(guest, _at(_NOTICE))),
        allowed("Guest", "lists the public folder", _list(guest, _at("public/"))),
        allowed("Editor", "puts up a second notice", _put(editor, scratch)),
        allowed("Editor", "takes the second notice down", _delete(editor, scratch)),
        refused("Alice", "reads Bob's diary", _get(alice, _diary(bob))),
        refused("Alice", "asks whether Bob's diary exists", _head(alice, _diary(bob))),
        refused("Alice", "overwrites Bob's diary", _put(alice, _diary(bob))),
        refused("Alice", "deletes Bob's diary", _delete(alice, _diary(bob))),
        refused("Alice", "deletes her scrap and Bob's diary in one batch", _delete_both),
        refused("Alice", "lists Bob's folder", _list(alice, lambda cast: cast.bob.folder)),
        refused("Alice", "lists the versions of Bob's files", _versions),
        refused("Alice", "lists the whole bucket", _list(alice, _at(""))),
        refused("Alice", "lists private/, which would show every user's ID", _list(alice, _at("private/"))),
        refused("Alice", "writes directly into private/, outside all folders", _put(alice, _at("private/loose.txt"))),
        refused("Alice", "writes into a folder whose name begins with hers", _put(alice, _neighbour)),
        refused("Alice", "copies Bob's diary into her folder", _copy(alice, _diary(bob), _own("stolen.txt"))),
        refused("Alice", "copies her diary over Bob's", _copy(alice, _diary(alice), _diary(bob))),
        refused("Alice", "begins a large upload into Bob's folder", _multipart(alice, _diary(bob))),
        refused("Stranger", "opens a link Alice signed to Bob's diary", _presigned(alice, "GET", _diary(bob))),
        refused("Stranger", "uploads by a link Alice signed to Bob's diary", _presigned(alice, "PUT", _diary(bob))),
        refused("Stranger", "turns Alice's link into one to Bob's diary", _tampered, _CHANGED),
        refused("Alice", "overwrites the public notice", _put(alice, _at(_NOTICE))),
        refused("Alice", "takes the public notice down", _delete(alice, _at(_NOTICE))),
        refused("Alice", "makes her diary public by its ACL", _share_by_acl),
        refused("Alice", "reads the bucket's policy", _read_policy),
        refused("Editor", "reads Alice's diary", _get(editor, _diary(alice))),
        refused("Editor", "lists Alice's folder", _list(editor, lambda cast: cast.alice.folder)),
        refused("Guest", "reads Alice's diary", _get(guest, _diary(alice))),
        refused("Guest", "lists private/", _list(guest, _at("private/"))),
        refused("Guest", "puts up a public notice", _put(guest, _at("public/graffiti.txt"))),
        refused("Guest", "writes into its own folder", _put(guest, _diary(guest))),
        refused("Stranger", "reads the public notice without any credentials", _unsigned(_at(_NOTICE))),
        allowed("Bob", "still reads his diary, unchanged", _get(bob, _diary(bob))),
    ]
