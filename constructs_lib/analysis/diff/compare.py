"""Comparing who can do what: two models, everybody in them, every resource, every action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.building import build_model
from constructs_lib.analysis.diff.changes import Change, Diff
from constructs_lib.analysis.diff.merge import merged
from constructs_lib.analysis.engine.obligations import Layers, naming
from constructs_lib.analysis.matrix.asking import Answers, ask, ask_elsewhere
from constructs_lib.analysis.matrix.cover import Part, cover
from constructs_lib.analysis.matrix.doors import Door, doors
from constructs_lib.analysis.matrix.elsewhere import alike, elsewhere_actions
from constructs_lib.analysis.matrix.regions import Whose, other_regions, regions_of
from constructs_lib.analysis.matrix.who import Who, everybody
from constructs_lib.analysis.matrix.words import does, main_action, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.analysis.matrix.regions import Region
    from constructs_lib.analysis.model import Api, Bucket, Model, Table
    from constructs_lib.analysis.templates import Template

_NOTHING = Layers(identity=())
_GAINED, _LOST = (False, True), (True, False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """One person or function in both versions, at one resource in both."""

    old: Who | None
    new: Who | None
    old_holder: Bucket | Table | Api | None = None
    new_holder: Bucket | Table | Api | None = None

    @property
    def who(self) -> Who:
        found = self.new or self.old
        assert found is not None  # noqa: S101 - a side has somebody
        return found

    @property
    def layers(self) -> tuple[Layers, Layers]:
        pairs = ((self.old, self.old_holder), (self.new, self.new_holder))
        old, new = (_NOTHING if who is None else who.layers(holder) for who, holder in pairs)
        return old, new


def compare(old: Sequence[Template], new: Sequence[Template]) -> Diff:
    """Say which access an update from old to new templates gives and takes.

    Callers are matched by kind and group, functions and resources by their logical IDs. Where both sides have one
    template, its name need not be the same.
    """
    if len(old) == len(new) == 1:
        new = [replace(new[0], name=old[0].name)]
    olds, news = build_model(old), build_model(new)
    changes: list[Change] = []
    undecided: list[str] = []
    for model in news:
        before = next((each for each in olds if _agree(each, model)), olds[0])
        assumed = model.assumed if len(news) > 1 else {}
        for found in _compare(before, model):
            if isinstance(found, str):
                undecided.append(found)
            else:
                changes.append(replace(found, assumed=assumed))
    notes = [*_notes(olds[0], news[0]), *(f"now: {note}" for note in news[0].notes if note not in olds[0].notes)]
    return Diff(
        changes=tuple(merged(changes)), undecided=tuple(dict.fromkeys(undecided)), notes=tuple(dict.fromkeys(notes))
    )


def _agree(old: Model, new: Model) -> bool:
    return all(new.assumed.get(name, value) == value for name, value in old.assumed.items())


def _compare(old: Model, new: Model) -> Iterator[Change | str]:
    olds, news = everybody(old), everybody(new)
    everyone = [*olds.values(), *news.values()]
    holders = {each.arn: each for model in (old, new) for each in (*model.holders, *model.apis)}
    regions = {arn: regions_of(holder, everyone) for arn, holder in holders.items()}
    elsewhere = other_regions(everyone)
    actions = elsewhere_actions(everyone)
    for name in dict.fromkeys([*news, *olds]):
        people = _Sides(old=olds.get(name), new=news.get(name))
        for arn, holder in holders.items():
            sides = replace(people, old_holder=_holder(old, arn), new_holder=_holder(new, arn))
            model = new if sides.new_holder is not None else old
            named = tuple(naming(layers, arn) for layers in sides.layers)

            def at_holder(versions: Sequence[Layers]) -> Iterator[Change | str]:
                for answers in ask(versions, sides.who, holder, model, regions[arn]):  # noqa: B023 - used at once
                    yield from _changes(answers, sides, holder, regions[arn])  # noqa: B023

            yield from _with_doubts(named, at_holder)

        def at_others(versions: Sequence[Layers]) -> Iterator[Change | str]:
            for group in alike(versions, actions):
                answers = ask_elsewhere(versions, people.who, group, elsewhere, list(holders))  # noqa: B023
                yield from _changes(answers, people, None, elsewhere)  # noqa: B023

        yield from _with_doubts(people.layers, at_others)
    yield from _doors(old, new, news)
    yield from (f"not known: {gap}" for gap in new.gaps if gap not in old.gaps)


def _with_doubts(
    versions: Sequence[Layers], find: Callable[[Sequence[Layers]], Iterator[Change | str]]
) -> Iterator[Change | str]:
    """Yield what changes as the policies stand, and in words what may be gained by what they do not say."""
    sure: set[tuple[str, str]] = set()
    for found in find(versions):
        if isinstance(found, Change) and found.gained:
            sure.update((found.place, action) for action in found.actions)
        yield found
    doubts = list(dict.fromkeys(doubt for layers in versions for doubt in layers.doubts()))
    for found in find([layers.at_worst() for layers in versions]) if doubts else ():
        if isinstance(found, str) or not found.gained:
            continue
        if not sure.issuperset((found.place, action) for action in found.actions):
            may = found.sentence.replace("can now", "may now", 1)
            yield f"{may}: it hangs on what is not known ({'; '.join(doubts)})"


def _holder(model: Model, arn: str) -> Bucket | Table | Api | None:
    return next((each for each in (*model.holders, *model.apis) if each.arn == arn), None)


def _changes(
    answers: Answers, sides: _Sides, holder: Bucket | Table | Api | None, regions: Sequence[Region]
) -> Iterator[Change | str]:
    if answers.undecided:
        yield (
            f"{sides.who.words}: {does(answers.actions)} on {holder.name if holder else 'other resources'} "
            f"is not compared ({answers.undecided})"
        )
    for version, turn in ((1, _GAINED), (0, _LOST)):
        wanted = {number for number, cell in enumerate(answers.cells) if turn in cell.seen}
        reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(version)}
        for part in cover(answers.cells, wanted, reached, len(regions)) if wanted else ():
            yield _change(answers, part, sides, holder, regions, turn)


def _change(
    answers: Answers,
    part: Part,
    sides: _Sides,
    holder: Bucket | Table | Api | None,
    regions: Sequence[Region],
    turn: tuple[bool, bool],
) -> Change:
    gained = turn == _GAINED
    region = regions[part.region]
    cells = [answers.cells[number] for number in part.cells]
    # Others' data first: the request that shows it is the one to read.
    cells.sort(key=lambda cell: not _belongs_to_others(cell.regions, regions))
    # The policies treat these actions alike, so the request shows it as well by the best known of them.
    request = replace(cells[0].seen[turn], action=main_action(answers.actions))
    verdicts = [
        None if who is None else who.verdict(request, side)
        for who, side in ((sides.old, sides.old_holder), (sides.new, sides.new_holder))
    ]
    said = tuple(verdict is not None and verdict.allowed for verdict in verdicts)
    by = verdicts[1 if gained else 0]
    return Change(
        gained=gained,
        subjects=(sides.who.subject.id,),
        who=(sides.who.words,),
        actions=answers.actions,
        does=does(answers.actions, by_verb=holder is not None),
        resource=holder.name if holder else region.name,
        where=region.name,
        place=place_of(holder, region, sub=answers.sub, whole=answers.whole, complete=part.complete),
        elsewhere=holder is None,
        # An action on a whole bucket or table in which anything is owned is one on everybody's.
        others=_belongs_to_others(frozenset(range(len(regions))) if answers.whole else cells[0].regions, regions),
        conditional=all(cell.allowed(0 if gained else 1) for cell in cells),
        request=request,
        because=by.because if by is not None else (),
        replayed=said == turn,
    )


def _belongs_to_others(inside: frozenset[int], regions: Sequence[Region]) -> bool:
    return any(regions[number].whose is Whose.OTHERS for number in inside)


def _doors(old: Model, new: Model, everyone: dict[str, Who]) -> Iterator[Change | str]:
    before, after = list(doors(old)), list(doors(new))
    for gained, mine, other in ((True, after, before), (False, before, after)):
        for door in mine:
            same = [each for each in other if (each.arn, each.where) == (door.arn, door.where)]
            was_open = any(each.open for each in same)
            if door.open and not was_open:
                yield _door(door, ("internet",), ("Anyone on the internet",), gained=gained)
            elif door.with_token and not same:
                people = [who for who in everyone.values() if who.signed_in]
                names = tuple(who.subject.id for who in people)
                yield _door(door, names, tuple(who.words for who in people), gained=gained)
            elif gained and door.auth == "custom" and all(each.auth != "custom" for each in same):
                yield f"who may call {door.resource} {door.where} is now decided by code of its own"


def _door(door: Door, subjects: tuple[str, ...], who: tuple[str, ...], *, gained: bool) -> Change:
    return Change(
        gained=gained,
        subjects=subjects,
        who=who,
        actions=(),
        does="use" if door.where.startswith("ACL ") else "call",
        resource=door.resource,
        where=door.where,
        place=f"{door.resource} {door.where}",
        replayed=True,
    )


def _notes(old: Model, new: Model) -> Iterator[str]:
    pools = {caller.pool.id: caller.pool for caller in old.callers}
    for pool in {caller.pool.id: caller.pool for caller in new.callers}.values():
        before = pools.get(pool.id)
        if before is not None and before.tags != pool.tags:
            yield f"{pool.path} gives sessions the tags {dict(pool.tags)} instead of {dict(before.tags)}"
        if before is not None and pool.classic and not before.classic:
            yield f"{pool.path} now allows the classic flow, in which guests escape Cognito's session policy"
    for claim in sorted(new.forgeable - old.forgeable):
        yield f"users can now write the claim {claim}"
