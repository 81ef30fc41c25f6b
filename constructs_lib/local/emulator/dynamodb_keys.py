"""Tables and condition keys of DynamoDB requests: `dynamodb:LeadingKeys`, `Attributes` and `ReturnValues`.

Stock MiniStack never computes LeadingKeys, and `ForAllValues` on an absent key is true, so a user could read and write
another user's items. For Attributes it reads projections only, and it accepts a `TableName` beside the tables of a
batch (measured on 1.5.33). Its `dynamodb:Select` is correct.
"""

import contextvars
import json
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

from .item_attributes import attribute_names
from .leading_keys import addressed, keys_of, leading_keys, table_name
from .ministack_interface import expect_attributes, expect_parameters

_LEADING_KEYS: Final = "dynamodb:LeadingKeys"
_ATTRIBUTES: Final = "dynamodb:Attributes"
_operation: contextvars.ContextVar[str] = contextvars.ContextVar("dynamodb_operation", default="")
"""The operation of the current request; the function that computes its keys receives its body only."""


def check() -> None:
    """Refuse a MiniStack whose condition keys or tables are kept elsewhere."""
    expect_parameters(iam_actions.dynamodb_service_context, "body")
    expect_parameters(
        iam_actions.extract_iam_action, "service", "method", "path", "headers", "body", "query_params",
    )  # fmt: skip
    expect_parameters(iam_actions.dynamodb_resource_arns, "body", "region", "account_id")
    expect_parameters(iam_evaluator._resolve_condition_key, "key", "ctx")
    expect_attributes(dynamodb, "_tables")


def install() -> None:
    """Override the function that names a request's action, and the one that computes its condition keys."""
    stock_action, stock_context = iam_actions.extract_iam_action, iam_actions.dynamodb_service_context

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any
    ) -> Any:
        _operation.set(headers.get("x-amz-target", "").rpartition(".")[2])
        return stock_action(service, method, path, headers, body, query_params)

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        request = _parsed(body)
        context: dict[str, Any] = {key: value for key, value in stock_context(body).items() if key != _ATTRIBUTES}
        values = {
            _LEADING_KEYS: leading_keys(_operation.get(), request, _partition_key),
            _ATTRIBUTES: attribute_names(request or {}) or None,
            "dynamodb:ReturnValues": (request or {}).get("ReturnValues"),
        }
        return context | {key: value for key, value in values.items() if value is not None}

    stock_arns = iam_actions.dynamodb_resource_arns

    def dynamodb_resource_arns(body: bytes, region: str, account_id: str) -> Any:
        return stock_arns(json.dumps(addressed(_operation.get(), _parsed(body) or {})).encode(), region, account_id)

    iam_actions.dynamodb_resource_arns = dynamodb_resource_arns

    stock_key = iam_evaluator._resolve_condition_key

    def resolve_condition_key(key: str, ctx: Any) -> Any:
        value = stock_key(key, ctx)
        if key.lower() == _LEADING_KEYS.lower() and value is not None:
            # A batch or transaction is checked table by table, item by item: each check has its own keys.
            return keys_of(value, ctx.action.partition(":")[2], table_name(ctx.resource_arn))
        return value

    iam_evaluator._resolve_condition_key = resolve_condition_key
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.dynamodb_service_context = dynamodb_service_context


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return None
    return request if isinstance(request, dict) else None


def _partition_key(table: str, index: str | None) -> str | None:
    record = dynamodb._tables.get(table) or {}
    schema = record.get("KeySchema") or []
    if index is not None:
        indexes = (record.get("GlobalSecondaryIndexes") or []) + (record.get("LocalSecondaryIndexes") or [])
        schema = next((each["KeySchema"] for each in indexes if each["IndexName"] == index), [])
    return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), None)
