"""HTTP APIs from an OpenAPI `Body`, which stock MiniStack ignores, and CORS, which it stores under wrong keys."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

from .ministack_interface import expect_attributes, expect_keys, expect_parameters
from .openapi import Operation, operations

_TYPE: Final = "AWS::ApiGatewayV2::Api"


def check() -> None:
    """Refuse a MiniStack that keeps HTTP APIs elsewhere."""
    expect_keys(provisioners._RESOURCE_HANDLERS, "MiniStack's resource types", _TYPE)
    expect_keys(provisioners._RESOURCE_HANDLERS[_TYPE], _TYPE, "create", "update", "delete")
    for function in (apigateway._create_route, apigateway._create_integration, apigateway._create_authorizer):
        expect_parameters(function, "api_id", "data")
    expect_attributes(apigateway, "_apis", "_routes", "_integrations", "_authorizers")


def install() -> None:
    """Wrap the type's handlers."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    stock_create, stock_update = handlers["create"], handlers["update"]

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        created = stock_create(logical_id, _readable(props), stack_name)
        _import_body(created[0], props)
        return created

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str = "") -> Any:
        updated = stock_update(physical_id, _readable(old), _readable(new), stack, logical_id or physical_id)
        if new.get("Body") != old.get("Body"):
            _import_body(updated[0], new)
        return updated

    handlers["create"], handlers["update"] = create, update


def _readable(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties with CORS under the names that the service reads, and the body's title as name."""
    readable = dict(props)
    cors = props.get("CorsConfiguration") or _body(props).get("x-amazon-apigateway-cors")
    if isinstance(cors, dict):
        readable["CorsConfiguration"] = {key[0].lower() + key[1:]: value for key, value in cors.items()}
    if not props.get("Name") and (title := _body(props).get("info", {}).get("title")):
        readable["Name"] = title
    return readable


def _body(props: Mapping[str, Any]) -> dict[str, Any]:
    body = props.get("Body")
    return body if isinstance(body, dict) else {}


def _import_body(api_id: str, props: Mapping[str, Any]) -> None:
    body = _body(props)
    if not body:
        return
    for store in (apigateway._routes, apigateway._integrations, apigateway._authorizers):
        store[api_id] = {}
    authorizers = dict(_create_authorizers(api_id, body))
    integrations: dict[str, str] = {}
    for operation in operations(body):
        shape = json.dumps(operation.integration, sort_keys=True)
        if shape not in integrations:
            integrations[shape] = _create_integration(api_id, operation)
        route: dict[str, Any] = {"routeKey": operation.route_key, "target": f"integrations/{integrations[shape]}"}
        if operation.iam:
            route["authorizationType"] = "AWS_IAM"
        elif operation.scheme is not None:
            route |= {
                "authorizationType": "JWT",
                "authorizerId": authorizers[operation.scheme],
                "authorizationScopes": operation.scopes,
            }
        _created(apigateway._create_route(api_id, route), "routeId")


def _create_authorizers(api_id: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, scheme in (body.get("components", {}).get("securitySchemes") or {}).items():
        authorizer = scheme.get("x-amazon-apigateway-authorizer")
        if not authorizer or authorizer.get("type", "").lower() != "jwt":
            continue
        source = authorizer.get("identitySource", "$request.header.Authorization")
        data = {
            "name": name,
            "authorizerType": "JWT",
            "identitySource": source if isinstance(source, list) else [source],
            "jwtConfiguration": authorizer["jwtConfiguration"],
        }
        yield name, _created(apigateway._create_authorizer(api_id, data), "authorizerId")


def _create_integration(api_id: str, operation: Operation) -> str:
    integration = operation.integration
    data = {
        "integrationType": str(integration.get("type", "aws_proxy")).upper(),
        "integrationUri": integration.get("uri", ""),
        "integrationMethod": integration.get("httpMethod", "POST"),
        "payloadFormatVersion": integration.get("payloadFormatVersion", "2.0"),
        "timeoutInMillis": integration.get("timeoutInMillis", 30_000),
    }
    return _created(apigateway._create_integration(api_id, data), "integrationId")


def _created(answer: Any, key: str) -> str:
    status, _, body = answer
    if status >= 400:  # noqa: PLR2004 - the first HTTP error status
        raise ValueError(f"importing the OpenAPI body failed: {body!r}")
    return str(json.loads(body)[key])
