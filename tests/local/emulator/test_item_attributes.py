"""The attributes that a DynamoDB request names."""

from typing import Any

import pytest

from constructs_lib.local.emulator.item_attributes import attribute_names

S = {"S": "x"}


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        ({"TableName": "t"}, []),
        ({"Key": {"owner": S, "id": S}, "ProjectionExpression": "title, #a.city, tags[0]",
          "ExpressionAttributeNames": {"#a": "address"}}, ["address", "id", "owner", "tags", "title"]),
        ({"Item": {"owner": S, "text": S}, "ConditionExpression": "attribute_not_exists(owner) AND lock <> :l"},
         ["lock", "owner", "text"]),
        ({"Key": {"owner": S},
          "UpdateExpression": "SET total = if_not_exists(total, :z) + :n, seen.last = :l REMOVE old ADD hits :n"},
         ["hits", "old", "owner", "seen", "total"]),
        ({"KeyConditionExpression": "owner = :o AND begins_with(id, :i)", "FilterExpression": "NOT hidden IN (:a, :b)"},
         ["hidden", "id", "owner"]),
        ({"AttributesToGet": ["title"], "KeyConditions": {"owner": {}}}, ["owner", "title"]),
        ({"RequestItems": {"t": {"Keys": [{"owner": S}], "ProjectionExpression": "salary"}}}, ["owner", "salary"]),
        ({"RequestItems": {"t": [{"PutRequest": {"Item": {"owner": S, "salary": S}}},
                                 {"DeleteRequest": {"Key": {"id": S}}}]}}, ["id", "owner", "salary"]),
        ({"RequestItems": {"t": {"Keys": {"owner": S}}}}, []),
        ({"RequestItems": {"t": {"Keys": 5}}}, []),
        ({"TransactItems": [{"Put": {"Item": {"a": S}}},
                            {"Update": {"Key": {"b": S}, "UpdateExpression": "SET c=:c"}}]},
         ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_every_top_level_attribute_is_named_once(request_body: dict[str, Any], expected: list[str]) -> None:
    assert attribute_names(request_body) == expected
