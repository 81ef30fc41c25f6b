"""Denies of a resource in one region or account, and Allows of all but it, of which policies allow it in more.

Literal regions and accounts are those of the deployment, unless an Allow and a Deny name different ones. A global table
has a replica in each of its regions, with an ARN of its own ("Global tables", Amazon DynamoDB developer guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement, Written
    from constructs_lib.analysis.model.holder import Holder


def in_every_region(layers: Layers, holder: Holder) -> Layers:
    """Return layers in which a Deny is in doubt if it names fewer regions or accounts than the Allows do."""
    several = len(holder.regions) > 1
    if not any(each.written and (several or _restricts(each)) for each in layers.everything()):
        return layers
    service = holder.arn.split(":")[2]
    statements = (*layers.identity, *layers.resource, *layers.possible)
    allowed = {place for each in statements if each.allow for place in _places(each, service)}
    # Of two Denies in two literal regions, at most one is in the deployment's.
    denies = [each for each in layers.everything() if not each.allow and not each.not_resources and not several]
    asked = allowed | {place for each in denies for place in _places(each, service)}

    def each_kept(listed: Sequence[Statement]) -> tuple[Statement, ...]:
        return tuple(_in_doubt(each, asked, service, holder) for each in listed)

    def with_elsewhere(possible: Sequence[Statement], certain: Sequence[Statement]) -> tuple[Statement, ...]:
        return (*possible, *_elsewhere(certain, service, holder, allowed))

    return replace(
        layers,
        identity=each_kept(layers.identity),
        resource=each_kept(layers.resource),
        limits=tuple(map(each_kept, layers.limits)),
        possible=with_elsewhere(layers.possible, layers.identity),
        possible_limits=tuple(with_elsewhere(possible, limit) for limit, possible in layers.each_limit()),
    )


def _in_doubt(statement: Statement, asked: Collection[Written], service: str, holder: Holder) -> Statement:
    """Return a Deny in doubt if it covers less than the regions and accounts that are asked for."""
    named = sorted(_places(statement, service))
    if statement.allow or statement.doubt or statement.not_resources or not named:
        return statement
    if all(any(_covers(one, place, holder.regions) for one in named) for place in asked):
        return statement
    _, region, account = named[0]
    where = " of ".join(each for each in (region, account) if each)
    doubt = (
        f"the Deny names {holder.name} in {where} alone, and other statements name it elsewhere: write * as region and "
        "account"
    )
    return replace(statement, doubt=doubt)


def _places(statement: Statement, service: str) -> set[Written]:
    """Return the regions and accounts in which a statement names resources of a service; any if it names none."""
    if statement.not_resources or not statement.written:
        return {(service, "*", "*")}
    return {(service, region, account) for name, region, account in statement.written if name in {service, "*"}}


def _covers(denied: Written, allowed: Written, regions: Sequence[str]) -> bool:
    """Return whether a Deny covers the region and account of an Allow."""
    (_, region, account), (_, of_region, of_account) = denied, allowed
    if len(regions) > 1:
        in_region = region in {"*", of_region}
    else:
        known = "*" not in regions or "*" not in of_region
        in_region = _are_same(region, of_region, REGION) and (known or region == "*")
    return in_region and _are_same(account, of_account, ACCOUNT)


def _are_same(denied: str, allowed: str, own: str) -> bool:
    """Return whether a denied region or account is the allowed one; a literal one is the deployment's own."""
    if denied == allowed or {denied, allowed} & {"*", "", own}:
        return True
    return bool(set("*?") & set(allowed)) and glob_match(allowed, denied)


def _restricts(statement: Statement) -> bool:
    """Return whether a statement restricts access to the resources that it names."""
    return not statement.allow or bool(statement.not_resources)


def _elsewhere(
    statements: Sequence[Statement], service: str, holder: Holder, allowed: Collection[Written]
) -> Iterator[Statement]:
    """Yield the Allows of everything but a resource in one region or account, as Allows of all its others."""
    for each in statements:
        left = {place for place in each.written if place[0] in {service, "*"}}
        regions = {region for _, region, _ in left} - {"*"} if len(holder.regions) > 1 else set()
        missed = {
            text for one in left for place in allowed if not _covers(one, place, holder.regions) for text in one[1:]
        }
        names = sorted((regions | missed) - {"*", "", REGION, ACCOUNT} or regions)
        if each.allow and each.not_resources and names:
            doubt = f"{each} leaves out {holder.name} in {', '.join(names)} alone: write * as region and account"
            yield replace(each, not_resources=(), resources=("*",), written=frozenset(), doubt=doubt)
