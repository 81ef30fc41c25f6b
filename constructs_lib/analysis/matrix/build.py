"""From a model to the matrix: everybody, every part of every resource, every action."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis import catalogue
from constructs_lib.analysis.matrix.access import Access, Matrix, Place, Reach, Source, Subject, SubjectKind
from constructs_lib.analysis.matrix.asking import Answers, ask, ask_elsewhere
from constructs_lib.analysis.matrix.cover import cover
from constructs_lib.analysis.matrix.doors import doors
from constructs_lib.analysis.matrix.elsewhere import EVERY_OTHER_SERVICE, alike, elsewhere_actions
from constructs_lib.analysis.matrix.regions import (
    EVERYTHING,
    Region,
    Regions,
    Whose,
    other_regions,
)
from constructs_lib.analysis.matrix.relevance import Concern
from constructs_lib.analysis.matrix.who import Who, everybody
from constructs_lib.analysis.matrix.words import CALL, OTHER, VERBS, readable, verb_of
from constructs_lib.analysis.model import Api, Bucket, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model import Model
    from constructs_lib.analysis.policies import Statement

_ELSEWHERE: Final = ("elsewhere", "other resources")
_STACK: Final = re.compile(r"⟦([^/⟦⟧]+)/")
_WHOLE: Final = "as a whole"
_SPELLED: Final = {
    word.lower(): word
    for word in (
        "ForAllValues", "ForAnyValue", "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals",
        "ArnNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
        "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
        "NotIpAddress", "Null", "dynamodb:LeadingKeys", "dynamodb:Attributes", "dynamodb:Select",
        "aws:SecureTransport", "aws:SourceIp", "s3:TlsVersion",
    )
}  # fmt: skip
"""Policies are read in lower case, and shown as people know them."""


def build_matrix(models: Sequence[Model], *, title: str) -> Matrix:
    """Return who can do what where; of several models, what any of them allows.

    Args:
        models: From `build_model`.
        title: What was looked at, for readers.
    """
    building = _Building()
    for model in models:
        building.add(model)
    return building.matrix(title, models)


@dataclass(kw_only=True, slots=True)
class _Building:
    """What is found, each once, in the order of finding."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    sources: dict[Statement, Source] = field(default_factory=dict)
    found: dict[tuple[str, str, str, Reach], tuple[dict[str, None], dict[str, None]]] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, model: Model) -> None:
        """Ask about everybody and everything of a model."""
        everyone = everybody(model)
        people = list(everyone.values())
        self.subjects |= {name: who.subject for name, who in everyone.items() if name not in self.subjects}
        holders: list[Bucket | Table | Api] = [*model.holders, *model.apis]
        self.labels |= _labels(holders)
        actions = [each for each in elsewhere_actions(people) if each not in catalogue.HARMLESS]
        elsewhere, arns = other_regions(people), frozenset(each.arn for each in holders)
        parts, concerns = Regions(people), [Concern(who) for who in people]
        for holder in holders:
            regions = parts.of(holder)
            for region in regions:
                if region.name != EVERYTHING:
                    self._place(holder, region.name, owned=region.whose is not Whose.NOBODY)
            for who, concern in zip(people, concerns, strict=True):
                layers = concern.layers(holder, holder.arn)
                for answers in ask([layers], who, holder, model, regions) if layers.can_allow else ():
                    self._answers(answers, who, holder, regions)
        for who, concern in zip(people, concerns, strict=True):
            layers = concern.beyond(arns)
            for group in alike([layers], actions):
                answers = ask_elsewhere([layers], who, group, elsewhere, arns)
                self._answers(answers, who, None, elsewhere)
        self._doors(model, people)
        self.notes |= dict.fromkeys(map(readable, (*model.notes, *model.gaps)))

    def matrix(self, title: str, models: Sequence[Model]) -> Matrix:
        """Put it together, in order."""
        access = [
            Access(subject=subject, place=place, verb=verb, reach=reach, actions=tuple(actions), sources=tuple(sources))
            for (subject, place, verb, reach), (actions, sources) in self.found.items()
        ]
        access.sort(key=lambda entry: VERBS.index(entry.verb))
        # A function that reaches nothing of what is shown says nothing to a reader.
        reaching = {entry.subject for entry in access}
        subjects = [
            each for each in self.subjects.values() if each.kind is not SubjectKind.FUNCTION or each.id in reaching
        ]
        if len(models) > 1:
            names = ", ".join(dict.fromkeys(name for model in models for name in model.assumed))
            self.notes[f"The template has conditions ({names}); a cell shows what any choice of them allows."] = None
        self.notes["Conditions on addresses, dates and the like are taken to hold; the statements name them."] = None
        return Matrix(
            title=title,
            subjects=tuple(subjects),
            places=tuple(self.places.values()),
            access=tuple(access),
            sources=tuple(self.sources.values()),
            catalogue_date=catalogue.data_date(),
            notes=tuple(self.notes),
        )

    def _place(self, holder: Bucket | Table | Api | None, where: str, *, owned: bool, sub: str = "") -> str:
        resource, kind = _ELSEWHERE if holder is None else (self.labels[holder.arn], _kind(holder))
        index = f"{readable(sub)}: " if sub.startswith("index/") else ""
        shown = index + ("everything" if where == EVERYTHING else readable(where))
        name = f"{kind}:{resource}:{shown}"
        if name not in self.places or owned:
            self.places[name] = Place(
                id=name, resource=resource, type=kind, where=shown, owned=owned, path=readable(resource)
            )
        return name

    def _answers(
        self, answers: Answers, who: Who, holder: Bucket | Table | Api | None, regions: Sequence[Region]
    ) -> None:
        if answers.undecided:
            self.notes[f"{who.words}: not decided for {', '.join(answers.actions)} ({answers.undecided})"] = None
        has_owners = any(region.whose is Whose.OTHERS for region in regions)
        for where, reach, cells in _reached(answers, regions) if holder else _elsewhere(answers, regions):
            owned = any(region.name == where and region.whose is not Whose.NOBODY for region in regions)
            name = _WHOLE if answers.whole else where
            place = self._place(holder, name, owned=has_owners if answers.whole else owned, sub=answers.sub)
            request = next(request for allowed, request in answers.cells[cells[0]].seen.items() if allowed[0])
            sources = [self._source(each) for each in who.verdict(request, holder).because]
            for action in answers.actions:
                verb = verb_of(action) if holder else OTHER
                self._found(who.subject.id, place, verb, reach, action, sources)

    def _found(self, subject: str, place: str, verb: str, reach: Reach, action: str, sources: Sequence[str]) -> None:
        actions, by = self.found.setdefault((subject, place, verb, reach), ({}, {}))
        if action == EVERY_OTHER_SERVICE:
            actions["every other service"] = None
        elif action and not action.endswith(":FutureAction"):
            actions[action] = None
        by |= dict.fromkeys(sources)

    def _source(self, statement: Statement) -> str:
        if statement not in self.sources:
            place = statement.source + (f", {statement.sid}" if statement.sid else "")
            text = readable(json.dumps(_document(statement), indent=2, ensure_ascii=False))
            self.sources[statement] = Source(id=f"s{len(self.sources) + 1}", place=readable(place), text=text)
        return self.sources[statement].id

    def _doors(self, model: Model, people: Sequence[Who]) -> None:
        every: tuple[Bucket | Api, ...] = (*model.buckets, *model.apis)
        holders = {each.arn: each for each in every}
        for door in doors(model):
            holder = holders.get(door.arn)
            if holder is not None:
                place = self._place(holder, door.where, owned=False)
            else:
                place = f"function:{door.resource}:{door.where}"
                self.places[place] = Place(
                    id=place, resource=door.resource, type="function", where=door.where, owned=False, path=door.resource
                )
            if door.auth == "custom":
                self.notes[f"{door.resource} {door.where} is let in by code of its own, which is not seen here"] = None
            for who in people:
                anyone = who.subject.kind is SubjectKind.INTERNET
                if (door.open and anyone) or (door.with_token and who.signed_in):
                    self._found(who.subject.id, place, CALL, Reach.ALL, "", ())


