"""`dynamodb:LeadingKeys` and `dynamodb:ReturnValues` in every DynamoDB request.

Stock MiniStack never computes LeadingKeys, and `ForAllValues` on an absent key is true: Alice read and wrote Bob's
items (measured on 1.5.33).
"""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import dynamodb

from .leading_keys import leading_keys
from .surface import expect_attributes, expect_parameters


def check() -> None:
    """Refuse a MiniStack whose condition keys or tables are kept elsewhere."""
    expect_parameters(iam_actions.dynamodb_service_context, "body")
    expect_attributes(dynamodb, "_tables")


def install() -> None:
    """Override the function that computes a request's condition keys."""
    stock = iam_actions.dynamodb_service_context

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        context: dict[str, Any] = stock(body)
        keys = leading_keys(body, _partition_key)
        if keys is not None:
            context["dynamodb:LeadingKeys"] = keys
        returned = _return_values(body)
        if returned is not None:
            context["dynamodb:ReturnValues"] = returned
        return context

    iam_actions.dynamodb_service_context = dynamodb_service_context


def _partition_key(table: str, index: str | None) -> str | None:
    name = table.rsplit("/", 1)[-1] if table.startswith("arn:") else table
    record = dynamodb._tables.get(name) or {}  # noqa: SLF001
    schema = record.get("KeySchema") or []
    if index is not None:
        indexes = (record.get("GlobalSecondaryIndexes") or []) + (record.get("LocalSecondaryIndexes") or [])
        schema = next((each["KeySchema"] for each in indexes if each["IndexName"] == index), [])
    return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), None)


def _return_values(body: bytes) -> str | None:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return None
    value = request.get("ReturnValues") if isinstance(request, dict) else None
    return value if isinstance(value, str) else None
