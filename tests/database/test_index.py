"""An index is open to whom it is grouped by, the owner; any other is for functions."""

from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.database import Index

Templates = dict[str, dict[str, Any]]
Statements = Callable[[dict[str, Any], str], list[dict[str, Any]]]


def test_an_index_grouped_by_anything_but_the_owner_is_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"LeadingKeys would be compared with the status.*set functions_only=True"):
        Index("by-status", partition_key="status")


@pytest.mark.parametrize("name", ["by", "by date", "a" * 256])
def test_a_name_dynamodb_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"use 3 to 255 characters that match \^\[a-zA-Z0-9_\.-\]\+\$ for"):
        Index(name)


def test_client_roles_query_the_indexes_grouped_by_owner_alone(templates: Templates, statements: Statements) -> None:
    notes = "<NotesTable.Arn>"
    for caller in ("Authenticated", "Groupeditors"):
        query = statements(templates["indexed"], f"Auth{caller}Policy")[0]
        assert query["Action"] == "dynamodb:Query"
        assert query["Resource"] == [notes, f"{notes}/index/by-date", f"{notes}/index/by-score"]


def test_who_may_list_some_attributes_queries_the_indexes_ordered_by_one_of_them(
    templates: Templates, statements: Statements
) -> None:
    """An index ordered by another attribute would show it."""
    _, query, update = statements(templates["indexed"], "AuthGroupeditorsPolicy")
    named = ["owner", "note_id", "created_at", "title"]
    assert query == {
        "Effect": "Allow",
        "Action": "dynamodb:Query",
        "Resource": ["<NotesTable.Arn>", "<NotesTable.Arn>/index/by-date"],
        "Condition": {
            "Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": named},
            "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        },
    }
    assert (update["Action"], update["Resource"]) == ("dynamodb:UpdateItem", "<NotesTable.Arn>")


def test_indexes_hold_what_they_say(templates: Templates) -> None:
    (table,) = (
        resource["Properties"]
        for resource in templates["indexed"]["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::GlobalTable"
    )
    owner = {"AttributeName": "owner", "KeyType": "HASH"}
    by_date, by_score, by_status = table["GlobalSecondaryIndexes"]
    assert by_date == {
        "IndexName": "by-date",
        "KeySchema": [owner, {"AttributeName": "created_at", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    assert by_score["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}
    assert by_status["KeySchema"][0] == {"AttributeName": "status", "KeyType": "HASH"}
    assert by_status["Projection"] == {"ProjectionType": "KEYS_ONLY"}
    assert {"AttributeName": "score", "AttributeType": "N"} in table["AttributeDefinitions"]