def _reached(answers: Answers, regions: Sequence[Region]) -> Iterator[tuple[str, Reach, list[int]]]:
    """Yield each part that is reached, how far, and the cells that show it."""
    reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(0)}
    if not reached:
        return
    if answers.whole:
        yield EVERYTHING, Reach.ALL, sorted(reached)
        return
    inside = [
        {number for number, cell in enumerate(answers.cells) if each in cell.regions} for each in range(len(regions))
    ]
    mine = {
        number for number in reached for each in answers.cells[number].regions if regions[each].whose is Whose.CALLER
    }
    told: dict[str, tuple[Reach, list[int]]] = {}
    for number, region in enumerate(regions):
        full = bool(inside[number]) and inside[number] <= reached
        part = sorted(inside[number] & reached)
        if full:
            reach = Reach.OWN if region.whose is Whose.CALLER else Reach.ALL
            if region.name not in told or reach is Reach.ALL:
                told[region.name] = reach, part
        elif part and _is_route(region) and set(part) <= mine:
            told[region.name] = Reach.OWN, part
    covered = {number for each, region in enumerate(regions) if inside[each] <= reached for number in inside[each]}
    for leftover in cover(answers.cells, reached - covered, reached, len(regions)):
        region = regions[leftover.region]
        # Some of what belongs to others is alarm enough.
        reach = Reach.ALL if region.whose is Whose.OTHERS else Reach.SOME
        told.setdefault(region.name, (reach, list(leftover.cells)))
    for name, (reach, numbers) in told.items():
        yield name, reach, numbers


