"""One real call for each IAM action on another user's data, as an attacker would send it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_lib.story.refusals import UNAUTHENTICATED, Refused, error_code

if TYPE_CHECKING:
    import requests

    from constructs_lib.client import Caller

_NO_ROUTE: Final = 404
_GATEWAYS_404: Final = '{"message":"NotFound"}'
"""API Gateway's response for a missing route, without spaces; a function writes a message of its own."""
_THROTTLED: Final = 429
_FAILED: Final = 500
_UPLOAD: Final = "no-upload-has-this-id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The data that a call targets.

    Attributes:
        resource: The bucket's or table's name, or the API's address.
        owner: The owner's value.
        text: The part of the resource: an object's key, or a call as `METHOD/path`. Empty for a table.
        key: The names of the table's keys. Empty for a bucket or an API.
    """

    resource: str
    owner: str
    text: str = ""
    key: tuple[str, ...] = ()


Attempt: TypeAlias = Callable[["Caller", Target], object]


def _s3(operation: str, **options: Any) -> Attempt:
    """Return a call on an object, by the name of boto3's method."""

    def attempt(caller: Caller, target: Target) -> object:
        client: Any = caller.session().client("s3")
        return getattr(client, operation)(Bucket=target.resource, Key=target.text, **options)

    return attempt


def _listing(operation: str) -> Attempt:
    """Return a call that lists the keys with the prefix of an object's folder."""

    def attempt(caller: Caller, target: Target) -> object:
        client: Any = caller.session().client("s3")
        return getattr(client, operation)(Bucket=target.resource, Prefix=f"{target.text.rpartition('/')[0]}/")

    return attempt


def _row(target: Target, *, key_only: bool = True) -> dict[str, Any]:
    partition, *sort = target.key
    keys = {partition: {"S": target.owner}, **{name: {"S": "attempt"} for name in sort}}
    return keys if key_only else {**keys, "text": {"S": "x"}}


def _dynamodb(operation: str, options: Callable[[Target], Mapping[str, Any]]) -> Attempt:
    """Return a call on a row, by the name of boto3's method."""

    def attempt(caller: Caller, target: Target) -> object:
        client: Any = caller.session().client("dynamodb")
        return getattr(client, operation)(**options(target))

    return attempt


def _of_table(options: Callable[[Target], Mapping[str, Any]]) -> Callable[[Target], Mapping[str, Any]]:
    return lambda target: {"TableName": target.resource, **options(target)}


def _query(target: Target) -> Mapping[str, Any]:
    return {
        "KeyConditionExpression": "#k = :v",
        "ExpressionAttributeNames": {"#k": target.key[0]},
        "ExpressionAttributeValues": {":v": {"S": target.owner}},
    }


def _statement(form: str) -> Callable[[Target], Mapping[str, Any]]:
    """Return the options of a PartiQL statement with the placeholders `{table}`, `{key}` and `{where}`."""

    def options(target: Target) -> Mapping[str, Any]:
        names = list(target.key)
        where = " AND ".join(f'"{name}" = ?' for name in names)
        fields = ", ".join(f"'{name}': ?" for name in names)
        statement = form.format(table=target.resource, where=where, fields=f"{{{fields}}}")
        return {"Statement": statement, "Parameters": [_row(target)[name] for name in names]}

    return options


def _invoke(caller: Caller, target: Target) -> object:
    """Call a route, as `METHOD/path`."""
    method, _, path = target.text.partition("/")
    credentials = caller.credentials.get_frozen_credentials()
    answer = caller.app.send(method, f"{target.resource.rstrip('/')}/{path}", credentials=credentials)
    if answer.status_code in UNAUTHENTICATED or not _is_of_app(answer):
        raise Refused(error_code(answer))
    return answer


def _is_of_app(answer: requests.Response) -> bool:
    """Return whether a response shows that the call reached the app: it is no throttling, failure or missing route."""
    if answer.status_code == _NO_ROUTE:
        return "".join(answer.text.split()) != _GATEWAYS_404
    return answer.status_code != _THROTTLED and answer.status_code < _FAILED


