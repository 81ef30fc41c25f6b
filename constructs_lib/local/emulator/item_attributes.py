"""Top-level attributes of a DynamoDB request: the condition key `dynamodb:Attributes`. Pure.

Source: "Using IAM policy conditions for fine-grained access control" (DynamoDB developer guide). Key attributes count:
a policy that lists attributes must list them too.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_ITEMS: Final = ("Key", "Item", "AttributeUpdates", "Expected", "QueryFilter", "ScanFilter", "KeyConditions")
_EXPRESSIONS: Final = (
    "ProjectionExpression", "UpdateExpression", "ConditionExpression", "FilterExpression", "KeyConditionExpression",
)  # fmt: skip
_KEYWORDS: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"})
# A name that starts a path: not a value, not a path's later segment, not a function.
_PATH: Final = re.compile(r"(?<![\w.:#-])(#[\w-]+|[A-Za-z_][\w-]*)(?![\w-])(?!\s*\()")


def attribute_names(request: Mapping[str, Any]) -> list[str]:
    """Return the top-level attributes that a request names, sorted; empty if it names none.

    The request is the parsed body of any item operation, batch or transaction.
    """
    return sorted(set(_named(request)))


def _named(request: Mapping[str, Any]) -> Iterator[str]:
    for member in _ITEMS:
        if isinstance(request.get(member), dict):
            yield from request[member]
    legacy = request.get("AttributesToGet")
    if isinstance(legacy, list):
        yield from (name for name in legacy if isinstance(name, str))
    names = request.get("ExpressionAttributeNames")
    names = names if isinstance(names, dict) else {}
    for member in _EXPRESSIONS:
        if isinstance(request.get(member), str):
            for name in _PATH.findall(request[member]):
                if name.upper() not in _KEYWORDS:
                    yield str(names.get(name, name))
    for part in _parts(request):
        yield from _named(part)


def _parts(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the single requests of a batch or transaction."""
    tables = request.get("RequestItems")
    for wanted in tables.values() if isinstance(tables, dict) else ():
        if isinstance(wanted, dict):
            yield wanted
            keys = wanted.get("Keys")
            yield from ({"Key": key} for key in keys) if isinstance(keys, list) else ()
        else:
            yield from _actions(wanted)
    yield from _actions(request.get("TransactItems"))


def _actions(items: Any) -> Iterator[Mapping[str, Any]]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield from (action for action in item.values() if isinstance(action, dict))
