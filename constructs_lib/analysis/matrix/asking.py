"""Which parts of a resource somebody's requests reach, in one or two versions at once: decided, not sampled.

The texts a request is about (an object's key, a listed prefix, partition keys, a call) fall into finitely many cells,
in which every policy and every region sees the same; the automata's engine finds them all, each with a request.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import TooManyStatesError
from constructs_lib.analysis.engine.formula import RESOURCE, Formula
from constructs_lib.analysis.engine.obligations import (
    LEADING_KEYS,
    PREFIX,
    Layers,
    Obligation,
    build_obligations,
)
from constructs_lib.analysis.engine.relevance import is_below, owner_of
from constructs_lib.analysis.engine.solve import MAX_ASSIGNMENTS, witness
from constructs_lib.analysis.engine.tokens import Identity
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.matrix.other_actions import alike
from constructs_lib.analysis.matrix.regions import Region
from constructs_lib.analysis.matrix.statements_by_resource import essence
from constructs_lib.analysis.model.model import Api, Bucket, Model, Table
from constructs_lib.analysis.model.spaces import Space, SpaceKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from constructs_lib.analysis.engine.automata import Vector
    from constructs_lib.analysis.iam.evaluator import Request
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.matrix.principals import Who

Allowed = tuple[bool, ...]
"""Whether a request goes through, for each version."""
ANY_RESOURCE: Final = Space(
    kind=SpaceKind.PATH, holder="", name="", template="*", key="", identity=Identity.POOL_IDENTITY
)


@dataclass(kw_only=True, slots=True)
class Cell:
    """Texts that every policy and every region sees alike.

    Attributes:
        regions: The positions of the regions that contain them.
        seen: Every combination of answers that some request about them gets, with such a request.
    """

    regions: frozenset[int]
    seen: dict[Allowed, Request] = field(default_factory=dict)

    def allowed(self, version: int) -> bool:
        """Whether some request about it goes through in a version."""
        return any(answers[version] for answers in self.seen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What somebody's requests by some actions reach.

    Attributes:
        actions: The actions, which all policies treat alike.
        cells: Every cell.
        undecided: Why the answer could not be found; empty when it was.
        sub: The part of the resource with regions of its own, such as an index; empty for the resource itself.
        whole: Whether a request is about the resource as a whole, so that only the region of everything counts.
        settings: Whether the actions only describe a bucket or table, and show nobody's data.
    """

    actions: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    undecided: str = ""
    sub: str = ""
    whole: bool = False
    settings: bool = False


def ask(
    versions: Sequence[Layers],
    who: Who,
    holder: Bucket | Table | Api,
    model: Model,
    regions: Sequence[Region],
) -> Iterator[Answers]:
    """Answer for every action on a bucket, table or API, grouped by what the policies treat alike.

    Args:
        versions: The statements that decide, for each version.
        who: Whose requests, in the newest version that has them.
        holder: The resource.
        model: The model that has it.
        regions: Its regions; the last one is everything.
    """
    for obligation in build_obligations(
        who.words,
        _space(holder),
        _together(versions),
        model,
        fixed=who.known.fixed,
        tags=who.known.tags,
        open_tags=who.known.open_tags,
        own=True,
    ):
        sub = (obligation.resource or "").removeprefix(holder.arn).lstrip("/")
        yield replace(_answers(obligation, versions, regions, f"{holder.arn}/"), sub=sub)


def ask_settings(
    versions: Sequence[Layers], who: Who, holder: Bucket | Table | Api, regions: Sequence[Region]
) -> Iterator[Answers]:
    """Answer for the actions that only describe a bucket or table, which `ask` leaves out.

    Args:
        versions: The statements that decide, for each version.
        who: Whose requests.
        holder: The resource; an API has no such actions.
        regions: Its regions; the last one is everything.
    """
    kind = {Bucket: "bucket", Table: "table"}.get(type(holder))
    parts = [("", kind)]
    if isinstance(holder, Table):
        parts += [*((f"index/{name}", "index") for name in holder.indexes), ("stream/⟦stream⟧", "stream")]
    together = _together(versions)
    for sub, part in parts:
        actions = [action for action in sorted(catalogue.HARMLESS) if part in catalogue.resource_types(action)]
        for group in alike(versions, actions):
            place = f"{holder.arn}/{sub}" if sub else holder.arn
            obligation = _free(who, _space(holder), group, together.for_action(group[0]), resource=place)
            yield replace(_answers(obligation, versions, regions, f"{holder.arn}/"), sub=sub, settings=True)


