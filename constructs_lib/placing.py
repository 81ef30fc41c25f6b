"""Where what connects a function to a resource of another stack stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

__all__ = ["beside"]


def beside(function: IConstruct, scope: Construct, id: str) -> tuple[Construct, str]:
    """Return the scope and ID of what calls a function for a resource: the resource's, or the function's own stack.

    A function's rights name the resource, so its stack depends on the resource's; a connection in that one would name
    the function, and the two stacks would wait for each other.
    """
    stack = Stack.of(function)
    if stack is Stack.of(scope):
        return scope, id
    return stack, "".join(each for each in f"{scope.node.path}{id}" if each.isalnum())
