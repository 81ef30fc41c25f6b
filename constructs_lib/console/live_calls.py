"""Live calls to the local cloud, as a signed-in user or as a guest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore.exceptions import ClientError

from constructs_lib.analysis.model.kinds import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from constructs_lib.client import Caller
    from constructs_lib.console.pages import Fields
    from constructs_lib.console.state import ConsoleState

_Answer: TypeAlias = "tuple[Mapping[str, Any], str]"
_Key: TypeAlias = "Mapping[str, Mapping[str, str]]"
_READ: Final = 2000
"""The maximum number of bytes of a response on the page."""
_FIRST_ERROR: Final = 400
_API: Final = re.compile(r"https://[\w-]+\.execute-api\.[\w.-]+(?:/[\w/$-]*)?")
_IDS: Final = ("x-amzn-requestid", "apigw-requestid", "x-amz-request-id")
_OWNER: Final = "{owner}"


@dataclass(frozen=True, kw_only=True, slots=True)
class CallResult:
    """Result of a call.

    Attributes:
        allowed: Whether the service executed it.
        text: The response as text; for an error, the code and message.
        request_id: The call's request ID; empty if the response has none.
    """

    allowed: bool
    text: str
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


def targets(state: ConsoleState) -> list[Target]:
    """Return the buckets and tables of the app's stacks, and the APIs whose URLs they output."""
    templates = state.templates()
    kinds = {"AWS::S3::Bucket": "bucket", "AWS::DynamoDB::Table": "table", "AWS::DynamoDB::GlobalTable": "table"}
    found = [
        Target(name=templates.name_of(each), kind=kinds[each.type], id=each.physical_id)
        for each in templates.of(*kinds)
    ]
    outputs = {each["OutputKey"]: each["OutputValue"] for stack in state.stacks() for each in stack.get("Outputs", [])}
    apis = [
        Target(name=key, kind="api", id=value.rstrip("/")) for key, value in outputs.items() if _API.fullmatch(value)
    ]
    return [*found, *apis]


def call(state: ConsoleState, caller: Caller, fields: Fields) -> CallResult:
    """Call the local cloud as a caller.

    The fields are `verb`, `target` (the physical ID), `where` (with `{owner}` for the caller) and `body`.

    Raises:
        ValueError: If there is no such target, or it does not support the verb.
    """
    target = next((each for each in targets(state) if each.id == fields["target"]), None)
    if target is None:
        raise ValueError(f"{fields['target']!r} is not deployed: choose one of the list")
    where, body = fields["where"].strip(), fields.get("body", "")
    if _OWNER in where:
        where = where.replace(_OWNER, _owner(state, caller))
    known: Mapping[str, Callable[[], CallResult]] = {
        "bucket": lambda: _signed(lambda: _file(caller, fields["verb"], target.id, where, body)),
        "table": lambda: _signed(lambda: _row(state, caller, fields["verb"], target.id, where, body)),
        "api": lambda: _route(caller, fields["verb"], target.id, where, body),
    }
    return known[target.kind]()


def _owner(state: ConsoleState, caller: Caller) -> str:
    """Return the caller's owner value, of the kind that the app's stack outputs."""
    by_sub = state.app().others.get("Owner") == "sub"
    return str(getattr(caller, "sub", caller.identity_id)) if by_sub else caller.identity_id


def _signed(send: Callable[[], tuple[Mapping[str, Any], str]]) -> CallResult:
    try:
        answer, text = send()
    except ClientError as error:
        details, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
        text = ": ".join(filter(None, (details.get("Code"), details.get("Message"))))
        return CallResult(allowed=False, text=text, request_id=meta.get("RequestId", ""))
    return CallResult(allowed=True, text=text, request_id=answer["ResponseMetadata"].get("RequestId", ""))


def _list_files(s3: Any, bucket: str, where: str, _: str) -> _Answer:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=where.removesuffix("*"))
    return listed, "\n".join(each["Key"] for each in listed.get("Contents", [])) or "(no files)"


def _get_file(s3: Any, bucket: str, where: str, _: str) -> _Answer:
    answer = s3.get_object(Bucket=bucket, Key=where)
    return answer, answer["Body"].read(_READ).decode("utf-8", "replace")


