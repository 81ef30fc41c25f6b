"""Actions of callers that no review covers: nobody has determined whether they show what belongs to another.

A service may hold copies of owned data, or change who may reach it, without a resource in the templates that says so: a
transcript, a search index, an API key. A right that is tied to the caller, by a name or a tag, is decided as access to
an owned place, and so are rights on other types of a service with owned names (`related_types`).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action, layers_of
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.reviewed_actions import unreviewed
from constructs_lib.analysis.model.callers import NO_POLICY, Caller, CallerKind
from constructs_lib.analysis.model.named_resources import Named
from constructs_lib.analysis.model.owned_places import ties
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.powers import Power
from constructs_lib.analysis.proof.access_paths.related_types import is_tied
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.indirect import INDIRECT_PATHS
from constructs_lib.analysis.template.atoms import ATOM, is_open

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_EVERY_OTHER: Final = "every other action"
"""The name in reports of what a statement with `NotAction` allows."""
_LOGS: Final = "logs"
"""The logs of functions may show the data of buckets and tables, too, which the indirect path of APIs does not ask."""
_NAMED: Final = 3
"""The number of actions that a report names."""


def unreviewed_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield each caller's action patterns with actions that no review covers."""
    for caller in reachable.model.callers:
        told = set[str]()
        for name, found, statement in unreviewed_rights(caller, reachable):
            if name not in told:
                told.add(name)
                story = (
                    f"{caller} may call {found}: no review says whether that shows or changes what belongs to another, "
                    f"because of {statement}; remove the right, or tie it to the caller by name or by tag"
                )
                yield undecided(str(caller), name, story, statement)


def unreviewed_powers(role: Role, reachable: ReachableResources) -> Iterator[tuple[str, Power]]:
    """Yield the rights of a role that no review covers, each with the service of its actions."""
    holder = Caller(kind=CallerKind.FUNCTION, group=role.name, role=role)
    for _, found, statement in unreviewed_rights(holder, reachable):
        words = f"call {found}: no review says whether that shows or changes what belongs to another"
        yield found.partition(":")[0], Power(words=words, statement=statement)


def unreviewed_rights(caller: Caller, reachable: ReachableResources) -> Iterator[tuple[str, str, Statement]]:
    """Yield a caller's action patterns with actions that no review covers, those actions in words, and the statement.

    Args:
        caller: The caller, or a service with its role.
        reachable: The owned data.
    """
    model = reachable.model
    owned = {node.service for node in reachable.of(Kind.DATA) if isinstance(model.holder(node.arn), Named)}
    layers = layers_of(caller, NO_POLICY).at_worst()
    for statement in layers.identity:
        if statement.allow and not _is_tied(statement, caller):
            # Whether an ARN that is not known is of a resource with owners, the other checks do not see.
            known = all(each.startswith(("arn:", "*")) for each in statement.resources)
            own = bool(statement.resources) and all(map(_is_of_templates, statement.resources))
            for pattern in ("*",) if statement.not_actions else statement.actions:
                allowed = (each for each in unreviewed(pattern, own=own) if _is_allowed(each, statement, layers))
                unrelated = (each for each in allowed if not (known and _is_related(each, owned)))
                found = list(islice((each for each in unrelated if not _is_indirect(each)), _NAMED + 1))
                if found:
                    words = ", ".join(found[:_NAMED]) + (" and more" if len(found) > _NAMED else "")
                    yield _EVERY_OTHER if statement.not_actions else pattern, words, statement


def _is_tied(statement: Statement, caller: Caller) -> bool:
    """Return whether every resource of a statement is the caller's own."""
    by_name = bool(statement.resources) and all(is_tied(each, caller) for each in statement.resources)
    return by_name or any(map(ties, statement.conditions))


def _is_allowed(action: str, statement: Statement, layers: Layers) -> bool:
    """Return whether a statement's action is neither denied everywhere nor missing in a limit."""
    if not applies_to_action(statement, action):
        return False
    limited = all(any(each.allow and applies_to_action(each, action) for each in limit) for limit in layers.limits)
    denied = any(
        "*" in each.resources and not each.allow and not each.conditions and applies_to_action(each, action)
        for each in layers.all()
    )
    return limited and not denied


def _is_related(action: str, owned: Collection[str]) -> bool:
    """Return whether an action works on resources of a service with owned names, where each type is decided."""
    return bool(catalogue.resource_types(action)) and any(
        action.partition(":")[0] in catalogue.services_on(service) for service in owned
    )


def _is_indirect(action: str) -> bool:
    """Return whether an action is one of an indirect path, which says whose data it shows."""
    service = action.partition(":")[0]
    return service != _LOGS and any(path.service == service and path.uses(action) for path in INDIRECT_PATHS)


def _is_of_templates(resource: str) -> bool:
    """Return whether a policy's ARN names a resource of the templates."""
    return any(not is_open(each) for each in ATOM.findall(resource))


__all__ = ["unreviewed_findings", "unreviewed_powers"]
