"""Deployed resources of a local cloud, as CloudFormation lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.local.cloud import LocalCloud


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedResource:
    """A resource of a deployed stack.

    Attributes:
        stack: The stack's name.
        logical_id: Its logical ID.
        physical_id: Its physical ID; empty while it is being created.
        type: Its CloudFormation type.
    """

    stack: str
    logical_id: str
    physical_id: str
    type: str


def deployed_resources(cloud: LocalCloud) -> list[DeployedResource]:
    """Return the resources of every stack on a local cloud, including the bootstrap stack."""
    client: Any = cloud.session().client("cloudformation")
    pages = client.get_paginator("list_stack_resources")
    return [
        DeployedResource(
            stack=stack["StackName"],
            logical_id=each["LogicalResourceId"],
            physical_id=each.get("PhysicalResourceId", ""),
            type=each["ResourceType"],
        )
        for stack in cloud.stacks()
        for page in pages.paginate(StackName=stack["StackName"])
        for each in page["StackResourceSummaries"]
    ]


def physical_ids(resources: Iterable[DeployedResource]) -> dict[str, dict[str, str]]:
    """Return the physical IDs of resources, by stack name and then by logical ID."""
    found: dict[str, dict[str, str]] = {}
    for each in resources:
        found.setdefault(each.stack, {})[each.logical_id] = each.physical_id
    return found
