"""Merging of changes: one sentence for several actions or callers with the same change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.matrix.display_names import does, is_main

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from constructs_lib.analysis.diff.changes import Change


def merged(changes: Iterable[Change]) -> list[Change]:
    """Return the changes, merged over actions, then callers, then conditions; gains first, then others' data."""
    by_actions = _join(changes, lambda each: (_place(each), each.subjects, _assumed(each)), _more_actions)
    by_callers = _join(by_actions, lambda each: (_place(each), each.actions, _assumed(each)), _with_callers)
    everywhere = _join(by_callers, lambda each: (_place(each), each.actions, each.subjects), lambda first, _: first)
    return sorted(everywhere, key=lambda each: (not each.gained, not each.others))


def _place(change: Change) -> tuple[Hashable, ...]:
    return (change.gained, change.resource, change.place, change.where, change.others, change.conditional)


def _assumed(change: Change) -> Hashable:
    return tuple(sorted(change.assumed.items()))


def _join(
    changes: Iterable[Change], key: Callable[[Change], Hashable], join: Callable[[Change, Change], Change]
) -> list[Change]:
    found: dict[Hashable, Change] = {}
    for change in changes:
        name = key(change)
        found[name] = join(found[name], change) if name in found else change
    return list(found.values())


def _more_actions(first: Change, second: Change) -> Change:
    actions = tuple(sorted({*first.actions, *second.actions}))
    by_verb = not first.elsewhere
    return replace(
        _shown(first, second), actions=actions, does=does(actions, by_verb=by_verb) if actions else first.does
    )


def _with_callers(first: Change, second: Change) -> Change:
    subjects = tuple(dict.fromkeys((*first.subjects, *second.subjects)))
    return replace(_shown(first, second), subjects=subjects, who=tuple(dict.fromkeys((*first.who, *second.who))))


def _shown(first: Change, second: Change) -> Change:
    """Return the change with the better request: one that the evaluator confirms, with a well-known action."""
    return max(
        first, second, key=lambda each: (each.replayed, each.request is not None and is_main(each.request.action))
    )
