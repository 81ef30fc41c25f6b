"""Roles that strangers may assume and that reach no owned place themselves, but can escalate or have an indirect path.

`trust_policies.py` and `rights_holders.py` check the roles that reach owned data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.access_paths.policy_powers import policy_powers
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.access_paths.reachable_resources import role_names
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.role_powers import service_roles
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.analysis.proof.trust_external_principals import external_principals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding


def assumable_role_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the accounts, providers and unknown principals who may assume a role with a power."""
    model, names = reachable.model, role_names(reachable.model)
    checked = {caller.role.arn for caller in model.callers}
    checked |= {each.resource.arn for each in reachable.of(Kind.ROLE) if each.resource is not None}
    for role in model.roles.values():
        strangers = [] if role.arn in checked else list(external_principals(role, model))
        power = _power_here(names[role.arn].place, role, reachable) if strangers else None
        for each in strangers if power is not None else ():
            certain = power is not None and power.certain
            yield replace(
                each,
                question=Question.ANOTHER_WAY,
                status=each.status if certain else Status.UNDECIDED,
                story=f"{each.story}; the role may {power.words if power is not None else ''}",
            )


def shared_roles(reachable: ReachableResources) -> frozenset[str]:
    """Return the ARNs of the roles that strangers may assume or services act with for others, except callers'."""
    model = reachable.model
    assumed = (each.arn for each in model.roles.values() if any(external_principals(each, model)))
    callers = {caller.role.arn for caller in model.callers}
    return frozenset((*assumed, *(role.arn for _, role in service_roles(reachable)))) - callers


def _power_here(place: str, role: Role, reachable: ReachableResources) -> Power | None:
    node = reachable.nodes.get(place)
    if node is not None and node.kind is Kind.STARTER:
        return Power(words=f"start what reaches {', '.join(node.reach)}")
    held = reachable.powers.get(place, {})
    return next(iter(held.values()), None) or next(iter(policy_powers(role, reachable).values()), None)


__all__ = ["assumable_role_findings", "shared_roles"]
