"""Results of a part of the benchmark: a titled table with a note on its method."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.harness import Summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A table of results.

    Args:
        name: The section's key in performance.json.
        title: The heading.
        note: The method of measurement, and its limits.
        columns: The column headings.
        rows: The cells of each row.
    """

    name: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]


def replaced(sections: Sequence[Section], section: Section) -> list[Section]:
    """Return sections with one replaced by its new version, or appended."""
    names = [each.name for each in sections]
    if section.name not in names:
        return [*sections, section]
    place = names.index(section.name)
    return [*sections[:place], section, *sections[place + 1 :]]


def section_of(
    name: str,
    title: str,
    note: str,
    summaries: Sequence[Summary],
    found: Mapping[str, int],
    missing: Mapping[str, str] | None = None,
) -> Section:
    """Return the table of compared programs.

    Args:
        name: The section's key.
        title: The heading.
        note: The method of measurement.
        summaries: The results of the programs.
        found: The number of resources that each program creates, by its name.
        missing: The installation commands of programs that are not installed, by name. None: all are installed.
    """
    rows: list[tuple[str | int | float, ...]] = [
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
    ]
    rows += [(f"{peer}: not installed, run `{command}`", *[""] * 6) for peer, command in (missing or {}).items()]
    return Section(
        name=name,
        title=title,
        note=note,
        columns=("", "resources", "seconds", "ratio", "CPU seconds", "CPU ratio", "peak MiB"),
        rows=tuple(rows),
    )
