"""Requests to the shares, through the real event handler, on a table kept in memory."""

import json
from typing import Any

import pytest
from shares import data
from shares.handler import handler

ALICE_ID = "eu-west-1:33333333-aaaa-4bbb-8ccc-444444444444"
BOB_ID = "eu-west-1:99999999-aaaa-4bbb-8ccc-000000000000"
PLAN = {"title": "Plan", "document": "plan.pdf", "content_type": "application/pdf", "size": 12}


class _ConditionalCheckFailedError(Exception):
    pass


class _Table:
    """Does what DynamoDB does for the three requests of `data`."""

    class meta:  # noqa: N801 - the name boto3 gives it
        class client:  # noqa: N801
            class exceptions:  # noqa: N801
                ConditionalCheckFailedException = _ConditionalCheckFailedError

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def put_item(self, *, Item: dict[str, Any], ConditionExpression: str) -> None:  # noqa: N803
        assert ConditionExpression == "attribute_not_exists(share_id)"
        if Item["share_id"] in self.items:
            raise _ConditionalCheckFailedError
        self.items[Item["share_id"]] = Item

    def delete_item(self, *, Key: dict[str, str], ConditionExpression: str, **rest: Any) -> None:  # noqa: N803
        item = self.items.get(Key["share_id"])
        owner = rest.get("ExpressionAttributeValues", {}).get(":owner")
        assert ConditionExpression == ("#owner = :owner" if owner else "attribute_exists(share_id)")
        if item is None or (owner and item["owner"] != owner):
            raise _ConditionalCheckFailedError
        del self.items[Key["share_id"]]

    def query(self, *, Limit: int, ScanIndexForward: bool, **rest: Any) -> dict[str, Any]:  # noqa: N803
        assert not ScanIndexForward
        start = rest.get("ExclusiveStartKey", {}).get("share_id", "z")
        found = [item for key, item in sorted(self.items.items(), reverse=True) if key < start]
        page = found[:Limit]
        more = {"LastEvaluatedKey": {"feed": "all", "share_id": page[-1]["share_id"]}} if len(found) > Limit else {}
        return {"Items": page, **more}


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> _Table:
    table = _Table()
    monkeypatch.setattr(data, "_table", lambda: table)
    return table


@pytest.fixture(params=["http", "rest"])
def call(request: pytest.FixtureRequest, events: Any) -> Any:
    """Send a request as a user of an HTTP API or of a REST API."""

    def send(
        method: str, path: str, body: Any = None, *, user: str = ALICE_ID, query: dict[str, str] | None = None
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
        answer = handler(event, None)
        return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None

    return send


def test_a_share_is_stored_with_its_owner_and_shown_without(call: Any, table: _Table) -> None:
    status, share = call("POST", "/shares", PLAN)
    assert status == 201
    assert share.items() >= {**PLAN, "mine": True}.items()
    (item,) = table.items.values()
    assert item["owner"] == ALICE_ID
    assert ALICE_ID not in json.dumps(share)
    _, listed = call("GET", "/shares", user=BOB_ID)
    assert listed == {"shares": [{**share, "mine": False}], "next": None}


def test_pages_go_from_the_newest_to_the_oldest_without_loss(call: Any, table: _Table) -> None:
    ids = [f"{number:028x}" for number in range(5)]
    for share_id in ids:
        table.items[share_id] = {"share_id": share_id, "owner": BOB_ID, "title": "t", "document": "d"}
    seen, after = [], None
    while True:
        query = {"limit": "2", **({"after": after} if after else {})}
        _, page = call("GET", "/shares", query=query)
        seen.append([share["share_id"] for share in page["shares"]])
        after = page["next"]
        if after is None:
            break
    assert seen == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]


def test_an_owner_removes_their_own_share_and_no_other(call: Any, table: _Table) -> None:
    _, share = call("POST", "/shares", PLAN)
    path = f"/shares/{share['share_id']}"
    assert call("DELETE", f"/users/{BOB_ID}{path}", user=BOB_ID)[0] == 404
    assert call("DELETE", f"/users/{ALICE_ID}{path}", user=BOB_ID)[0] == 403
    assert len(table.items) == 1
    assert call("DELETE", f"/users/{ALICE_ID}{path}") == (204, None)
    assert call("DELETE", f"/users/{ALICE_ID}{path}")[0] == 404


def test_whoever_may_reach_the_route_removes_any(call: Any) -> None:
    _, share = call("POST", "/shares", PLAN)
    assert call("DELETE", f"/shares/{share['share_id']}", user=BOB_ID) == (204, None)
    assert call("DELETE", f"/shares/{share['share_id']}", user=BOB_ID)[0] == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "the body must be JSON"),
        ([], "the body must be a JSON object"),
        ({}, "title must be text of 1 to 120 characters; document must be text"),
        ({**PLAN, "title": " "}, "title must be text"),
        ({**PLAN, "title": "x" * 121}, "title must be text"),
        ({**PLAN, "owner": BOB_ID}, "owner is not a field of a share"),
        ({**PLAN, "size": -1}, "size must be a whole number"),
        ({**PLAN, "size": True}, "size must be a whole number"),
        ({**PLAN, "content_type": "pdf"}, "content_type must look like application/pdf"),
    ],
)
def test_a_bad_body_is_answered_with_what_is_wrong(call: Any, table: _Table, body: Any, message: str) -> None:
    status, answer = call("POST", "/shares", body)
    assert status == 400
    assert message in answer["message"]
    assert table.items == {}


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/shares", {"limit": "0"}),
        ("GET", "/shares", {"limit": "101"}),
        ("GET", "/shares", {"limit": "²"}),
        ("GET", "/shares", {"after": "x"}),
        ("DELETE", "/shares/x", None),
    ],
)
def test_bad_parameters_are_refused(call: Any, method: str, path: str, query: dict[str, str] | None) -> None:
    assert call(method, path, query=query)[0] == 400


def test_an_unknown_path_is_not_found(call: Any) -> None:
    assert call("GET", "/elsewhere")[0] == 404


def test_who_has_no_identity_shares_nothing(events: Any, table: _Table) -> None:
    event = events.http_open() | {"rawPath": "/shares", "headers": {}, "body": json.dumps(PLAN)}
    event["requestContext"] |= {"http": {"method": "POST"}, "stage": "$default"}
    assert handler(event, None)["statusCode"] == 403
    assert table.items == {}


def test_under_sub_an_owner_is_known_by_the_user_pools_id(
    call: Any, table: _Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER", "sub")
    call("POST", "/shares", PLAN)
    (item,) = table.items.values()
    assert item["owner"] == "11111111-aaaa-4bbb-8ccc-222222222222"
