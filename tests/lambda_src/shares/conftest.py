"""The shares' handler on an in-memory table, behind both kinds of API."""

import json
from typing import Any

import pytest
from shares import data
from shares.handler import handler

ALICE_ID = "eu-west-1:33333333-aaaa-4bbb-8ccc-444444444444"


class _ConditionalCheckFailedError(Exception):
    pass


class Table:
    """Does what DynamoDB does for the three requests of `data`."""

    class meta:  # noqa: N801, D106 - the name boto3 gives it
        class client:  # noqa: N801, D106
            class exceptions:  # noqa: N801, D106
                ConditionalCheckFailedException = _ConditionalCheckFailedError

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def put_item(self, *, Item: dict[str, Any], ConditionExpression: str) -> None:
        assert ConditionExpression == "attribute_not_exists(share_id)"
        json.dumps(Item, ensure_ascii=False).encode()  # DynamoDB's client sends UTF-8
        if Item["share_id"] in self.items:
            raise _ConditionalCheckFailedError
        self.items[Item["share_id"]] = Item

    def delete_item(self, *, Key: dict[str, str], ConditionExpression: str, **rest: Any) -> None:
        item = self.items.get(Key["share_id"])
        owner = rest.get("ExpressionAttributeValues", {}).get(":owner")
        assert ConditionExpression == ("#owner = :owner" if owner else "attribute_exists(share_id)")
        if item is None or (owner and item["owner"] != owner):
            raise _ConditionalCheckFailedError
        del self.items[Key["share_id"]]

    def query(self, *, Limit: int, ScanIndexForward: bool, **rest: Any) -> dict[str, Any]:
        assert not ScanIndexForward
        start = rest.get("ExclusiveStartKey", {}).get("share_id", "z")
        found = [item for key, item in sorted(self.items.items(), reverse=True) if key < start]
        page = found[:Limit]
        more = {"LastEvaluatedKey": {"feed": "all", "share_id": page[-1]["share_id"]}} if len(found) > Limit else {}
        return {"Items": page, **more}


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    table = Table()
    monkeypatch.setattr(data, "_table", lambda: table)
    return table


@pytest.fixture(params=["http", "rest"])
def call(request: pytest.FixtureRequest, events: Any) -> Any:
    """Send a request as a user of an HTTP API or of a REST API."""

    def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str = ALICE_ID,
        query: dict[str, str] | None = None,
        base64: bool = False,
    ) -> tuple[int, Any]:
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        event: dict[str, Any]
        if request.param == "http":
            event = events.http_iam(role="AuthenticatedRole", identity_id=user)
            event |= {"rawPath": path, "headers": {}, "queryStringParameters": query, "body": text}
            event["requestContext"] |= {"http": {"method": method}, "stage": "$default"}
        else:
            event = events.rest_iam(role="AuthenticatedRole", identity_id=user)
            event |= {"path": path, "httpMethod": method, "headers": {}, "queryStringParameters": query, "body": text}
        answer = handler(event | {"isBase64Encoded": base64}, None)
        return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None

    return send
