"""Functions behind routes: one integration and one Lambda permission per function, for all its routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib.functions import PythonFunction
from constructs_lib.resource_cycles import NoCycle
from constructs_lib.stack_cycles import forbid_by_address, forbid_by_function

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct, IConstruct, Node

    from constructs_lib.api.routes import Handler, Route


_REMEDIES: Final = {
    "environment": "read event['requestContext']['domainName'] of the event, or set Api(domain=...) and write it",
    "policy": "use allow.function(handler) in the access of routes to let it call the API",
    "else": "remove the API from it",
}


@dataclass(frozen=True, slots=True)
class Functions:
    """The functions of an API's routes, with names that do not depend on other routes.

    A name is the function's place in its stack. Two objects of one function have one name.

    Args:
        stack: The API's stack.
        names: Each function's name.
        arns: Each function's ARN.
        behind: The function of an alias in a route.
        elsewhere: The functions of other stacks.
    """

    stack: Stack
    names: Mapping[lambda_.IFunction, str]
    arns: Mapping[lambda_.IFunction, str]
    behind: Mapping[lambda_.IFunction, lambda_.IFunction]
    elsewhere: Sequence[lambda_.IFunction]

    @classmethod
    def of(cls, stack: Stack, routes: Sequence[Route]) -> Functions:
        """Name the functions of the routes of an API in a stack."""
        # Paths and ARNs are calls to Node: they are read once per object, not per route.
        distinct = dict.fromkeys(invoked(route.handler) for route in routes)
        behind = {
            invoked(route.handler): route.handler.function
            for route in routes
            if isinstance(route.handler, PythonFunction)
        }
        stacks = {function: Stack.of(function) for function in distinct}
        names = {function: _name(stack, own, function) for function, own in stacks.items()}
        arns = {function: function.function_arn for function in distinct}
        return cls(stack, names, arns, behind, [each for each, own in stacks.items() if own is not stack])

    @property
    def by_name(self) -> dict[str, lambda_.IFunction]:
        """Each function once, by its name."""
        return {name: function for function, name in self.names.items()}

    def name_of(self, function: object) -> str | None:
        """Return the name of a function, or of its alias in a route; None for a function without a route."""
        return next((self.names[each] for each in self.names if function in {each, self.behind.get(each)}), None)


def invoked(handler: Handler) -> lambda_.IFunction:
    """Return the Lambda function, or the alias, of a handler."""
    return handler.target if isinstance(handler, PythonFunction) else handler


def _name(stack: Stack, own: Stack, function: lambda_.IFunction) -> str:
    above = own.node.path
    place = _readable(function.node.path.removeprefix(f"{above}/"))
    return place if own is stack else f"{_readable(above)}.{place}"


def _readable(path: str) -> str:
    """Return a unique name for a path; names in OpenAPI have letters, digits and `-._`."""
    plain = ("-" if part == "/" else part if part.isascii() and part.isalnum() else f"_{ord(part):x}_" for part in path)
    return "".join(plain)


def integration_uri(functions: Functions, function: lambda_.IFunction) -> str:
    """Return the URI with which API Gateway invokes a function."""
    stack = functions.stack
    return (
        f"arn:{stack.partition}:apigateway:{stack.region}:lambda:path/2015-03-31/functions/"
        f"{functions.arns[function]}/invocations"
    )


def permit(scope: Construct, functions: Functions, api_arn: str) -> None:
    """Allow an API to invoke its functions: one statement per function for all routes.

    Lambda's resource policy is limited to 20 KB, about 26 statements for one method each with their test statements.
    The ARN is `arn:...:execute-api:...:<api>`.
    """
    for name, function in functions.by_name.items():
        lambda_.CfnPermission(
            scope,
            f"Invoke-{name}",
            action="lambda:InvokeFunction",
            function_name=functions.arns[function],
            principal="apigateway.amazonaws.com",
            source_arn=f"{api_arn}/*",
        )


def forbid_cycles(node: Node, api: IConstruct | None, functions: Functions, origins: Sequence[str]) -> None:
    """Refuse, at synthesis, functions and pages of the API that depend on the API."""
    resource = api if isinstance(api, CfnResource) else api and api.node.default_child
    if isinstance(resource, CfnResource):
        handlers = {f"handler {name!r}": functions.behind.get(each, each) for name, each in functions.by_name.items()}
        node.add_validation(NoCycle(resource, handlers, remedies=_REMEDIES, deep=False))
        elsewhere = {f"handler {functions.names[each]!r}": each for each in functions.elsewhere}
        forbid_by_function(resource, elsewhere, _REMEDIES)
        forbid_by_address(resource, "cors_origins", origins)
