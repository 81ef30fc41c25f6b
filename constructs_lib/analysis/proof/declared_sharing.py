"""Declared sharing (`everyone=True`, `everyone="tenant"`), and whether an attack goes beyond it.

A caller with access to every owner of their tenant reaches the places of others in that tenant, and none of another
tenant. A place whose path ends before its last owner, `tenants/{tenant}/*`, contains the shared resources and more:
for such a place, a Deny of the shared resources is added to the caller's statements and the engines check again. An
API shares routes, and the engines check the calls of the routes that are not shared.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.obligations import LEADING_KEYS, PREFIX
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG, Condition, Statement
from constructs_lib.analysis.model.callers import CallerKind, of_kind
from constructs_lib.analysis.model.kinds.channels import CHANNEL
from constructs_lib.analysis.model.owned_places import owner_by
from constructs_lib.analysis.model.places import EVERYTHING, PERSON, VARIABLE

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Opened

_FOLDERS: Final = "/*/*"
_GET: Final = "dynamodb:GetItem"
_BY_ATTRIBUTES: Final = frozenset({"dynamodb:BatchGetItem", _GET, "dynamodb:Query", "dynamodb:UpdateItem"})
"""The actions that can be limited to attributes: a put replaces the whole item, whichever attributes it names."""
_ATTRIBUTES: Final = "dynamodb:attributes"
_SELECT: Final = "dynamodb:select"
_RETURN_VALUES: Final = "dynamodb:returnvalues"


def is_shared(obligation: Obligation, caller: Caller, action: str, holder: Holder) -> bool:
    """Return whether the template shares all owners of the caller's tags for an action."""
    shared = _shared(obligation.place, caller, action, holder)
    calls = {each.removeprefix(holder.before) for each in obligation.shape.calls}
    return calls <= shared if calls else obligation.place.text in shared


def remaining_obligation(obligation: Obligation, caller: Caller, action: str, holder: Holder) -> Obligation | None:
    """Return the obligation that remains for an action without the shared resources; None if none remains.

    An attack of the caller was found for it, and the action is one of its actions.
    """
    place, shape = obligation.place, obligation.shape
    if shape.calls:
        return _other_calls(obligation, caller, action, holder)
    start = place.text.removesuffix(EVERYTHING)
    entries = [each for each in _of(caller, action, holder) if each.place.startswith(start)]
    if not entries or place.by or (shape.keys and shape.key not in {LEADING_KEYS, CHANNEL}):
        return None
    texts = tuple(dict.fromkeys(_free(each, caller) for each in entries))
    if shape.listing:
        # A listing shows shared objects if its prefix leads into the shared part.
        prefixes = (*texts, *(text[:-2] for text in texts if text.endswith(_FOLDERS)))
        denied = [_deny((holder.arn,), _condition("", PREFIX, prefixes))]
    elif shape.keys:
        reads = list(_of(caller, _GET, holder))
        denied = [
            _deny((EVERYTHING,), *_rows(each, shape.key, caller), *_attributes(each, action, reads)) for each in entries
        ]
    elif shape.resource is None:
        denied = [_deny(tuple(place.before + text for text in texts))]
    else:
        return None
    layers = replace(obligation.layers, identity=(*obligation.layers.identity, *denied))
    return replace(obligation, actions=(action,), layers=layers)


def _rows(entry: Opened, key: str, caller: Caller) -> Iterator[Condition]:
    yield _condition("forallvalues", key, [_free(entry, caller)])
    yield _present(key)


def _attributes(entry: Opened, action: str, reads: Sequence[Opened]) -> Iterator[Condition]:
    """Yield the conditions on a request that is limited to some attributes; none for an entry about whole rows.

    `reads` are the entries shared for reading: an update may return readable attributes, and those that it changes.
    """
    if not entry.attributes:
        return
    yield _present(_ATTRIBUTES)
    yield _condition("forallvalues", _ATTRIBUTES, entry.attributes, "stringequals")
    if catalogue.has_key(action, _SELECT):
        yield _condition("", _SELECT, ["SPECIFIC_ATTRIBUTES"], "stringequals")
    else:
        seen = any(
            each.place == entry.place and set(each.within) <= set(entry.within)
            and (not each.attributes or entry.attributes <= each.attributes)
            for each in reads
        )  # fmt: skip
        values = ["NONE", "UPDATED_NEW", "UPDATED_OLD"] if seen else ["NONE"]
        yield replace(_condition("", _RETURN_VALUES, values, "stringequals"), if_exists=True)


def _other_calls(obligation: Obligation, caller: Caller, action: str, holder: Holder) -> Obligation | None:
    """Return the obligation for the calls of routes that are not shared; None if all are."""
    calls = obligation.shape.calls
    shared = _shared(obligation.place, caller, action, holder)
    left = tuple(each for each in calls if each.removeprefix(holder.before) not in shared)
    # A shape without calls is any call.
    return replace(obligation, shape=replace(obligation.shape, calls=left)) if left and left != calls else None


def _shared(place: Place, caller: Caller, action: str, holder: Holder) -> set[str]:
    """Return the shared resources that a place contains, cut after the same owner."""
    owner = PERSON if place.owner is None else place.owner.placeholder
    opened = (each for each in _of(caller, action, holder) if not each.attributes)
    return {each.place for each in opened if owner not in each.within}


def _of(caller: Caller, action: str, holder: Holder) -> Iterator[Opened]:
    names = {of_kind(caller.id), *(f"{CallerKind.GROUP}:{group}" for group in caller.role_of)}
    kept = (each for each in holder.opened if each.caller in names and each.action == action)
    return (each for each in kept if not each.attributes or action in _BY_ATTRIBUTES)


def _free(entry: Opened, caller: Caller) -> str:
    """Return a shared place with a star for every variable that is not the caller's own."""

    def kept(match: re.Match[str]) -> str:
        key = match.group(1).lower()
        owner = owner_by(key, caller)
        placeholder = key.removeprefix(PRINCIPAL_TAG) if owner is None else owner.placeholder
        return match.group() if placeholder in entry.within else EVERYTHING

    return VARIABLE.sub(kept, entry.place)


def _condition(qualifier: str, key: str, texts: Iterable[str], operator: str = "stringlike") -> Condition:
    return Condition(qualifier=qualifier, operator=operator, if_exists=False, key=key, values=tuple(texts))


def _present(key: str) -> Condition:
    return Condition(qualifier="", operator="null", if_exists=False, key=key, values=("false",))


def _deny(resources: tuple[str, ...], *conditions: Condition) -> Statement:
    return Statement(
        allow=False, actions=(EVERYTHING,), resources=resources, conditions=conditions, source="what is opened"
    )