def _write_file(s3: Any, bucket: str, where: str, body: str) -> _Answer:
    return s3.put_object(Bucket=bucket, Key=where, Body=body.encode()), "written"


def _delete_file(s3: Any, bucket: str, where: str, _: str) -> _Answer:
    return s3.delete_object(Bucket=bucket, Key=where), "deleted"


def _list_rows(rows: Any, table: str, key: _Key, _: str) -> _Answer:
    name, value = next(iter(key.items()))
    answer = rows.query(
        TableName=table,
        KeyConditionExpression="#k = :v",
        ExpressionAttributeNames={"#k": name},
        ExpressionAttributeValues={":v": value},
    )
    return answer, json.dumps(answer["Items"], ensure_ascii=False, indent=2)[:_READ]


def _get_row(rows: Any, table: str, key: _Key, _: str) -> _Answer:
    answer = rows.get_item(TableName=table, Key=key)
    return answer, json.dumps(answer.get("Item"), ensure_ascii=False, indent=2)[:_READ]


def _write_row(rows: Any, table: str, key: _Key, body: str) -> _Answer:
    return rows.put_item(TableName=table, Item={**key, "text": {"S": body}}), "written"


def _delete_row(rows: Any, table: str, key: _Key, _: str) -> _Answer:
    return rows.delete_item(TableName=table, Key=key), "deleted"


_FILES: Final[Mapping[str, Callable[[Any, str, str, str], _Answer]]] = {
    "get": _get_file,
    "list": _list_files,
    "write": _write_file,
    "delete": _delete_file,
}
_ROWS: Final[Mapping[str, Callable[[Any, str, _Key, str], _Answer]]] = {
    "get": _get_row,
    "list": _list_rows,
    "write": _write_row,
    "delete": _delete_row,
}
_CALLS: Final[Mapping[str, Collection[str]]] = {"bucket": _FILES, "table": _ROWS, "api": ("call",)}
"""The verbs that can be called, by kind of resource."""


def verbs() -> list[str]:
    """Return the verbs that can be called on some kind of resource, in the order of the kinds."""
    return list(dict.fromkeys(verb for kind in kinds() for verb in kind.main if verb in _CALLS.get(kind.kind, ())))


def other_verbs() -> dict[str, list[str]]:
    """Return the verbs that the templates can be asked about, but that cannot be called, by kind of resource."""
    found = {kind.kind: [verb for verb in kind.main if verb not in _CALLS.get(kind.kind, ())] for kind in kinds()}
    return {kind: verbs for kind, verbs in found.items() if verbs}


def _check(verb: str, kind: str) -> None:
    """Refuse a verb that cannot be called.

    Raises:
        ValueError: With the verbs that can be.
    """
    if verb not in _CALLS[kind]:
        raise ValueError(f"verb {verb!r} cannot be called on a {kind} here; choose {', '.join(_CALLS[kind])}")


def _file(caller: Caller, verb: str, bucket: str, where: str, body: str) -> _Answer:
    _check(verb, "bucket")
    return _FILES[verb](caller.session().client("s3"), bucket, where, body)


def _row(state: ConsoleState, caller: Caller, verb: str, table: str, where: str, body: str) -> _Answer:
    """Execute a verb on a row, named by its partition key and, after a slash, its sort key."""
    _check(verb, "table")
    described = state.client("dynamodb").describe_table(TableName=table)["Table"]
    types = {each["AttributeName"]: each["AttributeType"] for each in described["AttributeDefinitions"]}
    names = [each["AttributeName"] for each in sorted(described["KeySchema"], key=lambda each: str(each["KeyType"]))]
    values = where.split("/", len(names) - 1)
    key = {name: {types[name]: value} for name, value in zip(names, values, strict=False)}
    if verb != "list" and len(key) < len(names):
        raise ValueError(f"a row of this table is named by {' / '.join(names)}: write both, with a slash between")
    return _ROWS[verb](caller.session().client("dynamodb"), table, key, body)


def _route(caller: Caller, verb: str, address: str, where: str, body: str) -> CallResult:
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
    text = f"{answer.status_code} {answer.text[:_READ]}"
    return CallResult(allowed=answer.status_code < _FIRST_ERROR, text=text, request_id=found)
