"""What a part of the benchmark finds: a titled table with a note on how it was made."""

from dataclasses import dataclass

from bench.harness import Summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A table of results.

    Args:
        name: Its name on the command line and in the JSON.
        title: Its heading.
        note: How it was measured, and what to know about it.
        columns: Headings.
        rows: Cells.
    """

    name: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]


def section_of(name: str, title: str, note: str, summaries: list[Summary], found: dict[str, int]) -> Section:
    """Return the table of compared programs; `found` says how many resources each wrote."""
    return Section(
        name=name,
        title=title,
        note=note,
        columns=("", "resources", "seconds", "ratio", "CPU seconds", "CPU ratio", "peak MiB"),
        rows=tuple(
            (
                each.name,
                found.get(each.name, ""),
                round(each.wall, 2),
                round(each.wall_ratio, 2),
                round(each.cpu, 2),
                round(each.cpu_ratio, 2),
                round(each.peak),
            )
            for each in summaries
        ),
    )
