"""The parts of resources that policies name, owned or not: the rows of a matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.owned_places import in_words, owner_by, placeholders, whole
from constructs_lib.analysis.model.places import EVERYTHING, VARIABLE, Place, Whose

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.places import Owner

    _Found: TypeAlias = dict[tuple[str, Whose, str], Place]


class Parts:
    """The places that callers' policies name, with or without an owner: the rows of a matrix."""

    def __init__(self, everyone: Iterable[Caller]) -> None:
        """Group all callers' statements by the resources they can cover."""
        self._everyone = [
            (caller, Relevance(each for policy in caller.identity for each in policy.statements))
            for caller in everyone
            if not caller.lacks
        ]

    def of(self, holder: Holder) -> list[Place]:
        """Return the parts of a resource; the last one is everything."""
        found: _Found = {}
        for caller, theirs in self._everyone:
            named = theirs.about(holder.arn) if theirs.may_be_of(holder.services) else ()
            for statement in (*named, *caller.policy_of(holder).statements):
                for text, _ in holder.parts(statement, (*statement.resources, *statement.not_resources)):
                    _add(found, text, caller, whole(holder))
                for text in holder.listed(statement):
                    # A prefix without a star is a single list request, not a part of the bucket.
                    if text.endswith(EVERYTHING):
                        _add(found, text, caller, whole(holder))
        return _with_everything(holder.shown(list(found.values())), whole(holder))


def named_anywhere(everyone: Iterable[Caller]) -> list[Place]:
    """Return the resources of any type that policies name; the last one is everything."""
    found: _Found = {}
    for caller in (each for each in everyone if not each.lacks):
        for statement in (each for policy in caller.identity for each in policy.statements):
            for text in (*statement.resources, *statement.not_resources):
                _add(found, text, caller, Place())
    return _with_everything(list(found.values()), Place())


def _add(found: _Found, text: str, caller: Caller, everything: Place) -> None:
    variables = [(match, owner) for match in VARIABLE.finditer(text) if (owner := _owner(match, caller)) is not None]
    if not variables:
        found.setdefault((text, Whose.NOBODY, ""), replace(everything, part=text or "(no prefix)", text=text))
        return
    part = in_words(text, caller)
    last = variables[-1][1]
    mine = replace(everything, part=part, text=text, whose=Whose.CALLER, owner=last)
    found.setdefault((part, Whose.CALLER, ""), mine)
    for match, owner in variables:
        # A path below another owner's segment belongs to that owner, even if it names others too.
        behind = VARIABLE.sub(EVERYTHING, text[match.end() :])
        place = replace(
            mine,
            text=text[: match.end()] + behind,
            whose=Whose.OTHERS,
            owner=owner,
            within=placeholders(text[: match.start()], caller),
        )
        found.setdefault((part, Whose.OTHERS, owner.key), place)


def _owner(match: re.Match[str], caller: Caller) -> Owner | None:
    return owner_by(match.group(1).lower(), caller)


def _with_everything(found: Iterable[Place], everything: Place) -> list[Place]:
    kept = [place for place in found if place.part != EVERYTHING or place.whose is not Whose.NOBODY]
    return [*sorted(kept, key=lambda place: (place.part, place.whose)), everything]
