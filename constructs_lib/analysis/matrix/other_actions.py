"""Actions on resources other than the buckets, tables and APIs of the templates."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import any_fits
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.escalations import all_escalations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.model.callers import Caller

EVERY_OTHER_SERVICE: Final = "every-other-service:Action"
"""Represents all services that no policy names: only a star matches it."""


def elsewhere_actions(everyone: Iterable[Caller]) -> tuple[str, ...]:
    """Return the actions of every service that a policy names, actions that escalate privileges, and one for the rest.

    Actions that only describe a bucket or table are included.
    """
    patterns = {
        text
        for caller in everyone
        for policy in caller.identity
        for statement in policy.statements
        for text in (*statement.actions, *statement.not_actions)
    }
    named = {text.partition(":")[0].lower() for text in patterns if ":" in text} | set(catalogue.SERVICES)
    actions = [action for service in sorted(named) for action in catalogue.actions_of(service)]
    return tuple(
        dict.fromkeys([*actions, *(escalation.action for escalation in all_escalations()), EVERY_OTHER_SERVICE])
    )


def group_actions(versions: Sequence[Layers], actions: Iterable[str]) -> list[list[str]]:
    """Group the actions that the statements of all versions treat equally and that some may allow."""
    groups: dict[tuple[object, ...], list[str]] = {}
    every = tuple(actions)
    actions_named = [
        _actions_named(each.actions, each.not_actions, every) for layers in versions for each in layers.everything()
    ]
    some = frozenset[str]().union(*actions_named)
    kept: dict[tuple[bool, ...], tuple[Layers, ...]] = {}
    for action in every if some else ():
        if action not in some:
            continue
        applicable = tuple(action in each for each in actions_named)
        if applicable not in kept:
            kept[applicable] = tuple(layers.for_action(action) for layers in versions)
        relevant = kept[applicable]
        if any(layers.can_allow for layers in relevant):
            keys = {condition.key for layers in relevant for each in layers.all() for condition in each.conditions}
            carried = tuple(catalogue.has_key(action, key) for key in sorted(keys))
            groups.setdefault((relevant, carried), []).append(action)
    return list(groups.values())


@functools.lru_cache(maxsize=4096)
def _actions_named(actions: tuple[str, ...], not_actions: tuple[str, ...], every: tuple[str, ...]) -> frozenset[str]:
    """Return the actions that a statement with these patterns covers."""
    named = (action for action in every if any_fits(not_actions or actions, action))
    return frozenset(every).difference(named) if not_actions else frozenset(named)
