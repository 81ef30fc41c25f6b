"""The partition keys that a DynamoDB request names."""

from typing import Any

import pytest

from constructs_lib.local.emulator.leading_keys import UNKNOWN, RowKey, addressed, keys_of, leading_keys, table_name

ALICE, BOB = {"S": "alice"}, {"S": "bob"}


def key_of(table: str, index: str | None) -> str | None:
    return {("t", None): "owner", ("t", "by-topic"): "topic", ("u", None): "who"}.get((table, index))


def values(operation: str, request_body: dict[str, Any] | None) -> list[str] | None:
    found = leading_keys(operation, request_body, key_of)
    return None if found is None else [each.value for each in found]


@pytest.mark.parametrize(
    ("operation", "request_body", "expected"),
    [
        ("GetItem", {"TableName": "t", "Key": {"owner": ALICE, "id": BOB}}, ["alice"]),
        ("PutItem", {"TableName": "t", "Item": {"owner": ALICE, "text": BOB}}, ["alice"]),
        ("UpdateItem", {"TableName": "t", "Key": {"owner": {"N": "7"}}}, ["7"]),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [{"owner": ALICE}]}, "u": {"Keys": [{"who": BOB}]}}},
         ["alice", "bob"]),
        ("BatchWriteItem", {"RequestItems": {"t": [{"PutRequest": {"Item": {"owner": ALICE}}},
                                                   {"DeleteRequest": {"Key": {"owner": BOB}}}]}}, ["alice", "bob"]),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "t", "Item": {"owner": ALICE}}},
                                                  {"ConditionCheck": {"TableName": "t", "Key": {"owner": BOB}}}]},
         ["alice", "bob"]),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "u", "Key": {"who": BOB}}}]}, ["bob"]),
    ],
)  # fmt: skip
def test_an_item_operation_names_the_partition_of_each_item(
    operation: str, request_body: dict[str, Any], expected: list[str]
) -> None:
    assert values(operation, request_body) == expected


@pytest.mark.parametrize(
    ("operation", "request_body", "tables"),
    [
        ("GetItem", {"TableName": "t", "Key": {"owner": ALICE}}, ["t"]),
        ("PutItem", {"TableName": "t", "Item": {"owner": ALICE}}, ["t"]),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [{"owner": ALICE}]}, "u": {"Keys": [{"who": BOB}]}}},
         ["t", "u"]),
        ("BatchWriteItem", {"RequestItems": {"u": [{"DeleteRequest": {"Key": {"who": BOB}}}]}}, ["u"]),
        ("Query", {"TableName": "t", "KeyConditions": {"owner": {"AttributeValueList": [ALICE]}}}, ["t"]),
        ("Query", {"TableName": "t", "KeyConditionExpression": "owner = :o",
                   "ExpressionAttributeValues": {":o": ALICE}}, ["t"]),
        ("GetItem", None, [""]),
        ("ExecuteStatement", {"Statement": "SELECT * FROM t"}, [""]),
    ],
)  # fmt: skip
def test_each_key_names_the_action_and_the_table_it_is_checked_for(
    operation: str, request_body: dict[str, Any] | None, tables: list[str]
) -> None:
    found = leading_keys(operation, request_body, key_of)
    assert [(each.action, each.table) for each in found or []] == [(operation, table) for table in tables]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"KeyConditionExpression": "owner = :o", "ExpressionAttributeValues": {":o": ALICE}}, ["alice"]),
        ({"KeyConditionExpression": "#o=:o AND begins_with(id, :i)", "ExpressionAttributeNames": {"#o": "owner"},
          "ExpressionAttributeValues": {":o": ALICE, ":i": BOB}}, ["alice"]),
        ({"KeyConditionExpression": "(id = :i) and (owner = :o)",
          "ExpressionAttributeValues": {":o": ALICE, ":i": BOB}}, ["alice"]),
        ({"KeyConditionExpression": "topic = :t", "ExpressionAttributeValues": {":t": BOB}, "IndexName": "by-topic"},
         ["bob"]),
        ({"KeyConditions": {"owner": {"ComparisonOperator": "EQ", "AttributeValueList": [ALICE]}}}, ["alice"]),
        ({"KeyConditionExpression": "id = :i", "ExpressionAttributeValues": {":i": ALICE}}, [UNKNOWN]),
        ({"KeyConditionExpression": "owner = :missing"}, [UNKNOWN]),
        ({"KeyConditionExpression": "owner = :o", "ExpressionAttributeValues": {":o": ALICE}, "IndexName": "none"},
         [UNKNOWN]),
        ({}, [UNKNOWN]),
    ],
)  # fmt: skip
def test_a_query_names_the_partition_of_its_key_condition(members: dict[str, Any], expected: list[str]) -> None:
    assert values("Query", {"TableName": "t", **members}) == expected


