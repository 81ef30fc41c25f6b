"""Construction of the matrix from a model: all callers, all parts of all resources, all actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.analysis.engine.policy_layers import CallerLayers, layers_naming
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.matrix.access import Access, Doubt, Matrix, Place, Reach, Source, Subject
from constructs_lib.analysis.matrix.display_names import CALL, OTHER, VERBS, by_entry_point, labels_of, verb_of
from constructs_lib.analysis.matrix.endpoints import endpoints
from constructs_lib.analysis.matrix.other_actions import EVERY_OTHER_SERVICE, elsewhere_actions, group_actions
from constructs_lib.analysis.matrix.reach import reached_elsewhere, reached_parts, reached_perhaps
from constructs_lib.analysis.matrix.reachable_parts import Answers, answers_at, answers_elsewhere
from constructs_lib.analysis.matrix.statements import written
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.places import EVERYTHING, Whose
from constructs_lib.analysis.model.resource_parts import Parts, named_anywhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place as Part

_ELSEWHERE: Final = ("elsewhere", "other resources")
_WHOLE: Final = "as a whole"
_ALWAYS: Final = (
    "Conditions on addresses, dates and the like are taken to hold; the statements name them.",
    "Actions that only describe a bucket or table, and show nobody's data, are left out; diff compares them.",
)
"""Assumptions and omissions of every matrix."""


def build_matrix(models: Sequence[Model], *, title: str) -> Matrix:
    """Return the access matrix; for several models, the access that any of them allows.

    Args:
        models: From `build_model`.
        title: The title, for readers.
    """
    building = _Building()
    for model in models:
        building.add(model)
    return building.matrix(title, models)


@dataclass(kw_only=True, slots=True)
class _Entry:
    """The entries of one cell for one verb, each once, in the order of finding."""

    actions: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)

    def add(self, action: str) -> None:
        if action == EVERY_OTHER_SERVICE:
            self.actions["every other service"] = None
        elif action and not action.endswith(":FutureAction"):
            self.actions[action] = None


_Entries: TypeAlias = dict[tuple[str, str, str, Reach], _Entry]
"""By subject, place, verb and reach."""
_CallerWithLayers: TypeAlias = "tuple[Caller, CallerLayers]"


@dataclass(kw_only=True, slots=True)
class _Building:
    """The results, each once, in the order of finding."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    sources: dict[Statement, Source] = field(default_factory=dict)
    found: _Entries = field(default_factory=dict)
    perhaps: _Entries = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    gaps: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, model: Model) -> None:
        """Add the access of all callers to all resources of a model."""
        everyone = all_callers(model)
        callers = list(everyone.values())
        self.subjects |= {name: _subject(caller) for name, caller in everyone.items() if name not in self.subjects}
        self.labels |= labels_of(model.holders)
        with_layers = [(caller, CallerLayers(caller)) for caller in callers]
        parts = Parts(callers)
        for holder in model.holders:
            self._holder(holder, parts.of(holder), with_layers)
        self._elsewhere(with_layers, frozenset(each.arn for each in model.holders))
        self._endpoints(model, callers)
        self.notes |= dict.fromkeys(map(readable, model.notes))
        self.gaps |= dict.fromkeys(map(readable, model.gaps))

    def _holder(self, holder: Holder, regions: Sequence[Part], with_layers: Sequence[_CallerWithLayers]) -> None:
        for region in regions if holder.has_owners else ():
            if region.part != EVERYTHING:
                self._place(holder, region.part, owned=region.whose is not Whose.NOBODY)
        for caller, caller_layers in with_layers:
            policy = caller.policy_of(holder)
            if not caller_layers.may_reach(holder.services, policy):
                continue
            layers = layers_naming(caller_layers.on(holder.arn, policy), holder.arn)
            for answers in answers_at([layers], caller, holder, regions) if layers.can_allow else ():
                self._answers(answers, caller, holder, regions)
            if layers.doubts():
                for answers in answers_at([layers, layers.at_worst()], caller, holder, regions):
                    self._perhaps(answers, layers, caller, holder, regions)

    def _elsewhere(self, with_layers: Sequence[_CallerWithLayers], arns: frozenset[str]) -> None:
        callers = [caller for caller, _ in with_layers]
        actions = [each for each in elsewhere_actions(callers) if each not in catalogue.HARMLESS]
        regions = named_anywhere(callers)
        for caller, caller_layers in with_layers:
            layers = caller_layers.beyond(arns)
            for group in group_actions([layers], actions):
                answers = answers_elsewhere([layers], caller, group, regions, arns)
                self._answers(answers, caller, None, regions)
            versions = [layers, layers.at_worst()]
            for group in group_actions(versions, actions) if layers.doubts() else ():
                answers = answers_elsewhere(versions, caller, group, regions, arns)
                self._perhaps(answers, layers, caller, None, regions)

    def matrix(self, title: str, models: Sequence[Model]) -> Matrix:
        """Return the matrix, in order."""
        access = _listed(self.found)
        possible = [each for each in _listed(self.perhaps) if not self._is_sure(each)]
        # A function without access to any shown place is omitted.
        reaching = {entry.subject for entry in (*access, *possible)}
        subjects = [
            each for each in self.subjects.values() if each.kind is not CallerKind.FUNCTION or each.id in reaching
        ]
        if len(models) > 1:
            names = ", ".join(dict.fromkeys(name for model in models for name in model.assumed))
            self.notes[f"The template has conditions ({names}); a cell shows what any choice of them allows."] = None
        self.notes |= dict.fromkeys(_ALWAYS)
        used = {doubt for entry in possible for doubt in entry.doubts}
        return Matrix(
            title=title,
            subjects=tuple(subjects),
            places=tuple(self.places.values()),
            access=tuple(access),
            sources=tuple(self.sources.values()),
            catalogue_date=catalogue.data_date(),
            notes=tuple(note for note in self.notes if note not in self.doubts),
            possible=tuple(possible),
            doubts=tuple(each for each in self.doubts.values() if each.id in used),
            gaps=tuple(self.gaps),
        )

    def _is_sure(self, entry: Access) -> bool:
        """Return whether possible access is allowed anyway."""
        wider = {Reach.ALL, entry.reach} - {Reach.SOME} | ({Reach.SHARED} if entry.reach is Reach.OWN else set())
        same = [self.found.get((entry.subject, entry.place, entry.verb, reach)) for reach in wider]
        return any(each is not None and set(entry.actions) <= set(each.actions) for each in same)

    def _place(self, holder: Holder | None, where: str, *, owned: bool, sub: str = "") -> str:
        resource, kind = _ELSEWHERE if holder is None else (self.labels[holder.arn], holder.kind)
        index = f"{readable(sub)}: " if sub.startswith("index/") else ""
        shown = index + ("everything" if where == EVERYTHING else readable(where))
        name = f"{kind}:{resource}:{shown}"
        if name not in self.places or owned:
            self.places[name] = Place(
                id=name, resource=resource, type=kind, where=shown, owned=owned, path=readable(resource)
            )
        return name

    def _answers(self, answers: Answers, caller: Caller, holder: Holder | None, regions: Sequence[Part]) -> None:
        if answers.undecided:
            self.gaps[f"{caller.words}: not decided for {', '.join(answers.actions)} ({answers.undecided})"] = None
        for where, reach, cells in reached_parts(answers, regions) if holder else reached_elsewhere(answers, regions):
            place = self._place_of(answers, where, holder, regions)
            request = next(request for allowed, request in answers.cells[cells[0]].seen.items() if allowed[0])
            sources = [self._source(each) for each in caller.verdict(request, holder).because]
            subject = caller.id
            for action in answers.actions:
                key = subject, place, verb_of(action) if holder else OTHER, reach
                entry = self.found.setdefault(key, _Entry())
                entry.add(action)
                entry.sources |= dict.fromkeys(sources)

    def _perhaps(
        self,
        answers: Answers,
        layers: Layers,
        caller: Caller,
        holder: Holder | None,
        regions: Sequence[Part],
    ) -> None:
        """Add access that the policies as written deny, and that their widest reading allows."""
        if answers.undecided:
            self.gaps[f"{caller.words}: not decided for {', '.join(answers.actions)} ({answers.undecided})"] = None
        doubts = [self._doubt(each) for each in layers.for_action(answers.actions[0]).doubts()]
        for where, reach in reached_perhaps(answers, regions):
            place = self._place_of(answers, where, holder, regions)
            for action in answers.actions:
                key = caller.id, place, verb_of(action) if holder else OTHER, reach
                entry = self.perhaps.setdefault(key, _Entry())
                entry.add(action)
                entry.doubts |= dict.fromkeys(doubts)

    def _place_of(self, answers: Answers, where: str, holder: Holder | None, regions: Sequence[Part]) -> str:
        if answers.whole:
            has_owners = any(region.whose is Whose.OTHERS for region in regions)
            return self._place(holder, answers.entry_point or _WHOLE, owned=has_owners, sub=answers.sub)
        owned = any(region.part == where and region.whose is not Whose.NOBODY for region in regions)
        return self._place(holder, by_entry_point(where, answers.entry_point), owned=owned, sub=answers.sub)

    def _doubt(self, text: str) -> str:
        shown = readable(text)
        return self.doubts.setdefault(shown, Doubt(id=f"d{len(self.doubts) + 1}", text=shown)).id

    def _source(self, statement: Statement) -> str:
        if statement not in self.sources:
            place = statement.source + (f", {statement.sid}" if statement.sid else "")
            text = readable(written(statement))
            self.sources[statement] = Source(id=f"s{len(self.sources) + 1}", place=readable(place), text=text)
        return self.sources[statement].id

    def _endpoints(self, model: Model, callers: Sequence[Caller]) -> None:
        for endpoint in endpoints(model):
            place = self._place(model.holder(endpoint.arn), endpoint.where, owned=False)
            for caller in callers:
                key = caller.id, place, CALL, Reach.ALL
                anyone = caller.kind is CallerKind.INTERNET
                if (endpoint.open and anyone) or (endpoint.with_token and caller.signed_in):
                    self.found.setdefault(key, _Entry())
                elif endpoint.auth in {"custom", "unknown"} and caller.kind is not CallerKind.FUNCTION:
                    text = f"{endpoint.resource} {endpoint.where} has a custom authorizer, which is not analyzed"
                    self.perhaps.setdefault(key, _Entry()).doubts[self._doubt(text)] = None


def _listed(entries: _Entries) -> list[Access]:
    found = [
        Access(
            subject=subject,
            place=place,
            verb=verb,
            reach=reach,
            actions=tuple(entry.actions),
            sources=tuple(entry.sources),
            doubts=tuple(entry.doubts),
        )
        for (subject, place, verb, reach), entry in entries.items()
    ]
    return sorted(found, key=lambda entry: VERBS.index(entry.verb))


def _subject(caller: Caller) -> Subject:
    return Subject(id=caller.id, name=caller.name, kind=caller.kind, role=caller.role.name)
