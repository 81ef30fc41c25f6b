"""Roles that principals other than the app's callers may act with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.access_paths.role_powers import service_roles
from constructs_lib.analysis.proof.trust_external_principals import external_principals

if TYPE_CHECKING:
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources


def shared_roles(reachable: ReachableResources) -> frozenset[str]:
    """Return the ARNs of the roles that strangers may assume or services act with for others, except callers'."""
    model = reachable.model
    assumed = (each.arn for each in model.roles.values() if any(external_principals(each, model)))
    callers = {caller.role.arn for caller in model.callers}
    return frozenset((*assumed, *(role.arn for _, role in service_roles(reachable)))) - callers
