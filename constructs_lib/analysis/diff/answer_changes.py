"""Differences between the results for two versions, as changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.diff.changes import Change
from constructs_lib.analysis.matrix.display_names import by_entry_point, does, main_action, place_of
from constructs_lib.analysis.matrix.part_summary import Part, summarize
from constructs_lib.analysis.model.places import Whose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.diff.compared_pairs import Resource, Sides
    from constructs_lib.analysis.matrix.reachable_parts import Answers
    from constructs_lib.analysis.model.places import Place

_GAINED: Final = (False, True)
_LOST: Final = (True, False)


def changes_of(
    answers: Answers, sides: Sides, resource: Resource | None, regions: Sequence[Place]
) -> Iterator[Change | str]:
    """Yield the access that a caller gains and loses, and descriptions of undecided cases.

    The resource is None for any other than those of the templates.
    """
    if answers.undecided:
        yield (
            f"{sides.who.words}: {does(answers.actions)} on {resource.holder.name if resource else 'other resources'} "
            f"is not compared ({answers.undecided})"
        )
    for version, turn in ((1, _GAINED), (0, _LOST)):
        wanted = {number for number, cell in enumerate(answers.cells) if turn in cell.seen}
        reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(version)}
        for part in summarize(answers.cells, wanted, reached, len(regions)) if wanted else ():
            yield _change(answers, part, sides, resource, regions, turn)


def _change(
    answers: Answers,
    part: Part,
    sides: Sides,
    resource: Resource | None,
    regions: Sequence[Place],
    turn: tuple[bool, bool],
) -> Change:
    gained = turn == _GAINED
    holder = None if resource is None else resource.holder
    region = regions[part.region]
    cells = [answers.cells[number] for number in part.cells]
    # Data of other owners comes first, because its request is the most important one.
    cells.sort(key=lambda cell: not _belongs_to_others(cell.regions, regions))
    # The policies treat these actions equally, so the request can show the best-known one.
    request = replace(cells[0].seen[turn], action=main_action(answers.actions))
    verdicts = [
        None if who is None else who.verdict(request, side)
        for who, side in (
            (sides.old, None if resource is None else resource.old),
            (sides.new, None if resource is None else resource.new),
        )
    ]
    allowed_by_version = tuple(verdict is not None and verdict.allowed for verdict in verdicts)
    by = verdicts[1 if gained else 0]
    return Change(
        gained=gained,
        subjects=(sides.who.id,),
        who=(sides.who.words,),
        actions=answers.actions,
        does=does(answers.actions, by_verb=holder is not None),
        resource=holder.name if holder else region.part,
        where=answers.entry_point
        if answers.entry_point and answers.whole
        else by_entry_point(region.part, answers.entry_point),
        place=place_of(
            holder,
            region,
            sub=answers.sub,
            entry_point=answers.entry_point,
            whole=answers.whole,
            complete=part.complete,
        ),
        elsewhere=holder is None,
        # An action on a whole bucket or table with owned places affects all owners.
        others=not answers.settings
        and _belongs_to_others(frozenset(range(len(regions))) if answers.whole else cells[0].regions, regions),
        conditional=all(cell.allowed(0 if gained else 1) for cell in cells),
        request=request,
        because=by.because if by is not None else (),
        replayed=allowed_by_version == turn,
    )


def _belongs_to_others(inside: frozenset[int], regions: Sequence[Place]) -> bool:
    return any(regions[number].whose is Whose.OTHERS for number in inside)
