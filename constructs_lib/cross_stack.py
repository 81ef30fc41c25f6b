"""The stack that contains the connection between a function and a resource of another stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack

if TYPE_CHECKING:
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct, IConstruct


def beside(function: IConstruct, scope: Construct, id: str) -> tuple[Construct, str]:
    """Return the scope and ID of the resource that invokes a function: the resource's scope, or the function's stack.

    The function's permissions name the resource, so its stack depends on the resource's stack. A connection there would
    name the function, and the two stacks would depend on each other.
    """
    stack = Stack.of(function)
    if stack is Stack.of(scope):
        return scope, id
    return stack, "".join(each for each in f"{scope.node.path}{id}" if each.isalnum())


def check_queue(queue: sqs.IQueue | None, where: Construct) -> None:
    """Refuse a queue of another stack than that of the rule: the queue's policy names the rule, which names the queue.

    Raises:
        ValueError: For such a queue.
    """
    if queue is None or queue.node.default_child is None:
        return
    stack, other = Stack.of(where), Stack.of(queue)
    if other is not stack:
        raise ValueError(
            f"dead_letter_queue={queue.node.path!r} is in stack {other.node.path!r}, and the event rule that sends to "
            f"it is created with its function in {stack.node.path!r}, so the two stacks would depend on each other; "
            f"create the queue in {stack.node.path!r}"
        )
