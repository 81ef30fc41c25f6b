"""Summary of many cells in a few parts, by the regions that they fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.analysis.matrix.reachable_parts import Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A region with results.

    Attributes:
        region: Its position.
        complete: Whether everything in it is reached; false for some of it.
        cells: The positions of its cells with results.
    """

    region: int
    complete: bool
    cells: tuple[int, ...]


def cells_inside(cells: Sequence[Cell], regions: int) -> list[set[int]]:
    """Return the positions of the cells in each region."""
    return [{number for number, cell in enumerate(cells) if region in cell.regions} for region in range(regions)]


def summarize(cells: Sequence[Cell], wanted: set[int], reached: set[int], regions: int) -> list[Part]:
    """Name the wanted cells by as few regions as possible, narrow ones first.

    `wanted` and `reached` are positions of cells: a region counts as complete when all of it is reached.
    """
    inside = cells_inside(cells, regions)
    full = [region for region in range(regions) if inside[region] and inside[region] <= reached]
    parts: list[Part] = []
    left = set(wanted)
    while left:
        fitting = [region for region in full if inside[region] & left]
        if not fitting:
            break
        best = max(fitting, key=lambda region: (len(inside[region] & left), -len(inside[region])))
        parts.append(Part(region=best, complete=True, cells=tuple(sorted(inside[best] & left))))
        left -= inside[best]
    rest: dict[int, list[int]] = {}
    for number in sorted(left):
        narrowest = min(cells[number].regions, key=lambda region: len(inside[region]))
        rest.setdefault(narrowest, []).append(number)
    return parts + [Part(region=region, complete=False, cells=tuple(found)) for region, found in rest.items()]
