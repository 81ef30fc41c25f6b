"""Lambda functions, and constructs that contain one, such as `PythonFunction`: options accept both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_


class HasFunction(Protocol):
    """A construct that contains a function."""

    @property
    def function(self) -> lambda_.IFunction:
        """The function."""


def function_of(given: Any) -> Any:
    """Return the function of a construct that contains one, or the given function, target or grantee itself."""
    return getattr(given, "function", given)


def target_of(given: HasFunction | lambda_.IFunction) -> lambda_.IFunction:
    """Return the function to invoke: the `target` of a construct that contains a function, which can be an alias."""
    target: lambda_.IFunction = getattr(given, "target", function_of(given))
    return target
