"""Denies of a resource in one region or account, of which policies allow it in more.

Literal regions and accounts are those of the deployment, unless an Allow and a Deny name different ones. A global table
has a replica in each of its regions, with an ARN of its own ("Global tables", Amazon DynamoDB developer guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement, Written
    from constructs_lib.analysis.model.holder import Holder


def in_every_region(layers: Layers, holder: Holder) -> Layers:
    """Return layers in which a Deny is in doubt if it names fewer regions or accounts than the Allows do.

    Args:
        layers: The statements that decide requests on a resource.
        holder: The resource.
    """
    several = len(holder.regions) > 1
    if not any(each.written and (several or not each.allow) for each in layers.everything()):
        return layers
    service = holder.arn.split(":")[2]
    allowing = (each for each in (*layers.identity, *layers.resource, *layers.possible) if each.allow)
    allowed = {place for each in allowing for place in _places(each, service)}

    def kept(statement: Statement) -> Statement:
        if statement.allow or statement.doubt or statement.not_resources:
            return statement
        named = _places(statement, service)
        missed = [(one, place) for one in named for place in allowed if not _covers(one, place, holder.regions)]
        if not missed:
            return statement
        (_, region, account), _ = missed[0]
        where = " of ".join(each for each in (region, account) if each)
        doubt = (
            f"the Deny names {holder.name} in {where} alone, and it is allowed elsewhere: write * as region and account"
        )
        return replace(statement, doubt=doubt)

    def each_kept(listed: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(map(kept, listed))

    more = tuple(_elsewhere(layers.identity, service, holder)) if several else ()
    return replace(
        layers,
        identity=each_kept(layers.identity),
        resource=each_kept(layers.resource),
        limits=tuple(map(each_kept, layers.limits)),
        possible=(*layers.possible, *more),
    )


def _places(statement: Statement, service: str) -> set[Written]:
    """Return the regions and accounts in which a statement names resources of a service; any if it names none."""
    if statement.not_resources or not statement.written:
        return {(service, "*", "*")}
    return {(service, region, account) for name, region, account in statement.written if name in {service, "*"}}


def _covers(denied: Written, allowed: Written, regions: Sequence[str]) -> bool:
    """Whether a Deny covers the region and account of an Allow."""
    (_, region, account), (_, of_region, of_account) = denied, allowed
    if len(regions) > 1:
        in_region = region in {"*", of_region}
    else:
        known = "*" not in regions or "*" not in of_region
        in_region = _are_same(region, of_region, REGION) and (known or region == "*")
    return in_region and _are_same(account, of_account, ACCOUNT)


def _are_same(denied: str, allowed: str, own: str) -> bool:
    """Whether a denied region or account is the allowed one; a literal one is the deployment's own."""
    if denied == allowed or {denied, allowed} & {"*", "", own}:
        return True
    return bool(set("*?") & set(allowed)) and glob_match(allowed, denied)


def _elsewhere(statements: Sequence[Statement], service: str, holder: Holder) -> Iterator[Statement]:
    """Yield the Allows of everything but a resource in one of its regions, as Allows of all its other regions."""
    for each in statements:
        left = {region for name, region, _ in each.written if name in {service, "*"}}
        if each.allow and each.not_resources and left - {"*"}:
            doubt = f"{each} leaves out {holder.name} in {', '.join(sorted(left))} alone"
            yield replace(each, not_resources=(), resources=("*",), written=frozenset(), doubt=doubt)
