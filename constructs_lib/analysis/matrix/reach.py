"""The reach of a result in parts of a resource: all of it, only the caller's own, or some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.matrix.access import Reach
from constructs_lib.analysis.matrix.part_summary import cells_inside, summarize
from constructs_lib.analysis.model.places import EVERYTHING, Whose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.matrix.reachable_parts import Answers
    from constructs_lib.analysis.model.places import Place


_RANK: Final = (Reach.SOME, Reach.OWN, Reach.SHARED, Reach.ALL)


def reached_parts(answers: Answers, regions: Sequence[Place]) -> Iterator[tuple[str, Reach, list[int]]]:
    """Yield each reached part, its reach, and the cells that show it."""
    reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(0)}
    if not reached:
        return
    if answers.whole:
        yield EVERYTHING, Reach.ALL, sorted(reached)
        return
    inside = cells_inside(answers.cells, len(regions))
    mine = {
        number for number in reached for each in answers.cells[number].regions if regions[each].whose is Whose.CALLER
    }
    best_by_part: dict[str, tuple[Reach, list[int]]] = {}
    for number, region in enumerate(regions):
        full = bool(inside[number]) and inside[number] <= reached
        part = sorted(inside[number] & reached)
        if full:
            reach = _reach(region)
            if region.part not in best_by_part or _RANK.index(reach) > _RANK.index(best_by_part[region.part][0]):
                best_by_part[region.part] = reach, part
        elif part and " /" in region.part and set(part) <= mine:
            best_by_part[region.part] = Reach.OWN, part
    covered = {number for each, region in enumerate(regions) if inside[each] <= reached for number in inside[each]}
    for leftover in summarize(answers.cells, reached - covered, reached, len(regions)):
        region = regions[leftover.region]
        # Access to some data of other owners is reported like access to all of it.
        reach = _reach(region) if region.whose is Whose.OTHERS else Reach.SOME
        best_by_part.setdefault(region.part, (reach, list(leftover.cells)))
    for name, (reach, numbers) in best_by_part.items():
        yield name, reach, numbers


def reached_elsewhere(answers: Answers, regions: Sequence[Place]) -> Iterator[tuple[str, Reach, list[int]]]:
    """Yield the widest parts only: an action does not work on every resource that some policy names."""
    reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(0)}
    for part in summarize(answers.cells, reached, reached, len(regions)):
        yield regions[part.region].part, Reach.ALL if part.complete else Reach.SOME, list(part.cells)


def reached_perhaps(answers: Answers, regions: Sequence[Place]) -> Iterator[tuple[str, Reach]]:
    """Yield each part in which the second version reaches more than the first, and its reach."""
    more = {number for number, cell in enumerate(answers.cells) if (False, True) in cell.seen}
    if not more:
        return
    if answers.whole:
        yield EVERYTHING, Reach.ALL
        return
    reached = {number for number, cell in enumerate(answers.cells) if cell.allowed(1)}
    inside = cells_inside(answers.cells, len(regions))
    best_by_part: dict[str, Reach] = {}
    left = set(more)
    for region, cells in zip(regions, inside, strict=True):
        if cells & more and (cells <= reached or region.whose is Whose.OTHERS):
            best_by_part[region.part] = max(_reach(region), best_by_part.get(region.part, Reach.OWN), key=_RANK.index)
            left -= cells
    for part in summarize(answers.cells, left, reached, len(regions)):
        best_by_part.setdefault(regions[part.region].part, Reach.SOME)
    yield from best_by_part.items()


def _reach(region: Place) -> Reach:
    """Return the reach of a whole region."""
    if region.whose is Whose.CALLER:
        return Reach.OWN
    return Reach.SHARED if region.whose is Whose.OTHERS and region.within_in_words else Reach.ALL
