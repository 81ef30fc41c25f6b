"""Import of the template's OpenAPI document by API Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared
from constructs_lib.verify.physical_ids import physical_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.verify.context import Context

_API: Final = "AWS::ApiGatewayV2::Api"
_ANY: Final = "x-amazon-apigateway-any-method"
_METHODS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put", _ANY})
_SIGV4: Final = "AWS_IAM"


def run(context: Context) -> Iterator[Finding]:
    """Compare the routes of each imported API with its document."""
    client: Any = context.session.client("apigatewayv2")
    ids = physical_ids(context)
    for name, resource in context.templates[context.stack]["Resources"].items():
        document = resource.get("Properties", {}).get("Body")
        if resource["Type"] == _API and document:
            api = ids[name]
            pages = client.get_paginator("get_routes").paginate(ApiId=api)
            made = {each["RouteKey"]: each for page in pages for each in page["Items"]}
            yield from _compared(_operations(document), made)
            yield from _cors(document, client.get_api(ApiId=api))


def _operations(document: Mapping[str, Any]) -> dict[str, str]:
    """Return each route's authorization type, by route key: `AWS_IAM`, `JWT` or `NONE`."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    found = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                verb = "ANY" if method == _ANY else method.upper()
                locks = [each for one in operation.get("security", ()) for each in one]
                found[f"{verb} {path}"] = _lock(schemes, locks)
    return found


def _lock(schemes: Mapping[str, Any], locks: list[str]) -> str:
    """Return API Gateway's authorization type for security schemes."""
    if not locks:
        return "NONE"
    [scheme] = (schemes[each] for each in locks)
    return _SIGV4 if scheme.get("x-amazon-apigateway-authtype") == "awsSigv4" else "JWT"


def _compared(declared: Mapping[str, str], made: Mapping[str, Any]) -> Iterator[Finding]:
    for route in sorted({*declared, *made}):
        got = made.get(route, {}).get("AuthorizationType", "NONE" if route in made else "no route")
        expected = declared.get(route, "no route")
        has_target = bool(made.get(route, {}).get("Target"))
        what = f"{route} requires {expected} and has an integration"
        detail = f"API Gateway has {got}, {'with' if has_target else 'without'} an integration: {made.get(route)}"
        yield compared(what, detail, same=got == expected and has_target)


def _cors(document: Mapping[str, Any], api: Mapping[str, Any]) -> Iterator[Finding]:
    declared = document.get("x-amazon-apigateway-cors", {})
    made = api.get("CorsConfiguration", {})
    for name in sorted(declared):
        got = made.get(name[0].upper() + name[1:])
        same = (
            sorted(map(str, got)) == sorted(map(str, declared[name]))
            if isinstance(got, list)
            else got == declared[name]
        )
        what = f"the CORS setting {name} is that of the document"
        yield compared(what, f"{got}, not {declared[name]}", same=same)


CHECKS: Final = (
    Check(
        name="open-api-import",
        level=1,
        title="API Gateway imports exactly the routes of the OpenAPI document, each with its authorization",
        assumption=(
            "a security scheme of the type awsSigv4 makes a route of an HTTP API require IAM, and the document's CORS "
            'settings apply to the API ("x-amazon-apigateway-authtype" and "x-amazon-apigateway-cors", API Gateway '
            "developer guide)"
        ),
        run=run,
    ),
)
