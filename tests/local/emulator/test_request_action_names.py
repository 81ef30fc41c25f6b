"""The places where a request may name an action."""

import pytest

from constructs_lib.local.emulator.request_action_names import named_actions


@pytest.mark.parametrize(
    ("headers", "body", "query", "expected"),
    [
        ({}, b"", {}, set()),
        ({"x-amz-target": "DynamoDB_20120810.GetItem"}, b'{"a": "&Action=Scan"}', {}, {"GetItem"}),
        ({}, b"Version=1&Action=ListUsers", {}, {"ListUsers"}),
        ({}, b"", {"Action": ["ListUsers"]}, {"ListUsers"}),
        ({}, b"Action=CreateUser", {"Action": ["ListUsers"]}, {"CreateUser", "ListUsers"}),
        ({}, b"{=1&Action=CreateUser", {"Action": "ListUsers"}, {"CreateUser", "ListUsers"}),
        ({"x-amz-target": "a.GetItem"}, b"{}", {"Action": ["Scan", "Query"]}, {"GetItem", "Scan", "Query"}),
        ({"x-amz-target": "a.GetItem"}, b"", {"Action": ["GetItem"]}, {"GetItem"}),
    ],
)
def test_an_action_name_is_found_in_every_part_of_a_request(
    headers: dict[str, str], body: bytes, query: dict[str, str | list[str]], expected: set[str]
) -> None:
    assert named_actions(headers, body, query) == expected
