"""Requests that load balancers forward to trusted code: functions, containers and machines of target groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.listeners import forwards
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.listeners import Forward
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, World

_GROUP: Final = "AWS::ElasticLoadBalancingV2::TargetGroup"


def add_balanced(world: World) -> None:
    """Add the callers of a load balancer as drivers of the trusted code behind it."""
    for forward in forwards(world.model.resources):
        for node in _behind(forward, world):
            world.drivers.setdefault(node.name, {})[f"{forward} ({forward.who})"] = None


def _behind(forward: Forward, world: World) -> Iterator[Node]:
    """Yield the code that a target group names, and the services and machines that name the group."""
    named = world.names.within(forward.actions, forward.by)
    for group in world.model.resources:
        if group.type == _GROUP and group.place in named:
            members = {each.by.place for each in world.names.mentions(group.place)}
            for each in world.model.resources:
                if each is group or each.place in members:
                    held = world.names.within(each.properties, each)
                    yield from (node for node in world.of(Kind.CODE) if node.name in {each.place, *held})


__all__ = ["add_balanced"]
