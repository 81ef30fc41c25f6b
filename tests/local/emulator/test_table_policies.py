"""The resource policy of a table decides on requests for its rows and indexes."""

import json
from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
VERSION = "2012-10-17"
KEY = {"owner": {"S": "a"}, "id": {"S": "b"}}


def attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def indexed(emulator: Any) -> tuple[str, str]:
    """Return the name and ARN of a table with an index."""
    keys = [{"AttributeName": "team", "KeyType": "HASH"}]
    index = {"IndexName": "teams", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}
    table = emulator.table(attributes=["team"], GlobalSecondaryIndexes=[index])
    return table, f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}"


def test_a_tables_policy_decides_on_its_rows_and_indexes(emulator: Any) -> None:
    table, arn = indexed(emulator)
    allowed = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": [arn, f"{arn}/index/*"]}
    reader = emulator.member([allowed]).client("dynamodb")
    other = emulator.member([{**allowed, "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/none"}])
    role = other.client("sts").get_caller_identity()["Arn"].split("/")[1]
    denial = {"Effect": "Deny", "Principal": "*", "Action": ["dynamodb:DeleteItem", "dynamodb:Query"],
              "Resource": [arn, f"{arn}/index/*"]}  # fmt: skip
    grant = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::000000000000:role/{role}"},
             "Action": "dynamodb:GetItem", "Resource": arn}  # fmt: skip
    policy = json.dumps({"Version": VERSION, "Statement": [denial, grant]})
    emulator.admin("dynamodb").put_resource_policy(ResourceArn=arn, Policy=policy)
    query = {
        "IndexName": "teams",
        "KeyConditionExpression": "team = :t",
        "ExpressionAttributeValues": {":t": {"S": "a"}},
    }
    assert outcome(reader.get_item, TableName=table, Key=KEY) == "allowed"
    assert outcome(reader.delete_item, TableName=table, Key=KEY) == "AccessDeniedException"
    assert (
        outcome(reader.transact_write_items, TransactItems=[{"Delete": {"TableName": table, "Key": KEY}}]) != "allowed"
    )
    assert outcome(reader.query, TableName=table, **query) == "AccessDeniedException"
    assert outcome(other.client("dynamodb").get_item, TableName=table, Key=KEY) == "allowed"
    assert outcome(other.client("dynamodb").delete_item, TableName=table, Key=KEY) == "AccessDeniedException"


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
def test_a_templates_policy_is_applied_changed_and_removed(emulator: Any, kind: str) -> None:
    name, client, stack = emulator.name("table"), emulator.admin("cloudformation"), emulator.name("stack")
    every = {
        "Effect": "Allow",
        "Action": "dynamodb:*",
        "Resource": f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}",
    }
    caller = emulator.member([every]).client("dynamodb")
    for number, (denied, expected) in enumerate(
        (("GetItem", "AccessDeniedException"), ("PutItem", "allowed"), ("", "allowed"))
    ):
        statement = {"Effect": "Deny", "Principal": "*", "Action": f"dynamodb:{denied}", "Resource": "*"}
        policy = (
            {"ResourcePolicy": {"PolicyDocument": {"Version": VERSION, "Statement": [statement]}}} if denied else {}
        )
        keys = [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}]
        table = {"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys,
                 "AttributeDefinitions": attributes("owner", "id")}  # fmt: skip
        more = policy if kind == "Table" else {"Replicas": [{"Region": "us-east-1", **policy}]}
        body = {"Resources": {"T": {"Type": f"AWS::DynamoDB::{kind}", "Properties": table | more}}}
        call = client.update_stack if number else client.create_stack
        call(StackName=stack, TemplateBody=json.dumps(body))
        waiter = client.get_waiter("stack_update_complete" if number else "stack_create_complete")
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.1})
        assert outcome(caller.get_item, TableName=name, Key=KEY) == expected
        assert (outcome(caller.put_item, TableName=name, Item=KEY) == "allowed") == (denied != "PutItem")
