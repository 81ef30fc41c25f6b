"""Actions and places in the words of the access language."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from constructs_lib.actions import DYNAMODB_VERBS, S3_VERBS, Verb
from constructs_lib.analysis.matrix.other_actions import EVERY_OTHER_SERVICE
from constructs_lib.analysis.matrix.regions import EVERYTHING, Region, Whose
from constructs_lib.analysis.model.model import Api, Bucket, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

OTHER: Final = "other"
CALL: Final = "call"
VERBS: Final = (*(verb.value for verb in Verb), CALL, OTHER)
"""The verbs in the order of a matrix."""
_VERB_OF: Final = {
    action: verb.value for verbs in (S3_VERBS, DYNAMODB_VERBS) for verb, actions in verbs.items() for action in actions
} | {"dynamodb:BatchWriteItem": Verb.WRITE.value, "execute-api:Invoke": CALL}
_MAIN: Final = {
    "s3:GetObject": "get", "s3:ListBucket": "list", "s3:PutObject": "write", "s3:DeleteObject": "delete",
    "dynamodb:GetItem": "get", "dynamodb:Query": "list", "dynamodb:PutItem": "write", "dynamodb:DeleteItem": "delete",
    "execute-api:Invoke": "call",
}  # fmt: skip
"""The action that a verb stands for first."""
_FEW: Final = 4
_STACK: Final = re.compile(r"⟦([^/⟦⟧]+)/")
_ATOM: Final = re.compile(r"⟦(?:arn )?(?:[^/⟦⟧]*/)?([^⟦⟧]*)⟧")


def verb_of(action: str) -> str:
    """Return the verb an action belongs to."""
    return _VERB_OF.get(action, OTHER)


def main_action(actions: Sequence[str]) -> str:
    """Return the action a reader knows best."""
    return min(actions, key=lambda action: (action not in _MAIN, list(_MAIN).index(action) if action in _MAIN else 0))


def is_main(action: str) -> bool:
    """Whether a verb stands for this action first."""
    return action in _MAIN


def does(actions: Sequence[str], *, by_verb: bool = True) -> str:
    """Return what actions do, so that a place can follow: `get and list`, `use dynamodb:Scan on`.

    Args:
        actions: The actions.
        by_verb: Whether to say verbs where their main action is among them; else actions only.
    """
    verbs = [verb for verb in VERBS if by_verb and any(_MAIN.get(action) == verb for action in actions)]
    rest = [action for action in actions if verb_of(action) not in verbs or not by_verb]
    if EVERY_OTHER_SERVICE in rest:
        return "use every action of every service on"
    named = [action for action in rest if not action.endswith(":FutureAction")]
    if not verbs:
        names = named or sorted(f"future actions of {action.partition(':')[0]}" for action in rest)
        return f"use {_few(names)} on"
    said = " and ".join([", ".join(verbs[:-1]), verbs[-1]] if len(verbs) > 1 else verbs)
    return f"{said} (and use {_few(named)} on)" if named else said


def _few(names: Sequence[str]) -> str:
    shown, more = names[:_FEW], len(names) - _FEW
    if more > 0:
        return f"{', '.join(shown)} and {more} other actions"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def place_of(holder: Bucket | Table | Api | None, region: Region, *, sub: str, whole: bool, complete: bool) -> str:
    """Return a place for a sentence.

    Args:
        holder: The resource; None for any other.
        region: Its part.
        sub: An index or another part with regions of its own.
        whole: Whether it is about the resource as a whole.
        complete: Whether all of it is meant.
    """
    if holder is None:
        return _some("any other resource" if region.name == EVERYTHING else readable(region.name), complete=complete)
    index = sub.removeprefix("index/") if sub.startswith("index/") else ""
    name = f"{holder.name} by its index {readable(index)}" if index else holder.name
    if whole:
        return f"the {_kind(holder)} {name} as a whole"
    if isinstance(holder, Table):
        rows = {Whose.CALLER: "their own rows", Whose.OTHERS: "other users' rows", Whose.NOBODY: "every row"}
        shown = rows[region.whose] if region.name in {EVERYTHING, "{owner}"} else f"rows {region.name}"
        return _some(f"{shown} of {name}", complete=complete)
    if region.name == EVERYTHING:
        return f"everything in {name}" if complete else f"something in {name}"
    owner = {Whose.CALLER: "their own ", Whose.OTHERS: "other users' ", Whose.NOBODY: ""}[region.whose]
    return _some(f"{owner}{name} {readable(region.name)}", complete=complete)


def labels_of(holders: Collection[Bucket | Table | Api]) -> dict[str, str]:
    """Return the resources' names by ARN, with the stack's where two have the same."""
    counted = Counter((type(holder), holder.name) for holder in holders)
    labels = {}
    for holder in holders:
        stack = _STACK.search(holder.arn)
        alone = counted[type(holder), holder.name] == 1 or stack is None
        labels[holder.arn] = holder.name if alone or stack is None else f"{holder.name} in {stack.group(1)}"
    return labels


def readable(text: str) -> str:
    """Return a text with the names of resources in place of what stands for their physical IDs."""
    previous = ""
    while previous != text:
        previous, text = text, _ATOM.sub(r"\1", text)
    return text


def _some(place: str, *, complete: bool) -> str:
    return place if complete else f"some of {place}"


def _kind(holder: Bucket | Table | Api) -> str:
    return "bucket" if isinstance(holder, Bucket) else "table" if isinstance(holder, Table) else "API"