def test_a_key_slipped_into_a_query_changes_nothing() -> None:
    request = {
        "TableName": "t",
        "Key": {"owner": ALICE},
        "KeyConditionExpression": "owner = :o",
        "ExpressionAttributeValues": {":o": BOB},
    }
    assert values("Query", request) == ["bob"]


@pytest.mark.parametrize("operation", ["Scan", "DescribeTable", "CreateTable", ""])
def test_an_operation_without_a_partition_names_none_whatever_its_body_holds(operation: str) -> None:
    assert values(operation, {"TableName": "t", "Key": {"owner": ALICE}}) is None


@pytest.mark.parametrize("operation", ["ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"])
def test_partiql_fails_closed(operation: str) -> None:
    assert values(operation, {"Statement": "SELECT * FROM t WHERE owner = 'alice'"}) == [UNKNOWN]


@pytest.mark.parametrize("value", [{"X": "alice", "S": "bob"}, {}, {"S": None}, {"M": {"S": "alice"}}])
def test_a_value_that_could_be_read_in_two_ways_fails_closed(value: dict[str, Any]) -> None:
    assert values("GetItem", {"TableName": "t", "Key": {"owner": value}}) == [UNKNOWN]


@pytest.mark.parametrize(
    "request_body",
    [
        None,
        {},
        {"TableName": "t", "Key": []},
        {"TableName": "t", "Key": {"id": ALICE}},
        {"TableName": "x", "Key": {"owner": ALICE}},
    ],
)
def test_what_cannot_be_read_fails_closed(request_body: dict[str, Any] | None) -> None:
    assert values("GetItem", request_body) == [UNKNOWN]


def test_each_item_of_a_transaction_is_checked_for_its_own_action_and_table() -> None:
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/u"
    found = leading_keys(
        "TransactWriteItems",
        {"TransactItems": [
            {"Put": {"TableName": "t", "Item": {"owner": ALICE}}},
            {"ConditionCheck": {"TableName": "t", "Key": {"owner": BOB}}},
            {"Delete": {"TableName": arn, "Key": {"who": BOB}}},
        ]},
        key_of,
    )  # fmt: skip
    assert found == [
        RowKey("PutItem", "t", "alice"), RowKey("ConditionCheckItem", "t", "bob"), RowKey("DeleteItem", "u", "bob"),
    ]  # fmt: skip
    assert keys_of(found, "PutItem", "t") == ["alice"]
    assert keys_of(found, "DeleteItem", table_name(f"{arn}/index/by-topic")) == ["bob"]
    assert keys_of(found, "DeleteItem", "t") == [UNKNOWN]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("GetItem", {"TableName"}),
        ("Query", {"TableName", "IndexName"}),
        ("Scan", {"TableName", "IndexName"}),
        ("BatchGetItem", {"RequestItems"}),
        ("BatchWriteItem", {"RequestItems"}),
        ("ExecuteStatement", set()),
        ("BatchExecuteStatement", set()),
    ],
)
def test_an_operation_touches_only_the_tables_it_reads_from_its_body(operation: str, expected: set[str]) -> None:
    assert set(addressed(operation, {"TableName": "t", "IndexName": "i", "RequestItems": {}})) == expected
