"""Physical IDs of the resources in a run's stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.verify.context import Context


def physical_ids(context: Context) -> dict[str, str]:
    """Return the physical ID of each resource of the stack, by logical ID."""
    pages = (
        context.session.client("cloudformation")
        .get_paginator("list_stack_resources")
        .paginate(StackName=context.stack)
    )  # fmt: skip
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each.get("PhysicalResourceId") and each["ResourceStatus"] != "DELETE_COMPLETE"
    }
