"""Finds circular dependencies between stacks, and reports the option that causes one and its remedy.

The CDK refuses them at synthesis with the names of two stacks. This module knows which references a construct creates
to another stack; with only one stack, it costs nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import jsii
from aws_cdk import (
    Aspects,
    CfnResource,
    DefaultTokenResolver,
    IAspect,
    Reference,
    Stack,
    StringConcat,
    Tokenization,
    TreeInspector,
)
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aws_cdk import IPostProcessor, IResolvable, IResolveContext
    from aws_cdk import aws_lambda as lambda_
    from constructs import IConstruct


_ADDRESSES: Final = {
    "else": "create a domain name for what has the address, and write that name",
    "policy": "create a domain name for what has the address, and write that name",
}


def forbid_by_function(
    maker: CfnResource, functions: Mapping[str, lambda_.IFunction], remedies: Mapping[str, str]
) -> None:
    """Refuse, at synthesis, functions of other stacks that depend on the stack of the resource that invokes them.

    Args:
        maker: The resource that invokes them.
        functions: The functions of other stacks, by their names in messages.
        remedies: The remedies, as for `NoCycle`.
    """
    _forbid(maker, {name: each.function_arn for name, each in functions.items()}, remedies)


def forbid_by_address(maker: CfnResource, option: str, addresses: Iterable[str]) -> None:
    """Refuse, at synthesis, addresses of another stack that depends on the stack of the resource that gets them.

    Args:
        maker: The resource that gets them.
        option: The option's name.
        addresses: The addresses. Literal ones belong to no stack.
    """
    _forbid(maker, {f"{option}[{number}]": each for number, each in enumerate(addresses)}, _ADDRESSES)


def whole(stack: Stack) -> Stack:
    """Return the stack that is deployed: for a nested stack, the outermost one."""
    while stack.nested_stack_parent is not None:
        stack = stack.nested_stack_parent
    return stack


def _forbid(maker: CfnResource, named: Mapping[str, str], remedies: Mapping[str, str]) -> None:
    tokens = {name: text for name, text in named.items() if is_token(text)}
    if not tokens:
        return
    own = whole(Stack.of(maker))
    others = {
        name: (target, other)
        for name, text in tokens.items()
        for target in _targets(text)
        if (other := whole(Stack.of(target))) is not own
    }
    if others:
        Aspects.of(maker).add(_NoStackCycle(maker, others, remedies))


def _targets(text: str) -> Iterator[IConstruct]:
    for token in Tokenization.reverse_string(text).tokens:
        if Reference.is_reference(token):
            reference: Any = token
            yield reference.target


@jsii.implements(IAspect)
class _NoStackCycle:
    """An aspect, because the CDK's own error comes before the validation of constructs."""

    def __init__(
        self, maker: CfnResource, named: Mapping[str, tuple[IConstruct, Stack]], remedies: Mapping[str, str]
    ) -> None:
        self._maker = maker
        self._named = named
        self._remedies = remedies

    def visit(self, node: IConstruct) -> None:
        """Search for a dependency back to the own stack; the resource has no children."""
        own = whole(Stack.of(node))
        for name, (target, stack) in self._named.items():
            if route := _dependency_chain(stack, own):
                raise ValueError(self._message(name, target, own, stack, route))

    def _message(
        self, name: str, target: IConstruct, own: Stack, other: Stack, route: list[tuple[IConstruct, IConstruct]]
    ) -> str:
        first, last = route[0][0], route[-1][1]
        remedy = ""
        if _path(last) == _path(self._maker):
            itself = "environment" if _path(first) == _path(target) else "else"
            kind = "policy" if isinstance(first, iam.CfnPolicy) else itself
            remedy = f"{self._remedies[kind]}, or create" if kind in self._remedies else ""
        chain = ", and ".join(f"{_path(consumer)} names {_path(named)}" for consumer, named in route)
        return (
            f"{name} of {_path(self._maker)} is {_path(target)}, so stack {own.node.path!r} depends on "
            f"{other.node.path!r}, in which {chain}, a circular dependency between stacks; {remedy or 'create'} "
            f"{_path(target)} in stack {own.node.path!r}, or what refers to {_path(last)} in a stack that no other "
            "depends on"
        )


def _path(construct: IConstruct) -> str:
    return repr(construct.node.path.removesuffix("/Resource"))


def _dependency_chain(start: Stack, goal: Stack) -> list[tuple[IConstruct, IConstruct]]:
    """Return the shortest chain of names from one stack to another; empty if there is none."""
    queue: deque[tuple[Stack, list[tuple[IConstruct, IConstruct]]]] = deque([(start, [])])
    seen = {start}
    while queue:
        stack, route = queue.popleft()
        for consumer, target in _names(stack):
            other = whole(Stack.of(target))
            if other is goal:
                return [*route, (consumer, target)]
            if other not in seen:
                seen.add(other)
                queue.append((other, [*route, (consumer, target)]))
    return []


def _names(stack: Stack) -> Iterator[tuple[IConstruct, IConstruct]]:
    """Yield the references of a stack's resources, including nested stacks."""
    for resource in stack.node.find_all():
        if isinstance(resource, CfnResource):
            references = _References()
            Tokenization.resolve(_properties(resource), resolver=references, scope=resource, preparing=True)
            yield from ((resource, target) for target in references.targets)


def _properties(resource: CfnResource) -> Any:
    if not hasattr(resource, "inspect"):
        return resource._cfn_properties  # noqa: SLF001 - jsii protected; custom resources have no more
    inspector = TreeInspector()
    resource.inspect(inspector)
    return inspector


class _References(DefaultTokenResolver):
    """Resolves like the CDK, and records the references."""

    def __init__(self) -> None:
        super().__init__(StringConcat())
        self.targets: dict[IConstruct, None] = {}

    def resolve_token(self, t: IResolvable, context: IResolveContext, post_processor: IPostProcessor) -> Any:
        """Resolve a token."""
        if Reference.is_reference(t):
            reference: Any = t
            self.targets[reference.target] = None
        return super().resolve_token(t, context, post_processor)
