"""Roles that strangers may assume and that reach no owned place themselves, but can escalate or have an indirect path.

`trust_policies.py` and `rights_holders.py` check the roles that reach owned data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.model.callers import Caller, CallerKind
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.proof.access_paths.reachable_resources import Power, role_names
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.role_powers import escalations_of
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.analysis.proof.guest_identity_ids import LISTING, listing_statement
from constructs_lib.analysis.proof.indirect import open_path
from constructs_lib.analysis.proof.trust_external_principals import others

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding


def assumable_role_findings(reachable: ReachableResources, places: Sequence[Place]) -> Iterator[Finding]:
    """Yield the accounts, providers and unknown principals who may assume a role with a power."""
    model, names = reachable.model, role_names(reachable.model)
    checked = {caller.role.arn for caller in model.callers}
    checked |= {each.resource.arn for each in reachable.of(Kind.ROLE) if each.resource is not None}
    for role in model.roles.values():
        strangers = [] if role.arn in checked else list(others(role, model))
        power = _power_here(names[role.arn].place, role, reachable, places) if strangers else None
        for each in strangers if power is not None else ():
            certain = power is not None and power.certain
            yield replace(
                each,
                question=Question.ANOTHER_WAY,
                status=each.status if certain else Status.UNDECIDED,
                story=f"{each.story}; the role may {power.words if power is not None else ''}",
            )


def _power_here(place: str, role: Role, reachable: ReachableResources, places: Sequence[Place]) -> Power | None:
    node = reachable.nodes.get(place)
    if node is not None and node.kind is Kind.STARTER:
        return Power(words=f"start what reaches {', '.join(node.reach)}")
    held = reachable.powers.get(place, {})
    return next(iter(held.values()), None) or _power_of(role, reachable.model, places)


def _power_of(role: Role, model: Model, places: Sequence[Place]) -> Power | None:
    """Return what the policies of a role can do besides reaching owned places; None for nothing.

    Args:
        role: The role.
        model: The model with the roles that it may assume.
        places: The owned places.
    """
    holder = Caller(kind=CallerKind.FUNCTION, group=role.name, role=role)
    escalation = next(iter(escalations_of(role, model).values()), None)
    if escalation is not None:
        return escalation
    listing = listing_statement(holder) if _has_guests(model, places) else None
    if listing is not None:
        return Power(words=f"call {LISTING.action}, which {LISTING.why}", statement=listing)
    path = open_path(holder, {place.kind for place in places})
    return None if path is None else Power(words=f"use {path.name}, and so reach what belongs to another: {path.why}")


def _has_guests(model: Model, places: Sequence[Place]) -> bool:
    """Return whether guests own places by an identity ID, which a holder of the ID reaches."""
    owned = any(place.owner is not None and place.owner.form == POOL_IDENTITY for place in places)
    return owned and any(caller.kind is CallerKind.GUEST for caller in model.callers)


__all__ = ["assumable_role_findings"]
