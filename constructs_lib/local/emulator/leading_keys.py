"""Which partition keys a DynamoDB request names: the condition key `dynamodb:LeadingKeys`. Pure.

Source: "Using IAM policy conditions for fine-grained access control" (DynamoDB developer guide).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

KeyOf: TypeAlias = Callable[[str, "str | None"], "str | None"]
"""Returns the partition key's name for a table (name or ARN) and an index, or None."""

UNKNOWN: Final = "\x00unknown"
"""Stands for a key that could not be read from a request: no policy allows it."""

_EQUALS: Final = re.compile(r"(#?[\w.-]+)\s*=\s*(:[\w-]+)")


def leading_keys(operation: str, request: Mapping[str, Any] | None, key_of: KeyOf) -> list[str] | None:
    """Return the partition-key values a request names; None when its operation names none, as a Scan.

    Only the members the operation reads count: a `Key` slipped into a Query says nothing about what it returns.
    What cannot be read (PartiQL, a body of another shape) names `UNKNOWN`: it fails closed.

    Args:
        operation: The operation's name, such as `GetItem`.
        request: The parsed body; None when it is no JSON object.
        key_of: Finds a table's partition key.
    """
    read = _READERS.get(operation)
    if read is None:
        return None
    try:
        return list(read(request or {}, key_of)) or [UNKNOWN]
    except (AttributeError, KeyError, TypeError, IndexError, StopIteration):
        return [UNKNOWN]


def _single(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    yield _value(request["Key"], key_of(request["TableName"], None))


def _put(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    yield _value(request["Item"], key_of(request["TableName"], None))


def _batch_get(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    for table, wanted in request["RequestItems"].items():
        for item in wanted["Keys"]:
            yield _value(item, key_of(table, None))


def _batch_write(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    for table, writes in request["RequestItems"].items():
        for write in writes:
            for name, action in write.items():
                yield _value(action["Item" if name == "PutRequest" else "Key"], key_of(table, None))


def _transaction(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    for item in request["TransactItems"]:
        for name, action in item.items():
            yield _value(action["Item" if name == "Put" else "Key"], key_of(action["TableName"], None))


def _query(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    key = key_of(request["TableName"], request.get("IndexName"))
    if "KeyConditionExpression" not in request:
        yield from (_only(value) for value in request["KeyConditions"][key]["AttributeValueList"])
        return
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    for name, value in _EQUALS.findall(request["KeyConditionExpression"]):
        if names.get(name, name) == key:
            yield _only(values[value])


def _partiql(request: Mapping[str, Any], key_of: KeyOf) -> Iterator[str]:
    del request, key_of
    yield UNKNOWN


def _value(item: Mapping[str, Any], key: str | None) -> str:
    return UNKNOWN if key is None or key not in item else _only(item[key])


def _only(value: Mapping[str, Any]) -> str:
    return str(next(iter(value.values())))


_READERS: Final[dict[str, Callable[[Mapping[str, Any], KeyOf], Iterator[str]]]] = {
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
