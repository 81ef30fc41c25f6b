"""Decision of the parts of a resource that a caller's requests reach, in one version or in two. It does not sample.

The texts of a request (an object's key, a listed prefix, partition keys, a call) fall into finitely many cells, which
every policy and every region treats uniformly; the automata engine finds them all, each with a request.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import TooManyStatesError
from constructs_lib.analysis.engine.automata_engine import MAX_ASSIGNMENTS, for_obligation, witness
from constructs_lib.analysis.engine.compiled_statements import RESOURCE
from constructs_lib.analysis.engine.equivalent_obligations import Question, policy_content
from constructs_lib.analysis.engine.formula import Formula
from constructs_lib.analysis.engine.language_intersection import with_typical
from constructs_lib.analysis.engine.obligations import PREFIX, Obligation, build_obligations, known_of
from constructs_lib.analysis.engine.policy_layers import Layers
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.pattern_elements import call
from constructs_lib.analysis.iam.relevance import is_below, owner_of
from constructs_lib.analysis.matrix.other_actions import group_actions
from constructs_lib.analysis.matrix.statements_by_resource import essence
from constructs_lib.analysis.model.holder import Shape
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.analysis.model.places import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

    from constructs_lib.analysis.engine.automata import Vector
    from constructs_lib.analysis.engine.obligations import Known
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder

Allowed = tuple[bool, ...]
"""Whether a request is allowed, for each version."""
_ANYWHERE: Final = Place()


@dataclass(kw_only=True, slots=True)
class Cell:
    """Texts that every policy and every region treats equally.

    Attributes:
        regions: The positions of the regions that contain them.
        seen: Every combination of results of some request on them, with such a request.
    """

    regions: frozenset[int]
    seen: dict[Allowed, Request] = field(default_factory=dict)

    def allowed(self, version: int) -> bool:
        """Return whether some request on it is allowed in a version."""
        return any(answers[version] for answers in self.seen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """The parts that a caller's requests with some actions reach.

    Attributes:
        actions: The actions, which all policies treat equally.
        cells: Every cell.
        undecided: Why there is no result; empty if there is one.
        sub: The subresource with separate regions, such as an index; empty for the resource itself.
        whole: Whether a request applies to the whole resource, so that only the region of everything counts.
        entry_point: The entry point of the requests, if there are several; empty if there is one.
        settings: Whether the actions only describe a bucket or table, and show no data.
    """

    actions: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    undecided: str = ""
    sub: str = ""
    whole: bool = False
    entry_point: str = ""
    settings: bool = False


def answers_at(
    versions: Sequence[Layers], caller: Caller, holder: Holder, regions: Sequence[Place]
) -> Iterator[Answers]:
    """Return the reached parts for every action on a resource, in groups that the policies treat equally.

    The caller is that of the newest version that has them. The last region is everything.
    """
    together = _together(versions)
    for obligation in build_obligations(caller.words, whole(holder), holder, together, known_of(caller, together)):
        sub = (obligation.shape.resource or "").removeprefix(holder.arn).lstrip("/")
        yield replace(
            _answers(obligation, versions, regions, holder.before), sub=sub, entry_point=obligation.shape.entry_point
        )


def answers_on_settings(
    versions: Sequence[Layers], caller: Caller, holder: Holder, regions: Sequence[Place]
) -> Iterator[Answers]:
    """Return the reached parts for the actions that only describe a resource, which `answers_at` omits.

    The last region is everything.
    """
    together = _together(versions)
    known = known_of(caller, together)
    for sub, part in holder.described_as():
        actions = [action for action in sorted(catalogue.HARMLESS) if part in catalogue.resource_types(action)]
        for group in group_actions(versions, actions):
            place = f"{holder.arn}/{sub}" if sub else holder.arn
            applicable = together.for_action(group[0])
            obligation = _free(caller, whole(holder), group, applicable, known, resource=place)
            yield replace(_answers(obligation, versions, regions, holder.before), sub=sub, settings=True)


def answers_elsewhere(
    versions: Sequence[Layers], caller: Caller, actions: Sequence[str], regions: Sequence[Place], known: Collection[str]
) -> Answers:
    """Return the reached parts for actions on resources other than the buckets, tables and APIs checked separately.

    The policies treat the actions equally. `known` are the ARNs of the resources that are checked separately; the last
    region is everything.
    """
    layers = _together(versions).for_action(actions[0])
    allowing = [each for each in (*layers.identity, *layers.resource) if each.allow]
    if all(each.resources and all(is_below(text, known) for text in each.resources) for each in allowing):
        return Answers(actions=tuple(actions))
    obligation = _free(caller, _ANYWHERE, actions, layers, known_of(caller, layers), resource=None)
    named = {text for each in layers.all() for text in (*each.resources, *each.not_resources)}
    texts = {text for text in named if not is_below(text, known)}
    positions = [number for number, region in enumerate(regions[:-1]) if region.text in texts] + [len(regions) - 1]
    skipped = {arn: None for text in sorted(named) if (arn := owner_of(text, known))}
    while True:
        skipped_places = [Place(part=arn, text=text) for arn in skipped for text in (arn, f"{arn}/*", f"{arn}:*")]
        found = _answers(obligation, versions, [*skipped_places, *(regions[number] for number in positions)], "")
        cells = tuple(
            Cell(regions=frozenset(positions[each - len(skipped_places)] for each in cell.regions), seen=cell.seen)
            for cell in found.cells
            if min(cell.regions) >= len(skipped_places)
        )
        # A star matches known resources too. Those that contain some found text are excluded by name.
        more = {arn: None for cell in cells for each in cell.seen.values() if (arn := owner_of(each.resource, known))}
        if not more:
            return replace(found, cells=cells)
        skipped |= more


def _free(
    caller: Caller, place: Place, actions: Sequence[str], layers: Layers, known: Known, *, resource: str | None
) -> Obligation:
    shape = Shape(resource=resource)
    return Obligation(caller=caller.words, place=place, actions=tuple(actions), layers=layers, shape=shape, known=known)


def same_statements(left: Layers, right: Layers) -> bool:
    """Return whether layers are equal for one action, in any order and whatever else their statements contain."""
    return _essence(left) == _essence(right)


def _essence(layers: Layers) -> tuple[frozenset[Statement], ...]:
    lists = (layers.identity, layers.resource, layers.unbound, *layers.limits)
    return tuple(frozenset(map(_of_one_action, each)) for each in lists)


@functools.lru_cache(maxsize=65536)
def _of_one_action(statement: Statement) -> Statement:
    return replace(essence(statement), actions=(), not_actions=(), doubt="")


def _together(versions: Sequence[Layers]) -> Layers:
    return Layers(
        identity=tuple(dict.fromkeys(each for layers in versions for each in layers.identity)),
        resource=tuple(dict.fromkeys(each for layers in versions for each in layers.resource)),
        limits=tuple(limit for layers in versions for limit in layers.limits),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Query:
    """The inputs of a result: most are equal for several callers and versions, and are decided once."""

    question: Question
    contents: tuple[Hashable, ...]
    layers: tuple[Layers, ...] = field(compare=False)
    regions: tuple[Place, ...]
    before: str


def _answers(obligation: Obligation, versions: Sequence[Layers], regions: Sequence[Place], before: str) -> Answers:
    layers = tuple(each.for_action(obligation.actions[0]) for each in versions)
    contents = tuple(map(policy_content, layers))
    query = _Query(
        question=Question(obligation), contents=contents, layers=layers, regions=tuple(regions), before=before
    )
    known = _answered(query)
    cells = (
        replace(cell, seen={allowed: for_obligation(each, obligation) for allowed, each in cell.seen.items()})
        for cell in known.cells
    )
    return replace(known, actions=obligation.actions, cells=tuple(cells))


@functools.lru_cache(maxsize=4096)
def _answered(query: _Query) -> Answers:
    obligation, layers, regions, before = query.question.obligation, query.layers, query.regions, query.before
    shape = obligation.shape
    main = PREFIX if shape.listing else shape.key if shape.keys else RESOURCE
    as_whole = main == RESOURCE and shape.resource is not None
    everything = frozenset({len(regions) - 1})
    if len(layers) > 1 and same_statements(layers[0], layers[-1]):
        return Answers(actions=obligation.actions, whole=as_whole)
    formula = Formula(obligation)
    start = before if main == RESOURCE else ""
    places = [
        formula.variables[main].index(region.elements(start, formula.values)) if not as_whole else 0
        for region in regions
    ]
    if shape.calls and main == RESOURCE:
        # A call that no route serves has no effect. One call represents all such calls of a region.
        patterns = (region.elements(start, formula.values) for region in regions)
        served = map(call, shape.calls)
        formula.variables[main].languages = with_typical(served, (each for each in patterns if each is not None))
    cells: dict[tuple[Vector, ...] | None, Cell] = {}
    try:
        for count, (assignment, words) in enumerate(formula.assignments()):
            if count > MAX_ASSIGNMENTS:
                return Answers(
                    actions=obligation.actions, whole=as_whole, undecided=f"more than {MAX_ASSIGNMENTS:,} cases"
                )
            about = None if as_whole else assignment[main]
            if about is not None and not all(vector[places[-1]] for vector in about):
                continue
            if about not in cells:
                inside = everything
                if about is not None:
                    inside = frozenset(
                        number for number, place in enumerate(places) if all(vector[place] for vector in about)
                    )
                cells[about] = Cell(regions=inside)
            answers = tuple(formula.allowed(assignment, each) for each in layers)
            if answers not in cells[about].seen:
                cells[about].seen[answers] = witness(obligation, words)
    except TooManyStatesError as error:
        return Answers(actions=obligation.actions, whole=as_whole, undecided=str(error))
    return Answers(actions=obligation.actions, cells=tuple(cells.values()), whole=as_whole)