MAKING: Final[Mapping[str, str]] = {"bucket": "s3:PutObject", "table": "dynamodb:PutItem"}
"""The action that creates the target of the other actions, by kind of resource."""
ATTEMPTS: Final[Mapping[str, Attempt]] = {
    "execute-api:Invoke": _invoke,
    "s3:GetObject": _s3("get_object"),
    "s3:GetObjectVersion": _s3("get_object", VersionId="null"),
    "s3:GetObjectAttributes": _s3("get_object_attributes", ObjectAttributes=["ETag"]),
    "s3:GetObjectAcl": _s3("get_object_acl"),
    "s3:GetObjectTagging": _s3("get_object_tagging"),
    "s3:GetObjectTorrent": _s3("get_object_torrent"),
    "s3:PutObject": _s3("put_object", Body=b"x"),
    "s3:PutObjectAcl": _s3("put_object_acl", ACL="bucket-owner-full-control"),
    "s3:PutObjectTagging": _s3("put_object_tagging", Tagging={"TagSet": []}),
    "s3:DeleteObject": _s3("delete_object"),
    "s3:DeleteObjectVersion": _s3("delete_object", VersionId="null"),
    "s3:DeleteObjectTagging": _s3("delete_object_tagging"),
    "s3:AbortMultipartUpload": _s3("abort_multipart_upload", UploadId=_UPLOAD),
    "s3:ListMultipartUploadParts": _s3("list_parts", UploadId=_UPLOAD),
    "s3:ListBucket": _listing("list_objects_v2"),
    "s3:ListBucketVersions": _listing("list_object_versions"),
    "s3:ListBucketMultipartUploads": _listing("list_multipart_uploads"),
    "dynamodb:GetItem": _dynamodb("get_item", _of_table(lambda target: {"Key": _row(target)})),
    "dynamodb:BatchGetItem": _dynamodb(
        "batch_get_item", lambda target: {"RequestItems": {target.resource: {"Keys": [_row(target)]}}}
    ),
    "dynamodb:Query": _dynamodb("query", _of_table(_query)),
    "dynamodb:Scan": _dynamodb("scan", _of_table(lambda _: {})),
    "dynamodb:PutItem": _dynamodb("put_item", _of_table(lambda target: {"Item": _row(target, key_only=False)})),
    "dynamodb:UpdateItem": _dynamodb(
        "update_item",
        _of_table(
            lambda target: {
                "Key": _row(target),
                "UpdateExpression": "SET seen = :v",
                "ExpressionAttributeValues": {":v": {"S": "x"}},
            }
        ),
    ),
    "dynamodb:DeleteItem": _dynamodb("delete_item", _of_table(lambda target: {"Key": _row(target)})),
    "dynamodb:BatchWriteItem": _dynamodb(
        "batch_write_item",
        lambda target: {"RequestItems": {target.resource: [{"DeleteRequest": {"Key": _row(target)}}]}},
    ),
    "dynamodb:ConditionCheckItem": _dynamodb(
        "transact_write_items",
        lambda target: {
            "TransactItems": [
                {
                    "ConditionCheck": {
                        "TableName": target.resource,
                        "Key": _row(target),
                        "ConditionExpression": "attribute_exists(#k)",
                        "ExpressionAttributeNames": {"#k": target.key[0]},
                    }
                }
            ]
        },
    ),
    "dynamodb:PartiQLSelect": _dynamodb("execute_statement", _statement('SELECT * FROM "{table}" WHERE {where}')),
    "dynamodb:PartiQLInsert": _dynamodb("execute_statement", _statement('INSERT INTO "{table}" VALUE {fields}')),
    "dynamodb:PartiQLUpdate": _dynamodb(
        "execute_statement", _statement("UPDATE \"{table}\" SET seen = 'x' WHERE {where}")
    ),
    "dynamodb:PartiQLDelete": _dynamodb("execute_statement", _statement('DELETE FROM "{table}" WHERE {where}')),
}
"""The call of each action, by IAM's name."""
