"""The matrix for a terminal, a pull request and a program; `report.page` renders the HTML page."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from constructs_lib.analysis.matrix.access import Access, Matrix, Place, Reach, Subject
from constructs_lib.analysis.matrix.display_names import OTHER
from constructs_lib.analysis.report.markdown import code, escape
from constructs_lib.analysis.report.markdown import table as markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


SCHEMA: Final = "cognito-app/matrix/2"
"""Name and major version of the JSON form; its JSON Schema is docs/schemas/matrix-2.schema.json."""
_NOTHING: Final = "-"
_COLUMNS: Final = 6
"""The maximum number of subjects per table; more of them, as in an assembly of several apps, follow below."""
_LEGEND: Final = "own: only what is the caller's; everybody's: other users' data too; some: only part of the place."
_OTHER: Final = "other: every action that is not get, list, write, delete or call; --actions names them."
_SHARED: Final = "of the same: what belongs to others who share it too."
_PERHAPS: Final = "maybe: refused as the policies stand, and depending on what is not known; the number says on what."


def as_text(matrix: Matrix, *, actions: bool = False) -> RenderableType:
    """Return the matrix for a terminal.

    With `actions`, it names the IAM actions behind the verbs.
    """
    subjects = matrix.subjects
    tables = [_table(matrix, subjects[at : at + _COLUMNS], actions) for at in range(0, len(subjects), _COLUMNS)]
    unknown = [f"({number(doubt.id)}) not known: {doubt.text}" for doubt in matrix.doubts]
    unknown += [f"NOT KNOWN  {gap}" for gap in matrix.gaps]
    below = [_legend(matrix), *([_PERHAPS] if matrix.possible else ()), f"IAM actions of {matrix.catalogue_date}."]
    below += [f"NOTE  {note}" for note in matrix.notes]
    return Group(
        *tables, *(Text(line, style="yellow") for line in unknown), *(Text(line, style="dim") for line in below)
    )


def as_markdown(matrix: Matrix, *, actions: bool = False, level: int = 2) -> str:
    """Return the matrix as Markdown.

    With `actions`, it names the IAM actions behind the verbs. `level` is that of the heading.
    """
    header = ["resource", "place", *(escape(subject.name) for subject in matrix.subjects)]
    rows = [
        [
            escape(f"{place.resource} ({place.type})"),
            code(place.where),
            *(_markdown_cell(matrix, subject, place, actions) for subject in matrix.subjects),
        ]
        for place in _shown(matrix)
    ]
    unknown = [f"({number(doubt.id)}) {doubt.text}" for doubt in matrix.doubts] + list(matrix.gaps)
    legend = f"{_legend(matrix)} {_PERHAPS}" if matrix.possible else _legend(matrix)
    parts = [
        f"{'#' * level} Who can do what where: {escape(matrix.title)}",
        markdown_table(header, rows).rstrip(),
        f"{legend} IAM actions of {matrix.catalogue_date}.",
        "**Not known, and may open more**" if unknown else "",
        "\n".join(f"- {escape(each)}" for each in unknown),
        "**Notes**" if unknown and matrix.notes else "",
        "\n".join(f"- {escape(note)}" for note in matrix.notes),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _legend(matrix: Matrix) -> str:
    entries = (*matrix.access, *matrix.possible)
    other = any(entry.verb == OTHER for entry in entries)
    shared = any(entry.reach is Reach.SHARED for entry in entries)
    return " ".join(filter(None, (_LEGEND, _OTHER if other else "", _SHARED if shared else "")))


def as_json(matrix: Matrix) -> dict[str, Any]:
    """Return the matrix in the published JSON format."""
    found = {each.name: getattr(matrix, each.name) for each in fields(matrix) if each.init}
    return {
        "schema": SCHEMA,
        **{
            name: value if isinstance(value, str) else [_plain(each) for each in value] for name, value in found.items()
        },
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else asdict(value)


def _shown(matrix: Matrix) -> Iterator[Place]:
    """Yield the places, grouped by resource."""
    order = list(dict.fromkeys((place.type, place.resource) for place in matrix.places))
    yield from sorted(matrix.places, key=lambda place: order.index((place.type, place.resource)))


def _table(matrix: Matrix, subjects: tuple[Subject, ...], actions: bool) -> Table:  # noqa: FBT001 - handed on
    table = Table(title=Text(matrix.title))
    # Names come from the template: as text they cannot be markup.
    for heading in ("resource", "place", *(subject.name for subject in subjects)):
        table.add_column(Text(heading), overflow="fold")  # a truncated name could be ambiguous
    previous = ""
    for place in _shown(matrix):
        cells = [_text_cell(matrix, subject, place, actions) for subject in subjects]
        if len(subjects) == len(matrix.subjects) or any(cell.plain != _NOTHING for cell in cells):
            label = f"{place.resource} ({place.type})"
            table.add_row(Text("" if label == previous else label), Text(place.where), *cells)
            previous = label
    return table


def _text_cell(matrix: Matrix, subject: Subject, place: Place, actions: bool) -> Text:  # noqa: FBT001 - handed on
    lines = []
    for entry in matrix.cell(subject.id, place.id):
        named = f": {', '.join(entry.actions)}" if actions and entry.actions else ""
        lines.append(Text(words(entry, place) + named, style=_style(entry, place)))
    lines += [Text(line, style="yellow") for line in perhaps(matrix, subject.id, place, actions=actions)]
    return Text("\n").join(lines) if lines else Text(_NOTHING, style="dim")


def _markdown_cell(matrix: Matrix, subject: Subject, place: Place, actions: bool) -> str:  # noqa: FBT001 - handed on
    parts = []
    for entry in matrix.cell(subject.id, place.id):
        text = say(entry, place)
        named = ", ".join(map(code, entry.actions))
        parts.append(f"{text}: {named}" if actions and named else text)
    parts += [escape(line) for line in perhaps(matrix, subject.id, place, actions=actions)]
    return ("<br>" if actions else ", ").join(parts) or _NOTHING


def perhaps(matrix: Matrix, subject: str, place: Place, *, actions: bool = False) -> list[str]:
    """Return the possible additional access of a subject to a place, a line for each reason and reach."""
    known = {entry.verb: entry.reach for entry in matrix.cell(subject, place.id)}
    lines: dict[tuple[tuple[str, ...], str], list[Access]] = {}
    for entry in matrix.perhaps(subject, place.id):
        # Further actions of a verb that they have anyway are shown only with actions.
        if actions or known.get(entry.verb) not in {Reach.ALL, entry.reach}:
            lines.setdefault((entry.doubts, _how_far(entry, place)), []).append(entry)
    return [
        f"maybe {', '.join(dict.fromkeys(entry.verb for entry in entries))}{how_far} "
        f"({', '.join(map(number, doubts))}){_named(entries) if actions else ''}"
        for (doubts, how_far), entries in lines.items()
    ]


def _named(entries: Sequence[Access]) -> str:
    names = dict.fromkeys(action for entry in entries for action in entry.actions)
    return f": {', '.join(names)}" if names else ""


def number(doubt: str) -> str:
    """Return a doubt's number for readers."""
    return doubt.removeprefix("d")


def say(entry: Access, place: Place) -> str:
    """Return a verb with its reach, as Markdown; other users' data in bold."""
    text = escape(words(entry, place))
    return f"**{text}**" if place.owned and entry.reach is Reach.ALL else text


def words(entry: Access, place: Place) -> str:
    """Return a verb with its reach."""
    return f"{entry.verb}{_how_far(entry, place)}"


def _how_far(entry: Access, place: Place) -> str:
    if entry.reach is Reach.ALL:
        return " (everybody's)" if place.owned else ""
    if entry.reach is Reach.SHARED:
        return f" (of the same {place.shared_by})"
    return f" ({entry.reach})"


def _style(entry: Access, place: Place) -> str:
    if place.owned and entry.reach is Reach.ALL:
        return "bold red"
    return "green" if entry.reach is Reach.OWN else ""
