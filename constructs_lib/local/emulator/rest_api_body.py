"""Parts of a REST API's OpenAPI `Body` that stock MiniStack ignores.

MiniStack imports methods, proxies and authorizers (measured on 1.5.33). This module adds request validators and models,
required parameters, MOCK responses, ANY methods, gateway responses and the expressions of Cognito authorizers.
"""

import json
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Final

from ministack.services import apigateway_v1

from .ministack_interface import expect_attributes, expect_parameters
from .mock_templates import answered_origin

_ANY: Final = "x-amazon-apigateway-any-method"
_AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
_EXPRESSION: Final = "identityValidationExpression"
_VALIDATORS: Final = "x-amazon-apigateway-request-validators"
_VALIDATOR: Final = "x-amazon-apigateway-request-validator"
_RESPONSES: Final = "x-amazon-apigateway-gateway-responses"
_ALLOW_ORIGIN: Final = "Access-Control-Allow-Origin"
_PLACES: Final = {"query": "querystring", "header": "header", "path": "path"}
_origin: ContextVar[str] = ContextVar("origin", default="")


def check() -> None:
    """Refuse a MiniStack that imports documents or handles MOCK integrations elsewhere."""
    expect_parameters(apigateway_v1._import_rest_api, "spec", "base_data")
    expect_parameters(
        apigateway_v1._import_path_item,
        "api_id", "path", "path_item", "scheme_map", "default_security",
    )  # fmt: skip
    expect_parameters(apigateway_v1._invoke_mock_v1, "integration")
    expect_parameters(
        apigateway_v1._execute_in_scope,
        "request", "api_id", "stage_name", "method", "path", "headers", "body", "query_params", "owner_account_id",
        "owner_region",
    )  # fmt: skip
    expect_attributes(
        apigateway_v1, "_OPENAPI_HTTP_METHODS", "_authorizers_v1", "_gateway_responses", "_resources", "_models"
    )
    for function in (apigateway_v1._create_request_validator, apigateway_v1._create_model):
        expect_parameters(function, "api_id", "data")
    expect_parameters(apigateway_v1._put_gateway_response, "api_id", "response_type", "data")


def install() -> None:
    """Complete the import, and pass the request's origin to MOCK integrations."""
    stock_import = apigateway_v1._import_rest_api
    stock_item = apigateway_v1._import_path_item
    stock_execute = apigateway_v1._execute_in_scope
    stock_mock = apigateway_v1._invoke_mock_v1

    def import_item(api_id: str, path: str, path_item: dict[str, Any], *rest: Any) -> Any:
        return stock_item(api_id, path, {_method(name): each for name, each in path_item.items()}, *rest)

    def import_api(spec: dict[str, Any], base_data: dict[str, Any] | None = None) -> Any:
        api_id = stock_import(spec, base_data)
        _complete(api_id, spec)
        return api_id

    async def execute(request: dict[str, Any], *rest: Any) -> Any:
        headers = {name.lower(): value for name, value in request["headers"].items()}
        token = _origin.set(headers.get("origin", ""))
        try:
            return await stock_execute(request, *rest)
        finally:
            _origin.reset(token)

    def mock(integration: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = stock_mock(integration)
        templates = [
            template
            for response in integration.get("integrationResponses", {}).values()
            for template in response.get("responseTemplates", {}).values()
        ]
        for template in templates:
            if origin := answered_origin(template, _origin.get()):
                return status, {**headers, _ALLOW_ORIGIN: origin}, b""
        return status, headers, b"" if templates else body

    apigateway_v1._OPENAPI_HTTP_METHODS.add("any")
    apigateway_v1._import_path_item = import_item
    apigateway_v1._import_rest_api = import_api
    apigateway_v1._execute_in_scope = execute
    apigateway_v1._invoke_mock_v1 = mock


def gateway_headers(api_id: str, request: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of an API's gateway response to a request, which MiniStack does not apply to IAM refusals."""
    responses = apigateway_v1._gateway_responses.get(api_id) or {}
    parameters = (responses.get("ACCESS_DENIED") or responses.get("DEFAULT_4XX") or {}).get("responseParameters", {})
    found = {}
    for name, source in parameters.items():
        header = source.removeprefix("method.request.header.")
        value = source.strip("'") if header == source else request.get(header.lower(), "")
        if value:
            found[name.removeprefix("gatewayresponse.header.")] = value
    return found


def _method(name: str) -> str:
    return "any" if name == _ANY else name


def _complete(api_id: str, spec: Mapping[str, Any]) -> None:
    validators = {
        name: json.loads(apigateway_v1._create_request_validator(api_id, {**each, "name": name})[2])["id"]
        for name, each in (spec.get(_VALIDATORS) or {}).items()
    }
    for kind, response in (spec.get(_RESPONSES) or {}).items():
        apigateway_v1._put_gateway_response(api_id, kind, response)
    components = spec.get("components") or {}
    for authorizer in apigateway_v1._authorizers_v1.get(api_id, {}).values():
        scheme = (components.get("securitySchemes") or {}).get(authorizer["name"]) or {}
        authorizer[_EXPRESSION] = (scheme.get(_AUTHORIZER) or {}).get(_EXPRESSION, "")
    for operation, method in _operations(api_id, spec):
        method["requestParameters"] = dict(_parameters(operation))
        validator = operation.get(_VALIDATOR) or spec.get(_VALIDATOR)
        if validator:
            method["requestValidatorId"] = validators[validator]
        for kind, media in (operation.get("requestBody") or {}).get("content", {}).items():
            # References resolve within their own document.
            schema = json.dumps({**media["schema"], "components": components})
            name = f"Body{len(apigateway_v1._models.get(api_id, {}))}"
            apigateway_v1._create_model(api_id, {"name": name, "schema": schema, "contentType": kind})
            method.setdefault("requestModels", {})[kind] = name
        _complete_mock(operation.get("x-amazon-apigateway-integration") or {}, method["methodIntegration"])


def _operations(api_id: str, spec: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    by_path = {resource["path"]: resource for resource in apigateway_v1._resources[api_id].values()}
    for path, item in (spec.get("paths") or {}).items():
        for name, operation in item.items():
            method = by_path[path]["resourceMethods"].get(_method(name).upper())
            if method is not None:
                yield operation, method


def _parameters(operation: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for parameter in operation.get("parameters", []):
        place = _PLACES.get(parameter.get("in", ""))
        if place:
            yield f"method.request.{place}.{parameter['name']}", bool(parameter.get("required"))


def _complete_mock(written: Mapping[str, Any], integration: dict[str, Any] | None) -> None:
    if integration is None or str(written.get("type", "")).lower() != "mock":
        return
    integration["requestTemplates"] = written.get("requestTemplates", {})
    integration["integrationResponses"] = {
        str(response["statusCode"]): {
            "statusCode": str(response["statusCode"]),
            "selectionPattern": "" if pattern == "default" else pattern,
            "responseParameters": response.get("responseParameters", {}),
            "responseTemplates": response.get("responseTemplates", {}),
        }
        for pattern, response in (written.get("responses") or {}).items()
    }
