"""A REST API from routes: request validation, API keys, WAF, X-Ray and resource policies."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import aws_apigateway as apigw

from constructs_lib.api import openapi
from constructs_lib.api.cors import gateway_responses, preflight
from constructs_lib.api.integrations import Functions, integration_uri, invoked
from constructs_lib.api.logs import REST_FORMAT
from constructs_lib.api.openapi_authorizer_checks import ACCESS, IAM, KEY, TOKEN, check_security, security_of
from constructs_lib.api.schemas import Schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from constructs_lib.api.routes import Route, Throttle
    from constructs_lib.auth import Auth


STAGE: Final = "v1"
_VALIDATORS: Final = {
    "body": {"validateRequestBody": True, "validateRequestParameters": False},
    "query": {"validateRequestBody": False, "validateRequestParameters": True},
    "both": {"validateRequestBody": True, "validateRequestParameters": True},
}


def create_rest_api(
    scope: Construct,
    *,
    title: str,
    auth: Auth,
    routes: Sequence[Route],
    cors_origins: Sequence[str],
    throttle: Throttle,
    log_group: logs.ILogGroup | None,
    only_custom_domain: bool,
    functions: Functions,
    tracing: bool,
    policy: iam.PolicyDocument | None,
) -> apigw.SpecRestApi:
    """Create the API from one document, with its deployment and one stage.

    CDK hashes the document into the deployment's ID, so that every change of it is deployed.
    """
    api = apigw.SpecRestApi(
        scope,
        "RestApi",
        rest_api_name=title,
        api_definition=apigw.ApiDefinition.from_inline(
            _body(functions, title=title, auth=auth, routes=routes, cors_origins=cors_origins)
        ),
        # As for an HTTP API: if an extension is ignored, so is the route's authorizer.
        fail_on_warnings=True,
        endpoint_types=[apigw.EndpointType.REGIONAL],
        disable_execute_api_endpoint=only_custom_domain or None,
        # The role and the setting belong to the account: the deletion of one API would disable the logs of all others.
        cloud_watch_role=False,
        policy=policy,
        deploy_options=apigw.StageOptions(
            stage_name=STAGE,
            access_log_destination=apigw.LogGroupLogDestination(log_group) if log_group else None,
            access_log_format=apigw.AccessLogFormat.custom(REST_FORMAT) if log_group else None,
            throttling_rate_limit=throttle.rate,
            throttling_burst_limit=throttle.burst,
            tracing_enabled=tracing,
            method_options=_method_options(routes) or None,
        ),
    )
    # The stack chooses its outputs.
    api.node.try_remove_child("Endpoint")
    return api


def _method_options(routes: Sequence[Route]) -> dict[str, apigw.MethodDeploymentOptions]:
    options = {}
    for route in routes:
        if route.throttle:
            method = "*" if route.method == "ANY" else route.method
            options[f"{route.path}/{method}"] = apigw.MethodDeploymentOptions(
                throttling_rate_limit=route.throttle.rate, throttling_burst_limit=route.throttle.burst
            )
    return options


def _body(
    functions: Functions, *, title: str, auth: Auth, routes: Sequence[Route], cors_origins: Sequence[str]
) -> dict[str, Any]:
    schemas = Schemas()
    # Each part of a URI is a call to Node: it is read once per function, not per route.
    uri_of: Callable[[Any], str] = functools.cache(lambda function: integration_uri(functions, function))
    scoped = ACCESS if any(route.jwt for route in routes) and _is_shared(auth) else TOKEN
    document = openapi.document(
        title, routes, lambda route: _operation(uri_of(invoked(route.handler)), route, schemas, scoped=scoped)
    )
    if cors_origins:
        _open_to_pages(document, routes, cors_origins)
    if used := {name for route in routes if (name := _validator(route))}:
        document["x-amazon-apigateway-request-validators"] = {name: _VALIDATORS[name] for name in sorted(used)}
    components = {"securitySchemes": _schemes(auth, routes, scoped=scoped), "schemas": schemas.components}
    if kept := {name: part for name, part in components.items() if part}:
        document["components"] = kept
    check_security(document, routes)
    return document


def _operation(uri: str, route: Route, schemas: Schemas, *, scoped: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "passthroughBehavior": "when_no_match",
            "uri": uri,
        },
    }
    if parameters := [*openapi.path_parameters(route.path), *openapi.query_parameters(route)]:
        made["parameters"] = parameters
    if needed := _locks(route, scoped):
        made["security"] = needed
    if route.body is not None:
        name = openapi.operation_id(route.method, route.path)
        made["requestBody"] = openapi.request_body(schemas.add(name, route.body))
    if validator := _validator(route):
        made["x-amazon-apigateway-request-validator"] = validator
    return made


def _open_to_pages(document: dict[str, Any], routes: Sequence[Route], origins: Sequence[str]) -> None:
    """Answer OPTIONS on every path without authorization, and allow pages to read the gateway's own errors."""
    for path, item in document["paths"].items():
        on_path = [route for route in routes if route.path == path]
        item["options"] = preflight(origins, on_path)
        if names := openapi.path_parameters(path):
            item["options"]["parameters"] = names
    document["x-amazon-apigateway-gateway-responses"] = gateway_responses(origins)


def _locks(route: Route, scoped: str) -> list[dict[str, list[str]]]:
    """Return what a request needs, with the scheme of tokens with scopes."""
    return [
        {scoped if name == TOKEN and scopes else name: scopes for name, scopes in needed.items()}
        for needed in security_of(route)
    ]


def _validator(route: Route) -> str:
    if route.body is not None:
        return "both" if route.query else "body"
    return "query" if route.query else ""


def _schemes(auth: Auth, routes: Sequence[Route], *, scoped: str) -> dict[str, Any]:
    schemes: dict[str, Any] = {}
    in_header = {"type": "apiKey", "in": "header"}
    if any(route.subjects for route in routes):
        schemes[IAM] = {**in_header, "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"}
    used = {name for route in routes for each in _locks(route, scoped) for name in each}
    for name in (each for each in (TOKEN, ACCESS) if each in used):
        authorizer = {"type": "cognito_user_pools", "providerARNs": [auth.user_pool.user_pool_arn]}
        schemes[name] = {
            **in_header,
            "name": "Authorization",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": authorizer,
        }
    if TOKEN in schemes and scoped != TOKEN:
        schemes[TOKEN]["x-amazon-apigateway-authorizer"]["identityValidationExpression"] = _only_of(auth)
    if any(route.needs_key for route in routes):
        schemes[KEY] = {**in_header, "name": "x-api-key"}
    return schemes


def _is_shared(auth: Auth) -> bool:
    """Return whether other apps may have clients of the user pool.

    An Auth with a pool of its own has the pool's clients. Their callback URLs may contain the address of the API, which
    could not depend on them in turn.
    """
    return auth.node.try_find_child("UserPool") is None


def _only_of(auth: Auth) -> str:
    """Return the expression that the audience of an ID token must match: a client of the Auth.

    "For COGNITO_USER_POOLS authorizers, API Gateway will match the aud field of the incoming token from the client
    against the specified regular expression" ("CreateAuthorizer", API Gateway API reference), also from a document
    ("CognitoAuthorizationIdentity", AWS SAM developer guide). Access tokens have no such field.
    """
    return f"^({'|'.join(client.user_pool_client_id for client in auth.clients.values())})$"
