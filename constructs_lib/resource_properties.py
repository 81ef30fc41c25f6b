"""The properties of L1 resources, read together: each property alone would be a call to Node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_cdk import CfnResource, Stack, TreeInspector

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ResolvedResource", "resolve_resources"]

_PROPERTIES: Final = "aws:cdk:cloudformation:props"
_LOGICAL_ID: Final = "aws:cdk:cloudformation:logicalId"


class ResolvedResource(NamedTuple):
    """The logical ID and the properties of a resource, without `add_property_override`.

    Attributes:
        logical_id: The logical ID.
        properties: The properties in the CDK's spelling, such as `passwordPolicy`; tokens are CloudFormation functions.
    """

    logical_id: str
    properties: Mapping[str, Any]


def resolve_resources(stack: Stack, *resources: CfnResource) -> list[ResolvedResource]:
    """Return what the resources are at the moment; values created at synthesis are complete then.

    Args:
        stack: The stack of the references.
        resources: L1 resources.
    """
    inspectors = [TreeInspector() for _ in resources]
    for resource, inspector in zip(resources, inspectors, strict=True):
        resource.inspect(inspector)  # type: ignore[attr-defined] # each L1 class has it
    # Resolved in Node, where values created at synthesis, such as a function's environment, are complete.
    found = [each["attributes"] for each in stack.resolve(inspectors)] if inspectors else []
    return [ResolvedResource(str(each[_LOGICAL_ID]), each.get(_PROPERTIES) or {}) for each in found]
