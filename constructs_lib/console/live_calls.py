"""Live calls to the local cloud, as a signed-in user or as a guest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.client import Caller
    from constructs_lib.console.pages import Fields
    from constructs_lib.console.state import World

VERBS: Final = ("get", "list", "write", "delete", "call")
_READ: Final = 2000
"""The maximum number of bytes of a response on the page."""
_FIRST_ERROR: Final = 400
_API: Final = re.compile(r"https://[\w-]+\.execute-api\.[\w.-]+(?:/[\w/$-]*)?")
_IDS: Final = ("x-amzn-requestid", "apigw-requestid", "x-amz-request-id")
_OWNER: Final = "{owner}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Result of a call.

    Attributes:
        allowed: Whether the service executed it.
        said: The response as text; for an error, the code and message.
        request_id: The call's request ID; empty if the response has none.
    """

    allowed: bool
    said: str
    request_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A resource that can be called.

    Attributes:
        name: Its name in the templates, or the output that names it.
        kind: `bucket`, `table` or `api`.
        id: Its physical ID, or the API's URL.
    """

    name: str
    kind: str
    id: str


def targets(world: World) -> list[Target]:
    """Return the buckets and tables of the app's stacks, and the APIs whose URLs they output."""
    templates = world.templates()
    kinds = {"AWS::S3::Bucket": "bucket", "AWS::DynamoDB::Table": "table", "AWS::DynamoDB::GlobalTable": "table"}
    held = [
        Target(name=templates.name_of(each), kind=kinds[each.type], id=each.physical_id)
        for each in templates.of(*kinds)
    ]
    outputs = {each["OutputKey"]: each["OutputValue"] for stack in world.stacks() for each in stack.get("Outputs", [])}
    apis = [
        Target(name=key, kind="api", id=value.rstrip("/")) for key, value in outputs.items() if _API.fullmatch(value)
    ]
    return [*held, *apis]


def call(world: World, caller: Caller, fields: Fields) -> Outcome:
    """Call the local cloud as a caller.

    Args:
        world: The console's state, with the targets.
        caller: The caller.
        fields: `verb`, `target` (the physical ID), `where` (with `{owner}` for the caller) and `body`.

    Raises:
        ValueError: If there is no such target, or it does not support the verb.
    """
    target = next((each for each in targets(world) if each.id == fields["target"]), None)
    if target is None:
        raise ValueError(f"{fields['target']!r} is not deployed: choose one of the list")
    where, body = fields["where"].strip(), fields.get("body", "")
    if _OWNER in where:
        where = where.replace(_OWNER, _owner(world, caller))
    known: Mapping[str, Callable[[], Outcome]] = {
        "bucket": lambda: _signed(lambda: _file(caller, fields["verb"], target.id, where, body)),
        "table": lambda: _signed(lambda: _row(world, caller, fields["verb"], target.id, where, body)),
        "api": lambda: _route(caller, fields["verb"], target.id, where, body),
    }
    return known[target.kind]()


def _owner(world: World, caller: Caller) -> str:
    """Return the caller's owner value, of the kind that the app's stack outputs."""
    by_sub = world.app().others.get("Owner") == "sub"
    return str(getattr(caller, "sub", caller.identity_id)) if by_sub else caller.identity_id


def _signed(send: Callable[[], tuple[Mapping[str, Any], str]]) -> Outcome:
    try:
        answer, said = send()
    except ClientError as error:
        told, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        said = ": ".join(filter(None, (told.get("Code"), told.get("Message"))))
        return Outcome(allowed=False, said=said, request_id=meta.get("RequestId", ""))
    return Outcome(allowed=True, said=said, request_id=answer["ResponseMetadata"].get("RequestId", ""))


def _file(caller: Caller, verb: str, bucket: str, where: str, body: str) -> tuple[Mapping[str, Any], str]:
    s3: Any = caller.session().client("s3")
    if verb == "list":
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=where.removesuffix("*"))
        return listed, "\n".join(each["Key"] for each in listed.get("Contents", [])) or "(no files)"
    if verb == "get":
        answer = s3.get_object(Bucket=bucket, Key=where)
        return answer, answer["Body"].read(_READ).decode("utf-8", "replace")
    if verb == "write":
        return s3.put_object(Bucket=bucket, Key=where, Body=body.encode()), "written"
    if verb == "delete":
        return s3.delete_object(Bucket=bucket, Key=where), "deleted"
    raise _wrong(verb, "a bucket", "get, list, write, delete")


def _row(world: World, caller: Caller, verb: str, table: str, where: str, body: str) -> tuple[Mapping[str, Any], str]:
    """Execute a verb on a row, named by its partition key and, after a slash, its sort key."""
    rows: Any = caller.session().client("dynamodb")
    described = world.client("dynamodb").describe_table(TableName=table)["Table"]
    types = {each["AttributeName"]: each["AttributeType"] for each in described["AttributeDefinitions"]}
    names = [each["AttributeName"] for each in sorted(described["KeySchema"], key=lambda each: str(each["KeyType"]))]
    values = where.split("/", len(names) - 1)
    key = {name: {types[name]: value} for name, value in zip(names, values, strict=False)}
    if verb == "list":
        answer = rows.query(
            TableName=table, KeyConditionExpression="#k = :v", ExpressionAttributeNames={"#k": names[0]},
            ExpressionAttributeValues={":v": key[names[0]]},
        )  # fmt: skip
        return answer, json.dumps(answer["Items"], ensure_ascii=False, indent=2)[:_READ]
    if verb in {"get", "write", "delete"} and len(key) < len(names):
        raise ValueError(f"a row of this table is named by {' / '.join(names)}: write both, with a slash between")
    if verb == "get":
        answer = rows.get_item(TableName=table, Key=key)
        return answer, json.dumps(answer.get("Item"), ensure_ascii=False, indent=2)[:_READ]
    if verb == "write":
        return rows.put_item(TableName=table, Item={**key, "text": {"S": body}}), "written"
    if verb == "delete":
        return rows.delete_item(TableName=table, Key=key), "deleted"
    raise _wrong(verb, "a table", "get, list, write, delete")


def _route(caller: Caller, verb: str, address: str, where: str, body: str) -> Outcome:
    method, _, path = where.partition(" ")
    if verb != "call" or not path.startswith("/") or not method.isalpha():
        raise ValueError(
            f"{verb} {where!r} is not a call of an API: choose call, and write METHOD /path, such as GET /shares"
        )
    try:
        answer = caller.request(method.upper(), address + path, json_body=json.loads(body) if body.strip() else None)
    except json.JSONDecodeError as error:
        raise ValueError(f"the body is not JSON: {error}") from error
    found = next((answer.headers[each] for each in _IDS if each in answer.headers), "")
    said = f"{answer.status_code} {answer.text[:_READ]}"
    return Outcome(allowed=answer.status_code < _FIRST_ERROR, said=said, request_id=found)


def _wrong(verb: str, kind: str, verbs: str) -> ValueError:
    return ValueError(f"{kind} does not support {verb!r}: choose {verbs}")
