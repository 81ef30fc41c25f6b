"""The nodes from which the search for what reaches owned data starts: the resources that have owners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources, as_glob
from constructs_lib.analysis.proof.access_paths.resource_references import Names
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource


def owned_nodes(model: Model, places: Sequence[Place]) -> list[Node]:
    """Return the resources with owned places: buckets, tables and all others except APIs."""
    return list(_nodes(model, [each for each in places if each.kind != Api.kind]))


def owned_apis(reachable: ReachableResources) -> Iterator[Node]:
    """Yield the APIs with owned places; who names an API, and its code, other modules ask."""
    for node in _nodes(reachable.model, [each for each in reachable.places if each.kind == Api.kind]):
        holder = reachable.model.holder(node.arn)
        yield replace(node, name=holder.name) if holder is not None else node


def _nodes(model: Model, places: Sequence[Place]) -> Iterator[Node]:
    resources = {each.arn: each for each in model.resources}
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place.holder, []).append(place)
    for arn, owned_places in found.items():
        holder = model.holder(arn)
        if holder is not None:
            yield Node(
                name=_name_of(holder, resources),
                kind=Kind.DATA,
                resource=resources.get(arn),
                reach=tuple(dict.fromkeys(place.name for place in owned_places)),
                globs=tuple(dict.fromkeys(glob for place in owned_places for glob in _globs(place))),
                arn=arn,
            )


def _name_of(holder: Holder, resources: Mapping[str, Resource]) -> str:
    """Return the key for references to a holder; its ARN, which matches no reference, if it has no name."""
    if holder.arn in resources:
        return resources[holder.arn].place
    named = isinstance(holder, Bucket | Table)
    return holder.arn.rpartition(":")[2].removeprefix("table/") if named else holder.arn


def _globs(place: Place) -> Iterator[str]:
    if place.kind == Table.kind:
        yield from (place.holder, f"{place.holder}/*")
        return
    yield as_glob(place.before + place.text)
    if place.kind == Bucket.kind:
        yield place.holder


def name_everything(model: Model, places: Sequence[Place]) -> ReachableResources:
    """Return the owned places and all references."""
    nodes = owned_nodes(model, places)
    unnamed = [each.name for each in nodes if each.resource is None and each.name != each.arn]
    names = Names(model.resources, unnamed)
    reachable = ReachableResources(model=model, names=names, places=tuple(places))
    for node in nodes:
        reachable.add(node)
    return reachable
