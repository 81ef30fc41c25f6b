"""An HTTP API from routes: cheaper and quicker than a REST API, with fewer features."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_apigatewayv2 as apigwv2

from constructs_lib.api import openapi
from constructs_lib.api.cors import http_cors
from constructs_lib.api.integrations import integration_uri, invoked
from constructs_lib.api.logs import HTTP_FORMAT
from constructs_lib.api.openapi_authorizer_checks import IAM, TOKEN, check_security, security_of
from constructs_lib.api.routes import METHODS, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from constructs_lib.api.integrations import Functions
    from constructs_lib.api.routes import Route, Throttle
    from constructs_lib.auth import Auth


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpEngine:
    """The resources of an HTTP API."""

    api: apigwv2.CfnApi
    stage: apigwv2.CfnStage


def create_http_api(
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
) -> HttpEngine:
    """Create the API from one document, and its one stage."""
    if cors_origins:
        routes = _spelt_out(routes)
    api = apigwv2.CfnApi(
        scope,
        "HttpApi",
        body=_body(
            title=title,
            auth=auth,
            routes=routes,
            cors_origins=cors_origins,
            closed=only_custom_domain,
            functions=functions,
        ),
        # Without it, an extension that API Gateway does not support would be ignored, and with it the route's
        # authorizer.
        fail_on_warnings=True,
    )
    stage = apigwv2.CfnStage(
        scope,
        "Stage",
        api_id=api.ref,
        stage_name="$default",
        auto_deploy=True,
        access_log_settings=_logged(log_group) if log_group else None,
        default_route_settings=_settings(throttle),
        # An untyped property: its keys are API Gateway's own, so no dict of L1 values fits.
        route_settings={
            str(route): {
                "ThrottlingRateLimit": route.throttle.rate,
                "ThrottlingBurstLimit": route.throttle.burst,
            }
            for route in routes
            if route.throttle
        }
        or None,
    )
    return HttpEngine(api=api, stage=stage)


def _logged(log_group: logs.ILogGroup) -> apigwv2.CfnStage.AccessLogSettingsProperty:
    return apigwv2.CfnStage.AccessLogSettingsProperty(destination_arn=log_group.log_group_arn, format=HTTP_FORMAT)


def _settings(throttle: Throttle) -> apigwv2.CfnStage.RouteSettingsProperty:
    return apigwv2.CfnStage.RouteSettingsProperty(
        throttling_rate_limit=throttle.rate, throttling_burst_limit=throttle.burst
    )


def _body(
    *,
    title: str,
    auth: Auth,
    routes: Sequence[Route],
    cors_origins: Sequence[str],
    closed: bool,
    functions: Functions,
) -> dict[str, Any]:
    def operation(route: Route) -> dict[str, Any]:
        name = functions.names[invoked(route.handler)]
        made: dict[str, Any] = {
            "responses": {},
            "x-amazon-apigateway-integration": {"$ref": f"#/components/x-amazon-apigateway-integrations/{name}"},
        }
        if parameters := openapi.path_parameters(route.path, with_plus=True):
            made["parameters"] = parameters
        if needed := security_of(route):
            made["security"] = needed
        return made

    schemes: dict[str, Any] = {}
    if any(route.subjects for route in routes):
        schemes[IAM] = {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "awsSigv4",
        }
    if any(route.jwt for route in routes):
        schemes[TOKEN] = {
            "type": "oauth2",
            "x-amazon-apigateway-authorizer": {
                "type": "jwt",
                "identitySource": "$request.header.Authorization",
                "jwtConfiguration": {
                    "issuer": f"https://{auth.user_pool.user_pool_provider_name}",
                    "audience": [client.user_pool_client_id for client in auth.clients.values()],
                },
            },
        }
    integrations = {
        name: {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "payloadFormatVersion": "2.0",
            "uri": integration_uri(functions, function),
        }
        for name, function in functions.by_name.items()
    }
    components: dict[str, Any] = {"x-amazon-apigateway-integrations": integrations}
    if schemes:
        components["securitySchemes"] = schemes
    parts: dict[str, Any] = {"components": components}
    if cors_origins:
        parts["x-amazon-apigateway-cors"] = http_cors(cors_origins, routes)
    if closed:
        parts["x-amazon-apigateway-endpoint-configuration"] = {"disableExecuteApiEndpoint": True}
    document = openapi.document(title, routes, operation, **parts)
    check_security(document, routes)
    return document


def _spelt_out(routes: Sequence[Route]) -> list[Route]:
    """Return routes in which no route with an authorizer handles OPTIONS: it would refuse every preflight.

    The gateway answers a preflight itself, before any authorizer, unless a route has its method; ANY has it (AWS says
    so of `$default`: "Configure CORS for HTTP APIs"; sst#5493 measured it for ANY).
    """
    named = {(route.method, shape_of(route)) for route in routes}
    found = []
    for route in routes:
        if route.method != "ANY" or route.is_open:
            found.append(route)
            continue
        methods = [method for method in METHODS if (method, shape_of(route)) not in named]
        found += [dataclasses.replace(route, method=method) for method in methods]
    return found
