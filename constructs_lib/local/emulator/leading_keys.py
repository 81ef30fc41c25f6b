"""Which partition keys a DynamoDB request names: the condition key `dynamodb:LeadingKeys`. Pure.

Source: "Using IAM policy conditions for fine-grained access control" (DynamoDB developer guide).
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

KeyOf: TypeAlias = Callable[[str, "str | None"], "str | None"]
"""Returns the partition key's name for a table (name or ARN) and an index, or None."""

UNKNOWN: Final = "\x00unknown"
"""Stands for a key that could not be read from a request: no policy allows it."""

_EQUALS: Final = re.compile(r"(#?[\w.-]+)\s*=\s*(:[\w-]+)")
_STATEMENTS: Final = ("Statement", "Statements", "TransactStatements")


def leading_keys(body: bytes, key_of: KeyOf) -> list[str] | None:
    """Return the partition-key values a request names; None when it names none, as a Scan.

    Anything that cannot be read (PartiQL, a shape that is not the API's) names `UNKNOWN`: it fails closed.
    """
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return [UNKNOWN]
    if not isinstance(request, dict):
        return [UNKNOWN]
    if any(name in request for name in _STATEMENTS):
        return [UNKNOWN]
    try:
        found = list(_keys(request, key_of))
    except (AttributeError, KeyError, TypeError, IndexError, StopIteration):
        return [UNKNOWN]
    return found or None


def _keys(request: dict[str, Any], key_of: KeyOf) -> Iterator[str]:
    if "RequestItems" in request:
        for table, wanted in request["RequestItems"].items():
            yield from _batch_keys(wanted, key_of(table, None))
    elif "TransactItems" in request:
        for item in request["TransactItems"]:
            for action in item.values():
                yield _value(action.get("Key") or action["Item"], key_of(action["TableName"], None))
    elif "Key" in request or "Item" in request:
        yield _value(request.get("Key") or request["Item"], key_of(request["TableName"], None))
    elif "KeyConditionExpression" in request or "KeyConditions" in request:
        yield from _query_keys(request, key_of(request["TableName"], request.get("IndexName")))


def _batch_keys(wanted: Any, key: str | None) -> Iterator[str]:
    if isinstance(wanted, dict):
        for item in wanted["Keys"]:
            yield _value(item, key)
        return
    for request in wanted:
        for action in request.values():
            yield _value(action.get("Item") or action["Key"], key)


def _query_keys(request: dict[str, Any], key: str | None) -> Iterator[str]:
    if "KeyConditions" in request:
        for value in request["KeyConditions"][key]["AttributeValueList"]:
            yield str(next(iter(value.values())))
        return
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    found = [
        str(next(iter(values[value].values())))
        for name, value in _EQUALS.findall(request["KeyConditionExpression"])
        if names.get(name, name) == key
    ]
    yield from found or [UNKNOWN]


def _value(item: dict[str, Any], key: str | None) -> str:
    if key is None or key not in item:
        return UNKNOWN
    return str(next(iter(item[key].values())))
