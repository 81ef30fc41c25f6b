"""The operations of an OpenAPI document."""

from typing import Any

import pytest

from constructs_lib.local.emulator.openapi import Operation, operations

CALL = {"type": "aws_proxy", "uri": "arn"}
INTEGRATION = {"x-amazon-apigateway-integration": CALL}
SCHEMES = {
    "components": {
        "securitySchemes": {
            "pool": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}},
            "sigv4": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"},
        },
        "x-amazon-apigateway-integrations": {"shared": CALL},
    }
}


def only(item: dict[str, Any], path: str = "/notes", **document: Any) -> Operation:
    [found] = operations({**SCHEMES, **document, "paths": {path: item}})
    return found


def test_methods_and_paths_become_route_keys() -> None:
    assert only({"get": INTEGRATION}).route_key == "GET /notes"
    assert only({"x-amazon-apigateway-any-method": INTEGRATION}).route_key == "ANY /notes"
    assert only({"x-amazon-apigateway-any-method": INTEGRATION}, "/$default").route_key == "$default"


@pytest.mark.parametrize(
    ("operation", "document", "expected"),
    [
        ({}, {}, (False, None, [])),
        ({"security": [{"pool": ["a"]}]}, {}, (False, "pool", ["a"])),
        ({}, {"security": [{"pool": []}]}, (False, "pool", [])),
        ({"security": []}, {"security": [{"pool": []}]}, (False, None, [])),
        ({"security": [{"sigv4": []}]}, {}, (True, None, [])),
        ({"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}, {}, (True, None, [])),
    ],
)
def test_an_operation_says_who_may_call_it(
    operation: dict[str, Any], document: dict[str, Any], expected: tuple[bool, str | None, list[str]]
) -> None:
    found = only({"get": {**INTEGRATION, **operation}}, **document)
    assert (found.iam, found.scheme, found.scopes) == expected


def test_a_shared_integration_is_followed() -> None:
    reference = {"$ref": "#/components/x-amazon-apigateway-integrations/shared"}
    assert only({"get": {"x-amazon-apigateway-integration": reference}}).integration == CALL


def test_an_operation_without_an_integration_is_refused() -> None:
    with pytest.raises(ValueError, match="GET /notes has no x-amazon-apigateway-integration"):
        only({"get": {}})
