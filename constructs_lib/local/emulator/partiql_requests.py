"""PartiQL requests: each statement is authorized by its own action, on its own table or index.

Stock MiniStack authorizes `ExecuteStatement`, which is no IAM action, on every resource: a Deny for `PartiQLSelect` or
for the table refuses nothing, and a grant of `PartiQLSelect` allows nothing (measured on 1.5.33). Source: "IAM security
policies with PartiQL for DynamoDB" (DynamoDB developer guide). A statement is read as MiniStack executes it; one that
cannot be read is not executed.
"""

from collections.abc import Iterator
from typing import Any, Final

from ministack.core import iam_actions
from ministack.services import dynamodb

from .json_requests import json_object
from .ministack_interface import expect_attributes, expect_parameters

_ACTIONS: Final = {
    "SELECT": "dynamodb:PartiQLSelect", "EXISTS": "dynamodb:PartiQLSelect", "INSERT": "dynamodb:PartiQLInsert",
    "UPDATE": "dynamodb:PartiQLUpdate", "DELETE": "dynamodb:PartiQLDelete",
}  # fmt: skip
_OPERATIONS: Final = ("dynamodb:ExecuteStatement", "dynamodb:BatchExecuteStatement", "dynamodb:ExecuteTransaction")
_SCAN: Final = "dynamodb:FullTableScan"


def check() -> None:
    """Refuse a MiniStack that reads statements or authorizes transactions elsewhere."""
    expect_parameters(dynamodb._parse_partiql, "statement", "parameters")
    expect_attributes(dynamodb, "_tables")
    expect_parameters(iam_actions.dynamodb_transaction_checks, "iam_action", "body", "region", "account_id")
    expect_parameters(iam_actions.dynamodb_service_context, "body")
    expect_parameters(iam_actions._dynamodb_table_arn, "table", "region", "account_id")


def install() -> None:
    """Override the checks of a transaction, and add the condition key of scans."""
    stock_checks, stock_context = iam_actions.dynamodb_transaction_checks, iam_actions.dynamodb_service_context

    def dynamodb_transaction_checks(iam_action: str, body: bytes, region: str, account_id: str) -> Any:
        if iam_action not in _OPERATIONS:
            return stock_checks(iam_action, body, region, account_id)
        return [
            (_ACTIONS[read["op"]], _resource(read.get("select", read), region, account_id))
            for read in _statements(body)
        ]

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        found: dict[str, Any] = stock_context(body)
        scans = [_scans(read) for read in _statements(body) if read["op"] == "SELECT"]
        return found | {_SCAN: str(any(scans)).lower()} if scans else found

    iam_actions.dynamodb_transaction_checks = dynamodb_transaction_checks
    iam_actions.dynamodb_service_context = dynamodb_service_context


def _statements(body: bytes) -> Iterator[dict[str, Any]]:
    """Yield the statements of a request, as MiniStack reads them."""
    request = json_object(body)
    for each in (request, *(request.get("Statements") or []), *(request.get("TransactStatements") or [])):
        if isinstance(each, dict) and isinstance(each.get("Statement"), str):
            try:
                read = dynamodb._parse_partiql(each["Statement"], each.get("Parameters", []))
            except ValueError:
                continue
            if read["op"] in _ACTIONS:
                yield read


def _resource(read: dict[str, Any], region: str, account_id: str) -> str:
    arn = str(iam_actions._dynamodb_table_arn(read["table"], region, account_id))
    return f"{arn}/index/{read['index']}" if read.get("index") else arn


def _scans(read: dict[str, Any]) -> bool:
    """Return whether a SELECT names no partition key."""
    table = dynamodb._tables.get(read["table"]) or {}
    indexes = (table.get("GlobalSecondaryIndexes") or []) + (table.get("LocalSecondaryIndexes") or [])
    named = [each["KeySchema"] for each in indexes if each["IndexName"] == read.get("index")]
    schema = (named or [table.get("KeySchema") or []])[0]
    key = next((each["AttributeName"] for each in schema if each["KeyType"] == "HASH"), None)
    return not any(name == key and operator in ("=", "IN") for name, operator, _ in read.get("conditions") or [])
