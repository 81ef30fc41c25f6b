"""The matrix for a terminal, a pull request and a program; `report.page` makes the page."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from constructs_lib.analysis.matrix.access import Access, Matrix, Place, Reach, Subject
from constructs_lib.analysis.report.markdown import code, escape
from constructs_lib.analysis.report.markdown import table as markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SCHEMA", "as_json", "as_markdown", "as_text", "say"]

SCHEMA: Final = "cognito-app/matrix/1"
"""Name and major version of the JSON form; its JSON Schema is docs/schemas/matrix-1.schema.json."""
_COLUMNS: Final = 6
"""How many subjects stand side by side; more of them, as in an assembly of several apps, follow below."""
_LEGEND: Final = "own: only what is the caller's; everybody's: other users' data too; some: only part of the place."


def as_text(matrix: Matrix, *, actions: bool = False) -> RenderableType:
    """Return it for a terminal.

    Args:
        matrix: What to show.
        actions: Whether to name the IAM actions behind the verbs.
    """
    subjects = matrix.subjects
    tables = [_table(matrix, subjects[at : at + _COLUMNS], actions) for at in range(0, len(subjects), _COLUMNS)]
    below = [_LEGEND, f"IAM actions of {matrix.catalogue_date}.", *(f"NOTE  {note}" for note in matrix.notes)]
    return Group(*tables, *(Text(line, style="dim") for line in below))


def as_markdown(matrix: Matrix, *, actions: bool = False, level: int = 2) -> str:
    """Return it as Markdown.

    Args:
        matrix: What to show.
        actions: Whether to name the IAM actions behind the verbs.
        level: The level of the heading.
    """
    header = ["resource", "place", *(escape(subject.name) for subject in matrix.subjects)]
    rows = [
        [
            escape(f"{place.resource} ({place.type})"),
            code(place.where),
            *(_markdown_cell(matrix.cell(subject.id, place.id), place, actions) for subject in matrix.subjects),
        ]
        for place in _shown(matrix)
    ]
    notes = "".join(f"- {escape(note)}\n" for note in matrix.notes)
    return (
        f"{'#' * level} Who can do what where: {escape(matrix.title)}\n\n{markdown_table(header, rows)}\n{_LEGEND} "
        f"IAM actions of {matrix.catalogue_date}.\n\n{notes}"
    ).rstrip() + "\n"


def as_json(matrix: Matrix) -> dict[str, Any]:
    """Return it as the published JSON form."""
    return {"schema": SCHEMA, **asdict(matrix)}


def _shown(matrix: Matrix) -> Iterator[Place]:
    """Yield the places, those of one resource together."""
    order = list(dict.fromkeys((place.type, place.resource) for place in matrix.places))
    yield from sorted(matrix.places, key=lambda place: order.index((place.type, place.resource)))


def _table(matrix: Matrix, subjects: tuple[Subject, ...], actions: bool) -> Table:  # noqa: FBT001 - handed on
    table = Table(title=Text(matrix.title))
    # Names come from the template: as text they cannot be markup.
    for heading in ("resource", "place", *(subject.name for subject in subjects)):
        table.add_column(Text(heading))
    previous = ""
    for place in _shown(matrix):
        entries = [matrix.cell(subject.id, place.id) for subject in subjects]
        if len(subjects) == len(matrix.subjects) or any(entries):
            label = f"{place.resource} ({place.type})"
            cells = (_text_cell(access, place, actions) for access in entries)
            table.add_row(Text("" if label == previous else label), Text(place.where), *cells)
            previous = label
    return table


def _text_cell(access: tuple[Access, ...], place: Place, actions: bool) -> Text:  # noqa: FBT001 - handed on
    lines = []
    for entry in access:
        named = f": {', '.join(entry.actions)}" if actions and entry.actions else ""
        lines.append(Text(_words(entry, place) + named, style=_style(entry, place)))
    cell = Text("\n").join(lines)
    return cell or Text("-", style="dim")


def _markdown_cell(access: tuple[Access, ...], place: Place, actions: bool) -> str:  # noqa: FBT001 - handed on
    parts = []
    for entry in access:
        words = say(entry, place)
        named = ", ".join(map(code, entry.actions))
        parts.append(f"{words}: {named}" if actions and named else words)
    return ("<br>" if actions else ", ").join(parts) or "-"


def say(entry: Access, place: Place) -> str:
    """Return a verb with how far it reaches, as Markdown; other users' data in bold."""
    words = _words(entry, place)
    return f"**{words}**" if place.owned and entry.reach is Reach.ALL else words


def _words(entry: Access, place: Place) -> str:
    if entry.reach is Reach.ALL:
        return f"{entry.verb} (everybody's)" if place.owned else entry.verb
    return f"{entry.verb} ({entry.reach})"


def _style(entry: Access, place: Place) -> str:
    if place.owned and entry.reach is Reach.ALL:
        return "bold red"
    return "green" if entry.reach is Reach.OWN else ""