def _elsewhere(answers: Answers, regions: Sequence[Region]) -> Iterator[tuple[str, Reach, list[int]]]:
    """Yield the widest parts only: not every resource that some policy names is one that the action works on."""
    reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(0)}
    for part in cover(answers.cells, reached, reached, len(regions)):
        yield regions[part.region].name, Reach.ALL if part.complete else Reach.SOME, list(part.cells)


def _labels(holders: Sequence[Bucket | Table | Api]) -> dict[str, str]:
    """Return the resources' names by ARN, with the stack's where two have the same."""
    counted = Counter((type(holder), holder.name) for holder in holders)
    labels = {}
    for holder in holders:
        stack = _STACK.search(holder.arn)
        alone = counted[type(holder), holder.name] == 1 or stack is None
        labels[holder.arn] = holder.name if alone or stack is None else f"{holder.name} in {stack.group(1)}"
    return labels


def _is_route(region: Region) -> bool:
    return " /" in region.name


def _kind(holder: Bucket | Table | Api) -> str:
    return {Bucket: "bucket", Table: "table", Api: "api"}[type(holder)]


def _document(statement: Statement) -> dict[str, Any]:
    """Return a statement as a policy writes it."""
    conditions: dict[str, dict[str, list[str]]] = {}
    for each in statement.conditions:
        qualifier = f"{_spelled(each.qualifier)}:" if each.qualifier else ""
        name = f"{qualifier}{_spelled(each.operator)}{'IfExists' if each.if_exists else ''}"
        conditions.setdefault(name, {})[_spelled(each.key)] = list(each.values)
    document = {
        "Sid": statement.sid,
        "Effect": "Allow" if statement.allow else "Deny",
        "Principal": [f"{kind}: {value}" for kind, value in statement.principals],
        "Action": list(statement.actions),
        "NotAction": list(statement.not_actions),
        "Resource": list(statement.resources),
        "NotResource": list(statement.not_resources),
        "Condition": conditions,
    }
    return {key: value for key, value in document.items() if value}


def _spelled(word: str) -> str:
    return _SPELLED.get(word, word)
