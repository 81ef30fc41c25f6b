"""Lambda functions and the constructs around them, such as `PythonFunction`, where either may be given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

__all__ = ["HasFunction", "function_of", "target_of"]


class HasFunction(Protocol):
    """A construct around a function."""

    @property
    def function(self) -> lambda_.IFunction:
        """The function."""


def function_of(given: Any) -> Any:
    """Return the function of a construct around one, or what was given: a function, or another target or grantee."""
    return getattr(given, "function", given)


def target_of(given: HasFunction | lambda_.IFunction) -> lambda_.IFunction:
    """Return the function to invoke: the `target` of a construct around a function, which can be an alias."""
    target: lambda_.IFunction = getattr(given, "target", function_of(given))
    return target
