"""Display names of actions and places, in the terms of the access language."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from constructs_lib.actions import Verb
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.matrix.other_actions import EVERY_OTHER_SERVICE
from constructs_lib.analysis.model.kinds import main_action_of, verb_by_action
from constructs_lib.analysis.model.places import EVERYTHING, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from constructs_lib.analysis.model.holder import Holder

OTHER: Final = "other"
CALL: Final = "call"
VERBS: Final = (*(verb.value for verb in Verb), CALL, OTHER)
"""The verbs in the order of a matrix."""
_FEW: Final = 4
_STACK: Final = re.compile(r"⟦([^/⟦⟧]+)/")


def verb_of(action: str) -> str:
    """Return the verb of an action."""
    return verb_by_action().get(action, OTHER)


def main_action(actions: Sequence[str]) -> str:
    """Return the best-known action."""
    known = list(main_action_of())
    return min(actions, key=lambda action: (action not in known, known.index(action) if action in known else 0))


def is_main(action: str) -> bool:
    """Return whether this is the main action of a verb."""
    return action in main_action_of()


def does(actions: Sequence[str], *, by_verb: bool = True) -> str:
    """Return the description of actions before a place: `get and list`, `use dynamodb:Scan on`.

    Verbs are used if their main action is among the actions; without `by_verb`, actions only.
    """
    verbs = [verb for verb in VERBS if by_verb and any(main_action_of().get(action) == verb for action in actions)]
    rest = [action for action in actions if verb_of(action) not in verbs or not by_verb]
    if EVERY_OTHER_SERVICE in rest:
        return "use every action of every service on"
    named = [action for action in rest if not action.endswith(":FutureAction")]
    if not verbs:
        names = named or sorted(f"future actions of {action.partition(':')[0]}" for action in rest)
        return f"use {_few(names)} on"
    sentence = " and ".join([", ".join(verbs[:-1]), verbs[-1]] if len(verbs) > 1 else verbs)
    return f"{sentence} (and use {_few(named)} on)" if named else sentence


def _few(names: Sequence[str]) -> str:
    shown, more = names[:_FEW], len(names) - _FEW
    if more > 0:
        return f"{', '.join(shown)} and {more} other actions"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def in_words(assumed: Mapping[str, bool | str]) -> str:
    """Return the assumed values of conditions for a sentence."""
    return ", ".join(f"{name} is {str(value).lower()}" for name, value in assumed.items())


def by_entry_point(where: str, entry_point: str) -> str:
    """Return a part of a resource with the entry point of its requests: `URL live`."""
    return " ".join(filter(None, (entry_point, "(any version)" if entry_point and where == EVERYTHING else where)))


def place_of(
    holder: Holder | None, place: Place, *, sub: str, entry_point: str = "", whole: bool = False, complete: bool = True
) -> str:
    """Return the description of a place in a sentence.

    Args:
        holder: The resource; None for any other.
        place: Its part.
        sub: An index or another subresource with separate places.
        entry_point: The entry point of the requests. Empty: there is only one.
        whole: Whether it is the resource as a whole. False for the part.
        complete: Whether it is all of the part. Default: true.
    """
    if holder is None:
        return _some("any other resource" if place.part == EVERYTHING else readable(place.part), complete=complete)
    index = sub.removeprefix("index/") if sub.startswith("index/") else ""
    name = f"{holder.name} by its index {readable(index)}" if index else holder.name
    if entry_point:
        by = f" {holder.entry_points[entry_point]}"
        return _some((name if whole else holder.describe_part(place, name)) + by, complete=complete or whole)
    if whole:
        return f"the {holder.noun or holder.kind} {name} as a whole"
    if place.part == EVERYTHING and not holder.keyed:
        return f"everything in {name}" if complete else f"something in {name}"
    return _some(holder.describe_part(place, name), complete=complete)


def labels_of(holders: Collection[Holder]) -> dict[str, str]:
    """Return the resources' names by ARN, with the stack's name if two have the same name."""
    counted = Counter((holder.kind, holder.name) for holder in holders)
    labels = {}
    for holder in holders:
        stack = _STACK.search(holder.arn)
        alone = counted[holder.kind, holder.name] == 1 or stack is None
        labels[holder.arn] = holder.name if alone or stack is None else f"{holder.name} in {stack.group(1)}"
    return labels


def _some(place: str, *, complete: bool) -> str:
    return place if complete else f"some of {place}"
