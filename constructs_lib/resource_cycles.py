"""Finds circular dependencies between resources, which CloudFormation rejects, and reports the references.

The CDK's validation finds a cycle too, and names its resources, but not the option that causes it and the remedy. A
cycle between stacks is the CDK's own error.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import CfnResource, Stack
from aws_cdk import aws_iam as iam
from constructs import IValidation

from constructs_lib.resource_properties import resolve_resources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs import IConstruct


@jsii.implements(IValidation)
class NoCycle:
    """Refuses, at synthesis, functions and keys with references to resources that depend on them.

    Args:
        maker: The dependent resource: for example, the user pool that invokes a function.
        waited_for: Its dependencies, by their names in messages.
        remedies: The remedies, by the part that names the dependent resource: "environment", "policy" of the function's
            role, or "else".
        deep: Whether indirect references are followed. False: only direct references, which is much faster.
    """

    def __init__(
        self, maker: CfnResource, waited_for: Mapping[str, IConstruct], *, remedies: Mapping[str, str], deep: bool
    ) -> None:
        """Keep them until synthesis."""
        self._maker = maker
        self._waited_for = waited_for
        self._remedies = remedies
        self._deep = deep

    def validate(self) -> list[str]:
        """Return the errors."""
        names = _Names(Stack.of(self._maker))
        (goal,) = names.add(self._maker)
        return [
            fault
            for name, construct in self._waited_for.items()
            if (fault := next((self._message(name, names, path) for path in self._paths(names, construct, goal)), None))
        ]

    def _paths(self, names: _Names, construct: IConstruct, goal: str) -> Iterator[list[str]]:
        role = getattr(construct, "role", None)
        named = (construct.node.default_child, role and role.node.try_find_child("DefaultPolicy"))
        resources = [each.node.default_child if isinstance(each, iam.Policy) else each for each in named]
        made = [each for each in resources if isinstance(each, CfnResource)]
        for start, resource in zip(names.add(*made), made, strict=True):
            path = names.path(start, goal, deep=self._deep)
            # A resource of another stack cannot be named by logical ID.
            if path is not None and Stack.of(resource) is names.stack:
                yield path

    def _message(self, name: str, names: _Names, path: list[str]) -> str:
        first, second = path[0], path[1]
        variables = (names.properties(first).get("environment") or {}).get("variables") or {}
        variable = next((key for key, value in variables.items() if second in _refs(value)), None)
        rights = isinstance(names.made[first], iam.CfnPolicy) and len(path) == len((first, second))
        remedy = "environment" if variable else "policy" if rights else "else"
        waiting = " -> ".join(names.made[each].node.path.removesuffix("/Resource") for each in path)
        what = f"environment variable {variable!r} of {name}" if variable else name
        return f"{what} creates a circular dependency ({waiting}); {self._remedies[remedy]}"


class _Names:
    """The references of the resources of one stack, each read at most once."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.made: dict[str, CfnResource] = {}
        self._properties: dict[str, Mapping[str, Any]] = {}

    def add(self, *resources: CfnResource) -> list[str]:
        """Read resources, and return their logical IDs."""
        found = resolve_resources(self.stack, *resources)
        for (logical_id, properties), resource in zip(found, resources, strict=True):
            self.made[logical_id] = resource
            self._properties[logical_id] = properties
        return [each.logical_id for each in found]

    def properties(self, logical_id: str) -> Mapping[str, Any]:
        """Return a resource's properties; none for anything that is not a resource of the stack."""
        if logical_id not in self._properties:
            self._properties[logical_id] = {}
            if logical_id in self._others:
                self.add(self._others[logical_id])
        return self._properties[logical_id]

    def path(self, start: str, goal: str, *, deep: bool) -> list[str] | None:
        """Return the shortest chain of names from one resource to another, or back to itself, both included."""
        queue = deque([[start]])
        seen = {start}
        while queue:
            path = queue.popleft()
            for each in sorted(_refs(self.properties(path[-1])) - (seen - {goal})):
                if each == goal:
                    return [*path, each]
                seen.add(each)
                if deep:
                    queue.append([*path, each])
        return None

    @cached_property
    def _others(self) -> dict[str, CfnResource]:
        made = [
            each for each in self.stack.node.find_all() if isinstance(each, CfnResource) and hasattr(each, "inspect")
        ]
        return dict(zip(self.stack.resolve([each.logical_id for each in made]), made, strict=True))


def _refs(value: Any) -> set[str]:
    """Return the logical IDs that a value names."""
    if isinstance(value, list):
        return {each for inner in value for each in _refs(inner)}
    if not isinstance(value, dict):
        return set()
    found = {each for inner in value.values() for each in _refs(inner)}
    if isinstance(named := value.get("Ref"), str):
        found.add(named)
    named = value.get("Fn::GetAtt")
    if isinstance(named, list) and isinstance(named[0], str):
        found.add(named[0])
    return found