def ask_elsewhere(
    versions: Sequence[Layers], who: Who, actions: Sequence[str], regions: Sequence[Region], known: Collection[str]
) -> Answers:
    """Answer for actions on other resources than the buckets, tables and APIs that are asked about by themselves.

    Args:
        versions: The statements that decide, for each version.
        who: Whose requests.
        actions: Actions that the policies treat alike.
        regions: The resources that policies name; the last one is everything.
        known: The ARNs of what is asked about elsewhere.
    """
    layers = _together(versions).for_action(actions[0])
    allowing = [each for each in (*layers.identity, *layers.resource) if each.allow]
    if all(each.resources and all(is_below(text, known) for text in each.resources) for each in allowing):
        return Answers(actions=tuple(actions))
    obligation = _free(who, ANY_RESOURCE, actions, layers, resource=None)
    named = {text for each in layers.all() for text in (*each.resources, *each.not_resources)}
    texts = {text for text in named if not is_below(text, known)}
    positions = [number for number, region in enumerate(regions[:-1]) if region.text in texts] + [len(regions) - 1]
    skipped = {arn: None for text in sorted(named) if (arn := owner_of(text, known))}
    while True:
        ways = [Region(name=arn, text=text) for arn in skipped for text in (arn, f"{arn}/*")]
        found = _answers(obligation, versions, [*ways, *(regions[number] for number in positions)], "")
        cells = tuple(
            Cell(regions=frozenset(positions[each - len(ways)] for each in cell.regions), seen=cell.seen)
            for cell in found.cells
            if min(cell.regions) >= len(ways)
        )
        # A star reaches known resources too. Those that some text was found in are left out by name.
        more = {arn: None for cell in cells for each in cell.seen.values() if (arn := owner_of(each.resource, known))}
        if not more:
            return replace(found, cells=cells)
        skipped |= more


def _free(who: Who, space: Space, actions: Sequence[str], layers: Layers, *, resource: str | None) -> Obligation:
    return Obligation(
        caller=who.words,
        space=space,
        actions=tuple(actions),
        layers=layers,
        resource=resource,
        fixed=who.known.fixed,
        tags=who.known.tags,
        open_tags=who.known.open_tags,
        own=True,
    )


def same_statements(left: Layers, right: Layers) -> bool:
    """Whether layers say the same of one action, whatever the order, the names and what else the statements say."""
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


def _space(holder: Bucket | Table | Api) -> Space:
    kind = {Bucket: SpaceKind.FOLDER, Table: SpaceKind.ROWS, Api: SpaceKind.PATH}[type(holder)]
    template = "*" if kind is SpaceKind.ROWS else f"{holder.arn}/*"
    return Space(
        kind=kind, holder=holder.arn, name=holder.name, template=template, key="", identity=Identity.POOL_IDENTITY
    )


def _answers(obligation: Obligation, versions: Sequence[Layers], regions: Sequence[Region], before: str) -> Answers:
    layers = [each.for_action(obligation.actions[0]) for each in versions]
    main = PREFIX if obligation.listing else LEADING_KEYS if obligation.keys else RESOURCE
    whole = main == RESOURCE and obligation.resource is not None
    everything = frozenset({len(regions) - 1})
    if len(layers) > 1 and same_statements(layers[0], layers[-1]):
        return Answers(actions=obligation.actions, whole=whole)
    formula = Formula(obligation)
    start = before if main == RESOURCE else ""
    places = [
        formula.variables[main].index(region.tokens(start, formula.values)) if not whole else 0 for region in regions
    ]
    cells: dict[tuple[Vector, ...] | None, Cell] = {}
    try:
        for count, (assignment, words) in enumerate(formula.assignments()):
            if count > MAX_ASSIGNMENTS:
                return Answers(
                    actions=obligation.actions, whole=whole, undecided=f"more than {MAX_ASSIGNMENTS:,} cases"
                )
            about = None if whole else assignment[main]
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
        return Answers(actions=obligation.actions, whole=whole, undecided=str(error))
    return Answers(actions=obligation.actions, cells=tuple(cells.values()), whole=whole)
