"""Routes of one function, created with the CDK's own constructs and their defaults."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigwv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_

_SHARES: Final = Path(__file__).parents[1] / "lambda_src" / "shares"


def http_routes(app: App, number: int) -> None:
    """Add routes to an `HttpApi`, which creates one shared integration and one permission for each route."""
    stack = Stack(app, "Plain")
    api = apigwv2.HttpApi(stack, "Api", default_authorizer=authorizers.HttpIamAuthorizer())
    integration = integrations.HttpLambdaIntegration("Function", _function(stack))
    for method, path in _routes(number):
        api.add_routes(path=f"/{path}", methods=[apigwv2.HttpMethod[method]], integration=integration)


def rest_routes(app: App, number: int) -> None:
    """Add routes to a `RestApi`, which creates a resource for each path, and a method and two permissions per route."""
    stack = Stack(app, "Plain")
    options = apigateway.MethodOptions(authorization_type=apigateway.AuthorizationType.IAM)
    api = apigateway.RestApi(stack, "Api", default_method_options=options)
    integration = apigateway.LambdaIntegration(_function(stack))
    made: dict[str, apigateway.Resource] = {}
    for method, path in _routes(number):
        if path not in made:
            made[path] = api.root.add_resource(path)
        made[path].add_method(method, integration)


def _function(stack: Stack) -> lambda_.Function:
    return lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="handler.handler",
        code=lambda_.Code.from_asset(str(_SHARES)),
    )


def _routes(number: int) -> Iterator[tuple[str, str]]:
    return ((("GET", "POST")[each % 2], f"path{each // 2}") for each in range(number))
