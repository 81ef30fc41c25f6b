"""To-dos of the calling owner: IAM allows a caller only paths with their own identity.

The owner of the rows is still read from the verified caller, never from the path, which is client input.
"""

import functools
import json
import os
from typing import Any

from caller import Caller

_LONGEST = 200


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Handle one request of the HTTP API."""
    owner = Caller.of(event).owner("identity")
    if owner is None:
        return _answer(403, {"message": "sign in"})
    method, _, path = str(event["routeKey"]).partition(" ")
    todo_id = (event.get("pathParameters") or {}).get("todo_id", "")
    if path == "/help":
        return _answer(200, {"routes": ["/users/{owner}/todos", "/users/{owner}/todos/{todo_id}"], "owner": owner})
    if method == "GET":
        return _answer(200, {"todos": _todos(owner)})
    if method == "DELETE":
        _table().delete_item(Key={"owner": owner, "todo_id": todo_id})
        return _answer(204, None)
    return _put(owner, todo_id, event.get("body") or "")


def _put(owner: str, todo_id: str, body: str) -> dict[str, Any]:
    try:
        title = json.loads(body)["title"]
    except (ValueError, KeyError, TypeError):
        return _answer(400, {"message": 'the body must be JSON such as {"title": "Water the plants"}'})
    if not isinstance(title, str) or not 0 < len(title) <= _LONGEST:
        return _answer(400, {"message": f"title must be text of 1 to {_LONGEST} characters"})
    _table().put_item(Item={"owner": owner, "todo_id": todo_id, "title": title})
    return _answer(200, {"todo_id": todo_id, "title": title})


def _todos(owner: str) -> list[dict[str, str]]:
    found = _table().query(
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": owner},
    )
    return [{"todo_id": str(each["todo_id"]), "title": str(each["title"])} for each in found["Items"]]


@functools.cache
def _table() -> Any:
    # Imported on first use: it takes longer than everything else together.
    import boto3  # noqa: PLC0415 - slow, and tests have their own

    return boto3.resource("dynamodb").Table(os.environ["TODOS_TABLE"])


def _answer(status: int, body: Any) -> dict[str, Any]:
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": "" if body is None else json.dumps(body)}
