"""What a principal may do: by its own policies, and by the policies and ACLs of resources, which alone are enough.

Source: "Policy evaluation logic" (IAM user guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.principals import applies_to_principal
from constructs_lib.analysis.proof.access_paths.node_policies import SOURCE, asks, excludes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller, Role
    from constructs_lib.analysis.model.model import Model


def resource_grants(model: Model) -> Iterator[Statement]:
    """Yield the Allows of resources, except those to AWS services alone; other conditions are ignored."""
    for each in model.grants:
        if not any(asks(condition) and condition.key in SOURCE for condition in each.conditions):
            yield each


def granted_to(principal: str, model: Model) -> Iterator[Statement]:
    """Yield the Allows of resources for a role, by its ARN; those for anyone without credentials if it is empty."""
    others = {*model.roles} - {principal}
    for each in model.grants:
        if applies_to_principal(each, principal) and not any(excludes(one, others) for one in each.conditions):
            yield each


def allows_of(role: Role, model: Model) -> tuple[Statement, ...]:
    """Return every Allow of a role's policies, and of resources for the role, including possible ones.

    What resources allow anyone, callers and strangers are asked about themselves.
    """
    own = (each for policy in role.policies for each in policy.everything if each.allow)
    by_resources = granted_to(role.arn, model) if role.arn else ()
    return (*own, *(each for each in by_resources if not applies_to_principal(each, "")))


def own_rights(caller: Caller) -> Iterator[Statement]:
    """Yield the statements that a caller's policies have, or may have."""
    return (each for policy in caller.identity for each in policy.everything)


def rights_of(caller: Caller, model: Model) -> Iterator[Statement]:
    """Yield the statements that a caller's policies have, or may have, and the Allows of resources for the caller."""
    yield from own_rights(caller)
    yield from granted_to(caller.principal, model)
