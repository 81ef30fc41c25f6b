"""Fine-grained access to rows, enforced on DynamoDB by the running emulator."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
SUB = "${cognito-identity.amazonaws.com:sub}"
ITEM_ACTIONS = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "BatchGetItem", "BatchWriteItem",
                "ConditionCheckItem"]  # fmt: skip


def rows(table: str, actions: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}"
    return {
        "Effect": "Allow",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": [arn, f"{arn}/index/*"],
        "Condition": condition,
    }


OWN = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": SUB}}
PRESENT = {"Null": {"dynamodb:LeadingKeys": "false"}}


@dataclass(frozen=True, slots=True)
class Rows:
    """Alice, who owns rows, and the partition key of Bob, whose rows she requests."""

    table: str
    alice: Any
    client: Any
    own: str
    bobs: str = "us-east-1:bob"


@pytest.fixture(scope="module")
def owned(emulator: Any) -> Rows:
    """A table whose rows have owners, and a role allowed everything on it under the conditions our constructs write."""
    index = {
        "IndexName": "by-topic",
        "KeySchema": [{"AttributeName": "topic", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    table = emulator.table(attributes=["topic"], GlobalSecondaryIndexes=[index])
    caller = emulator.member([rows(table, ["*"], {**OWN, **PRESENT})])
    found = Rows(table, caller, caller.client("dynamodb"), caller.identity_id)
    for owner in (found.own, found.bobs):
        item = {"owner": {"S": owner}, "id": {"S": "1"}, "topic": {"S": owner}}
        emulator.admin("dynamodb").put_item(TableName=table, Item=item)
    return found


def key(owner: str, id: str = "1") -> dict[str, Any]:
    return {"owner": {"S": owner}, "id": {"S": id}}


def calls(table: str, owner: str) -> dict[str, tuple[str, dict[str, Any]]]:
    by_owner = {
        "TableName": table,
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": {"S": owner}},
    }
    update = {"TableName": table, "Key": key(owner), "UpdateExpression": "SET seen = :s",
              "ExpressionAttributeValues": {":s": {"S": "x"}}}  # fmt: skip
    return {
        "get": ("get_item", {"TableName": table, "Key": key(owner)}),
        "put": ("put_item", {"TableName": table, "Item": key(owner, "2")}),
        "update": ("update_item", update),
        "delete": ("delete_item", {"TableName": table, "Key": key(owner, "9")}),
        "query": ("query", by_owner),
        "query, old form": ("query", {"TableName": table, "KeyConditions": {
            "owner": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": owner}]}}}),
        "query an index": ("query", {
            "TableName": table, "IndexName": "by-topic", "KeyConditionExpression": "topic = :t",
            "ExpressionAttributeValues": {":t": {"S": owner}}}),
        "batch get": ("batch_get_item", {"RequestItems": {table: {"Keys": [key(owner)]}}}),
        "batch write": ("batch_write_item", {"RequestItems": {table: [{"PutRequest": {"Item": key(owner, "3")}}]}}),
        "transact get": ("transact_get_items", {"TransactItems": [{"Get": {"TableName": table, "Key": key(owner)}}]}),
        "transact write": ("transact_write_items", {"TransactItems": [{"Update": update}]}),
        "transact check": ("transact_write_items", {"TransactItems": [{"ConditionCheck": {
            "TableName": table, "Key": key(owner), "ConditionExpression": "attribute_exists(id)"}}]}),
    }  # fmt: skip


CALLS = tuple(calls("", ""))


@pytest.mark.parametrize("name", CALLS)
def test_own_rows_are_reached(owned: Rows, name: str) -> None:
    operation, arguments = calls(owned.table, owned.own)[name]
    assert outcome(getattr(owned.client, operation), **arguments) == "allowed"


@pytest.mark.parametrize("name", CALLS)
def test_another_owners_rows_are_refused(owned: Rows, name: str) -> None:
    operation, arguments = calls(owned.table, owned.bobs)[name]
    assert outcome(getattr(owned.client, operation), **arguments) == "AccessDeniedException"


def test_a_batch_with_one_foreign_key_is_refused_whole(owned: Rows) -> None:
    keys = {owned.table: {"Keys": [key(owned.own), key(owned.bobs)]}}
    assert outcome(owned.client.batch_get_item, RequestItems=keys) == "AccessDeniedException"


@pytest.mark.parametrize("statement", ['SELECT * FROM "{table}"', "SELECT * FROM \"{table}\" WHERE owner = '{bob}'"])
def test_scans_and_partiql_are_refused(owned: Rows, statement: str) -> None:
    text = statement.format(table=owned.table, bob=owned.bobs)
    assert outcome(owned.client.execute_statement, Statement=text) == "AccessDeniedException"
    assert outcome(owned.client.scan, TableName=owned.table) == "AccessDeniedException"
    described = outcome(owned.client.describe_table, TableName=owned.table)
    assert described == "AccessDeniedException"


def slip(client: Any, **members: Any) -> None:
    """Add members to a client's requests: before they are signed, after botocore has refused what it does not know."""

    def add(request: Any, **_: Any) -> None:
        request.data = json.dumps({**json.loads(request.data), **members}).encode()

    client.meta.events.register_first("before-sign.dynamodb", add)


