"""Partition keys of a DynamoDB request: the condition key `dynamodb:LeadingKeys`. Pure.

Source: "Using IAM policy conditions for fine-grained access control" (DynamoDB developer guide).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

KeyOf: TypeAlias = Callable[[str, "str | None"], "str | None"]
"""Returns the partition key's name for a table and an index, or None."""

UNKNOWN: Final = "\x00unknown"
"""Placeholder for a key that could not be read from a request: no policy allows it."""

_EQUALS: Final = re.compile(r"(#?[\w.-]+)\s*=\s*(:[\w-]+)")


class RowKey(NamedTuple):
    """A partition key that a request names.

    Attributes:
        action: The IAM action that authorizes its row, such as `PutItem`; in a transaction each item has its own.
        table: The table's name.
        value: The key's value.
    """

    action: str
    table: str
    value: str


def leading_keys(operation: str, request: Mapping[str, Any] | None, key_of: KeyOf) -> list[RowKey] | None:
    """Return the partition keys that a request names; None if its operation names none, such as a Scan.

    Only members that the operation reads count: a `Key` added to a Query does not affect its result. An unreadable
    request (PartiQL, a body of another shape) returns `UNKNOWN`, which no policy allows. The request is None if its
    body is not a JSON object; `key_of` finds a table's partition key.
    """
    read = _READERS.get(operation)
    if read is None:
        return None
    nothing = [RowKey(operation, "", UNKNOWN)]
    try:
        return list(read(operation, request or {}, key_of)) or nothing
    except (AttributeError, KeyError, TypeError, IndexError, StopIteration):
        return nothing


def addressed(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that select an operation's tables and indexes; other members do not affect it."""
    read = {"RequestItems"} if operation.startswith("Batch") else {"TableName"}
    if operation in ("Query", "Scan"):
        read.add("IndexName")
    if _READERS.get(operation) is _partiql:
        read.clear()
    return {key: value for key, value in request.items() if key in read}


def keys_of(found: list[RowKey], action: str, table: str) -> list[str]:
    """Return the keys of one check: those of its action on its table.

    The action is without its service.
    """
    return [each.value for each in found if (each.action, each.table) == (action, table)] or [UNKNOWN]


def table_name(table: str) -> str:
    """Return the name of a table, or of an index's table, given by name or ARN."""
    return table.partition(":table/")[2].partition("/")[0] if table.startswith("arn:") else table


def _single(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    yield _row(operation, request["TableName"], request["Key"], key_of)


def _put(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    yield _row(operation, request["TableName"], request["Item"], key_of)


def _batch_get(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    for table, wanted in request["RequestItems"].items():
        for item in wanted["Keys"]:
            yield _row(operation, table, item, key_of)


def _batch_write(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    for table, writes in request["RequestItems"].items():
        for write in writes:
            for name, action in write.items():
                yield _row(operation, table, action["Item" if name == "PutRequest" else "Key"], key_of)


def _transaction(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    del operation
    for item in request["TransactItems"]:
        for name, action in item.items():
            yield _row(f"{name}Item", action["TableName"], action["Item" if name == "Put" else "Key"], key_of)


def _query(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    table = table_name(request["TableName"])
    key = key_of(table, request.get("IndexName"))
    if "KeyConditionExpression" not in request:
        for value in request["KeyConditions"][key]["AttributeValueList"]:
            yield RowKey(operation, table, _only(value))
        return
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    for name, value in _EQUALS.findall(request["KeyConditionExpression"]):
        if names.get(name, name) == key:
            yield RowKey(operation, table, _only(values[value]))


def _partiql(operation: str, request: Mapping[str, Any], key_of: KeyOf) -> Iterator[RowKey]:
    del operation, request, key_of
    return iter(())


def _row(action: str, table: str, item: Mapping[str, Any], key_of: KeyOf) -> RowKey:
    name = table_name(table)
    key = key_of(name, None)
    return RowKey(action, name, UNKNOWN if key is None or key not in item else _only(item[key]))


def _only(value: Mapping[str, Any]) -> str:
    """Return a typed value, `{"S": "alice"}`; `UNKNOWN` for several types, because a service might read any of them."""
    [found] = value.values() if len(value) == 1 else [UNKNOWN]
    return found if isinstance(found, str) else UNKNOWN


_READERS: Final[dict[str, Callable[[str, Mapping[str, Any], KeyOf], Iterator[RowKey]]]] = {
    "GetItem": _single,
    "DeleteItem": _single,
    "UpdateItem": _single,
    "PutItem": _put,
    "Query": _query,
    "BatchGetItem": _batch_get,
    "BatchWriteItem": _batch_write,
    "TransactGetItems": _transaction,
    "TransactWriteItems": _transaction,
    "ExecuteStatement": _partiql,
    "BatchExecuteStatement": _partiql,
    "ExecuteTransaction": _partiql,
}
