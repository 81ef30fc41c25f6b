"""Functions behind routes: one integration and one Lambda permission for each, however many routes it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib.functions import PythonFunction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from constructs_lib.api.routes import Handler, Route

__all__ = ["functions_of", "integration_name", "integration_uri", "invoked", "permit"]


def functions_of(routes: Iterable[Route]) -> list[lambda_.IFunction]:
    """Return the functions that answer the routes, each once."""
    found: dict[str, lambda_.IFunction] = {}
    # A path is a call to Node: asked of each object once, not for each route.
    for function in dict.fromkeys(invoked(route.handler) for route in routes):
        found.setdefault(function.node.path, function)
    return list(found.values())


def invoked(handler: Handler) -> lambda_.IFunction:
    """Return the Lambda function, or the alias, that a handler stands for."""
    return handler.target if isinstance(handler, PythonFunction) else handler


def integration_name(scope: Construct, function: lambda_.IFunction) -> str:
    """Return a name for a function that is the same whatever other routes there are: its place in its stack."""
    own = Stack.of(function)
    path = function.node.path.removeprefix(f"{own.node.path}/") if own is Stack.of(scope) else function.node.path
    return "".join(character if character.isalnum() else "-" for character in path)


def integration_uri(scope: Construct, function: lambda_.IFunction) -> str:
    """Return the URI under which API Gateway calls a function."""
    stack = Stack.of(scope)
    return (
        f"arn:{stack.partition}:apigateway:{stack.region}:lambda:path/2015-03-31/functions/"
        f"{function.function_arn}/invocations"
    )


def permit(scope: Construct, function: lambda_.IFunction, api_arn: str) -> None:
    """Let an API call a function: one statement for all routes.

    Lambda's resource policy holds 20 KB, about 26 statements of one method each with their test twins.

    Args:
        scope: Where the permission stands.
        function: The function.
        api_arn: `arn:...:execute-api:...:<api>`.
    """
    lambda_.CfnPermission(
        scope,
        f"Invoke-{integration_name(scope, function)}",
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="apigateway.amazonaws.com",
        source_arn=f"{api_arn}/*",
    )