def test_a_second_table_in_a_batch_grants_nothing(emulator: Any) -> None:
    mine, other = emulator.table(), emulator.table()
    emulator.admin("dynamodb").put_item(TableName=other, Item=key("bob"))
    client = emulator.member([rows(mine, ["BatchGetItem"], {})]).client("dynamodb")
    slip(client, TableName=mine)
    assert outcome(client.batch_get_item, RequestItems={mine: {"Keys": [key("bob")]}}) == "allowed"
    assert outcome(client.batch_get_item, RequestItems={other: {"Keys": [key("bob")]}}) == "AccessDeniedException"


def test_an_additional_key_in_a_scan_or_query_grants_nothing(owned: Rows) -> None:
    client = owned.alice.client("dynamodb")
    slip(client, Key=key(owned.own))
    _, query = calls(owned.table, owned.bobs)["query"]
    assert outcome(client.scan, TableName=owned.table) == "AccessDeniedException"
    assert outcome(client.query, **query) == "AccessDeniedException"


def test_without_null_a_scan_reads_every_row(emulator: Any, owned: Rows) -> None:
    """The mutation: `ForAllValues` on an absent key is true, which is why the grant says `Null` too."""
    caller = emulator.member([rows(owned.table, ["*"], OWN)])
    found = caller.client("dynamodb").scan(TableName=owned.table)["Items"]
    assert owned.bobs in {item["owner"]["S"] for item in found}


def test_a_widened_condition_reads_another_owners_rows(emulator: Any, owned: Rows) -> None:
    widened = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "us-east-1:*"}, **PRESENT}
    caller = emulator.member([rows(owned.table, ITEM_ACTIONS, widened)])
    assert outcome(caller.client("dynamodb").get_item, TableName=owned.table, Key=key(owned.bobs)) == "allowed"


def test_attributes_a_role_may_not_name_are_refused(emulator: Any, owned: Rows) -> None:
    caller = emulator.member([
        rows(owned.table, ["GetItem", "UpdateItem"], {
            "ForAllValues:StringEquals": {"dynamodb:Attributes": ["owner", "id", "title"]},
            "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES",
                                     "dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]},
        }),
    ])  # fmt: skip
    client, own = caller.client("dynamodb"), {"TableName": owned.table, "Key": key(owned.own)}
    titled = {**own, "UpdateExpression": "SET title = :t", "ExpressionAttributeValues": {":t": {"S": "x"}}}
    assert outcome(client.get_item, **own, ProjectionExpression="title") == "allowed"
    assert outcome(client.get_item, **own, ProjectionExpression="title, topic") == "AccessDeniedException"
    assert outcome(client.get_item, **own) == "AccessDeniedException"
    update = {**own, "UpdateExpression": "SET topic = :t", "ExpressionAttributeValues": {":t": {"S": "x"}}}
    assert outcome(client.update_item, **update) == "AccessDeniedException"
    assert outcome(client.update_item, **titled, ReturnValues="ALL_NEW") == "AccessDeniedException"
