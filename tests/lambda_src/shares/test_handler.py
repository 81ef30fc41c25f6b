"""Requests to the shares, through the real event handler, on an in-memory table."""

import json
from typing import Any

import pytest
from shares.handler import handler

from tests.lambda_src.shares.conftest import ALICE_ID, Table

BOB_ID = "eu-west-1:99999999-aaaa-4bbb-8ccc-000000000000"
PLAN = {"title": "Plan", "document": "plan.pdf", "content_type": "application/pdf", "size": 12}


def test_a_share_is_stored_with_its_owner_and_shown_without(call: Any, table: Table) -> None:
    status, share = call("POST", "/shares", PLAN)
    assert status == 201
    assert share.items() >= {**PLAN, "mine": True}.items()
    (item,) = table.items.values()
    assert item["owner"] == ALICE_ID
    assert ALICE_ID not in json.dumps(share)
    _, listed = call("GET", "/shares", user=BOB_ID)
    assert listed == {"shares": [{**share, "mine": False}], "next": None}


def test_pages_go_from_the_newest_to_the_oldest_without_loss(call: Any, table: Table) -> None:
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


def test_an_owner_removes_their_own_share_and_no_other(call: Any, table: Table) -> None:
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
        ({**PLAN, "content_type": "pdf"}, "content_type must be a media type such as application/pdf"),
        ("[" * 100_000, "the body must be JSON"),
        ('{"size": ' + "9" * 5_000 + "}", "the body must be JSON"),
        ({**PLAN, "title": "half \ud83d"}, "title must be text"),
        ({**PLAN, "document": "\udc00.pdf"}, "document must be text"),
        ({**PLAN, "\ud83d": 1}, "\ufffd is not a field of a share"),
    ],
)
def test_a_bad_body_is_answered_with_what_is_wrong(call: Any, table: Table, body: Any, message: str) -> None:
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
        ("GET", "/shares", {"limit": ""}),
        ("GET", "/shares", {"limit": "9" * 5_000}),
        ("GET", "/shares", {"after": "x"}),
        ("DELETE", "/shares/x", None),
    ],
)
def test_bad_parameters_are_refused(call: Any, method: str, path: str, query: dict[str, str] | None) -> None:
    assert call(method, path, query=query)[0] == 400


def test_an_unknown_path_is_not_found(call: Any) -> None:
    assert call("GET", "/elsewhere")[0] == 404


def test_who_has_no_identity_shares_nothing(events: Any, table: Table) -> None:
    event = events.http_open() | {"rawPath": "/shares", "headers": {}, "body": json.dumps(PLAN)}
    event["requestContext"] |= {"http": {"method": "POST"}, "stage": "$default"}
    assert handler(event, None)["statusCode"] == 403
    assert table.items == {}


def test_under_sub_an_owner_is_known_by_the_user_pools_id(
    call: Any, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER", "sub")
    call("POST", "/shares", PLAN)
    (item,) = table.items.values()
    assert item["owner"] == "11111111-aaaa-4bbb-8ccc-222222222222"


def test_an_owner_value_that_does_not_exist_is_no_other_one(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER", "Sub")
    with pytest.raises(ValueError, match="known_by='Sub' is none of identity, sub"):
        call("POST", "/shares", PLAN)
