"""The OpenAPI documents of an API: one with API Gateway's extensions for the template, one for client generators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.api.openapi_authorizer_checks import IAM, KEY, TOKEN, method_key, security_of
from constructs_lib.api.routes import METHODS, Route, segments
from constructs_lib.api.schemas import Schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence


VERSION: Final = "3.0.1"
"""The newest OpenAPI that API Gateway imports."""


def document(
    title: str, routes: Sequence[Route], operation: Callable[[Route], Mapping[str, Any]], **parts: Any
) -> dict[str, Any]:
    """Return an OpenAPI document with an operation per route.

    Args:
        title: The API's name.
        routes: The routes.
        operation: Creates the operation of a route.
        parts: Further top-level parts, such as `components`.
    """
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[method_key(route.method)] = dict(operation(route))
    return {"openapi": VERSION, "info": {"title": title, "version": "1"}, "paths": paths, **parts}


def path_parameters(path: str, *, with_plus: bool = False) -> list[dict[str, Any]]:
    """Return the parameters in a path, as OpenAPI requires.

    With `with_plus`, the plus of `{name+}` belongs to the name, as HTTP APIs import and export it; REST APIs omit it.
    """
    names = [part.strip("{}") for part in segments(path) if part.startswith("{")]
    return [
        {"name": name if with_plus else name.rstrip("+"), "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def query_parameters(route: Route) -> list[dict[str, Any]]:
    """Return the query parameters a request must have."""
    return [{"name": name, "in": "query", "required": True, "schema": {"type": "string"}} for name in route.query]


def request_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a required JSON body with a schema."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def operation_id(method: str, path: str) -> str:
    """Return a name for a client's function: `GET /shares/{share_id}` is `getSharesByShareId`."""
    words = []
    for part in segments(path):
        name = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", part) if word)
        words.append(("By" if part.startswith("{") else "") + name)
    return method.lower() + "".join(words)


def client_document(title: str, routes: Sequence[Route]) -> dict[str, Any]:
    """Return the document for client generators: no AWS extension, no value of a deployment, bodies described."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    taken: dict[str, tuple[str, str]] = {}
    for route in routes:
        path = _client_path(route, {each.path for each in routes})
        for name in METHODS if route.method == "ANY" else (route.method,):
            method, operations = name.lower(), paths.setdefault(path, {})
            if route.method != "ANY" or method not in operations:
                called = _unique(operation_id(method, path), (method, path), taken)
                operations[method] = _client_operation(route, path, called, schemas)
    schemes: dict[str, Any] = {
        IAM: {
            "type": "apiKey", "name": "Authorization", "in": "header",
            "description": "AWS Signature Version 4 with credentials of the identity pool, service execute-api",
        },
        TOKEN: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        KEY: {"type": "apiKey", "name": "x-api-key", "in": "header"},
    }  # fmt: skip
    used = {name for route in routes for needed in security_of(route) for name in needed}
    components = {
        "securitySchemes": {name: scheme for name, scheme in schemes.items() if name in used},
        "schemas": schemas.components,
    }
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": "1"},
        "paths": paths,
        "components": {name: part for name, part in components.items() if part},
    }


def _client_path(route: Route, paths: Collection[str]) -> str:
    """Return the path of a route without the plus of `{name+}`, which OpenAPI lacks, as no other route has it."""
    path = route.path.replace("+}", "}")
    while path != route.path and path in paths:
        path = path.removesuffix("}") + "_path}"
    return path


def _unique(name: str, of: tuple[str, str], taken: dict[str, tuple[str, str]]) -> str:
    """Return the name of an operation, with a number if another operation has it already."""
    number, found = 1, name
    while taken.setdefault(found, of) != of:
        number += 1
        found = f"{name}{number}"
    return found


def _client_operation(route: Route, path: str, called: str, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": called,
        "parameters": [*path_parameters(path), *query_parameters(route)],
        # Scopes belong to OAuth schemes; a bearer scheme lists none.
        "security": [{scheme: [] for scheme in needed} for needed in security_of(route)],
        "responses": {"default": {"description": "What the function answers"}},
    }
    if route.summary is not None:
        operation["summary"] = route.summary
    if route.body is not None:
        operation["requestBody"] = request_body(schemas.add(operation_id(route.method, path), route.body))
    return operation
