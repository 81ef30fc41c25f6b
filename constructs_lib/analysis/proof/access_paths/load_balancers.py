"""Requests that load balancers forward to trusted code: functions, containers and machines of target groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.listeners import forwards
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.listeners import Forward
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources

_GROUP: Final = "AWS::ElasticLoadBalancingV2::TargetGroup"


def add_balanced(reachable: ReachableResources) -> None:
    """Add the callers of a load balancer as drivers of the trusted code behind it."""
    for forward in forwards(reachable.model.resources):
        for node in _behind(forward, reachable):
            reachable.drivers.setdefault(node.name, {})[f"{forward} ({forward.who})"] = None


def _behind(forward: Forward, reachable: ReachableResources) -> Iterator[Node]:
    """Yield the code that a target group names, and the services and machines that name the group."""
    for group in reachable.names.resources_in(forward.actions, forward.by, _GROUP):
        members = {each.by.place for each in reachable.names.mentions(group.place)}
        for each in reachable.model.resources:
            if each is group or each.place in members:
                referenced = reachable.names.within(each.properties, each)
                yield from (node for node in reachable.of(Kind.CODE) if node.name in {each.place, *referenced})
