"""The matrix as one self-contained HTML page that loads no resources and runs only its inline script."""

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template

from constructs_lib.analysis.matrix.access import Access, Matrix, Place, Reach, Subject
from constructs_lib.analysis.report.matrix import number, perhaps
from constructs_lib.analysis.report.page.drawing import drawing


def as_html(matrix: Matrix, *, actions: bool = False) -> str:
    """Return the page.

    All text from the template is escaped, and a content security policy allows only the page's own script and style.
    With `actions`, the IAM actions are shown initially.
    """
    style, script = (_read(f"page.{kind}") for kind in ("css", "js"))
    return Template(_read("page.html")).substitute(
        title=escape(matrix.title),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        counts=_counts(matrix),
        drawing=drawing(matrix),
        subject_filters="".join(
            f'<label><input type="checkbox" checked data-column="{escape(subject.id)}"> {escape(subject.name)}</label>'
            for subject in matrix.subjects
        ),
        actions_checked=" checked" if actions else "",
        table=_table(matrix),
        sources="".join(
            f'<article id="{escape(source.id)}"><h3>{escape(source.place)}</h3>'
            f"<pre>{escape(source.text)}</pre></article>"
            for source in matrix.sources
        ),
        unknown=_unknown(matrix),
        doubt_key=' <span class="key maybe"></span> depends on what is not known' if matrix.possible else "",
        doubt_legend=(
            ' <span class="verb maybe">maybe get</span> depends on what is not known' if matrix.possible else ""
        ),
        notes="".join(f"<li>{escape(note)}</li>" for note in matrix.notes) or "<li>Nothing to add.</li>",
        catalogue_date=escape(matrix.catalogue_date),
    )


def _unknown(matrix: Matrix) -> str:
    """Return the section on unknowns; empty if there are none."""
    items = "".join(
        f'<li id="{escape(doubt.id)}" tabindex="-1">({number(doubt.id)}) {escape(doubt.text)}</li>'
        for doubt in matrix.doubts
    )
    items += "".join(f"<li>{escape(gap)}</li>" for gap in matrix.gaps)
    if not items:
        return ""
    return (
        '<section aria-labelledby="unknown-heading" class="unknown"><h2 id="unknown-heading">What is not known</h2>'
        "<p>Each of these may open more than the matrix shows. A number stands in the cells that depend on it; what "
        f"has none may touch any cell.</p><ul>{items}</ul></section>"
    )


def _counts(matrix: Matrix) -> str:
    places = {place.id: place for place in matrix.places}
    wide = sum(_is_wide(entry, places[entry.place]) for entry in matrix.access)
    numbers = {
        "subjects": len(matrix.subjects),
        "resources": len({(place.type, place.resource) for place in matrix.places}),
        "places": len(matrix.places),
        "verbs that reach other users' data": wide,
    }
    if matrix.doubts or matrix.gaps:
        numbers["things not known"] = len(matrix.doubts) + len(matrix.gaps)
    return "".join(f"<div><dt>{name}</dt><dd>{number}</dd></div>" for name, number in numbers.items())


def _table(matrix: Matrix) -> str:
    head = "".join(
        f'<th scope="col" data-subject="{escape(subject.id)}" title="{escape(subject.name)}">'
        f'<span class="name">{escape(subject.name)}</span>'
        f'<span class="caption">{escape(subject.role.rsplit("/", 1)[-1] or "no credentials")}</span></th>'
        for subject in matrix.subjects
    )
    bodies = []
    for (kind, resource), places in groupby(matrix.places, key=lambda place: (place.type, place.resource)):
        rows = "".join(_row(matrix, place) for place in places)
        bodies.append(
            f'<tbody><tr><th scope="rowgroup" colspan="{1 + len(matrix.subjects)}">{escape(resource)}'
            f" <small>{escape(kind)}</small></th></tr>{rows}</tbody>"
        )
    return (
        '<table id="matrix"><caption>Rows are parts of resources, columns are subjects; a cell lists what the subject '
        f'can do there.</caption><thead><tr><th scope="col">place</th>{head}</tr></thead>{"".join(bodies)}</table>'
    )


def _row(matrix: Matrix, place: Place) -> str:
    cells = "".join(_cell(matrix, subject, place) for subject in matrix.subjects)
    text = escape(f"{place.resource} {place.type} {place.where} {place.path}".lower())
    return f'<tr data-text="{text}"><th scope="row">{escape(place.where)}</th>{cells}</tr>'


def _cell(matrix: Matrix, subject: Subject, place: Place) -> str:
    access, possible = matrix.cell(subject.id, place.id), matrix.perhaps(subject.id, place.id)
    start = f'<td data-subject="{escape(subject.id)}">'
    if not access and not possible:
        return f'{start}<span class="none">&ndash;<span class="spoken">nothing</span></span></td>'
    title = f"{subject.name} on {place.resource}: {place.where}"
    sources = list(dict.fromkeys(source for entry in access for source in entry.sources))
    verbs = '<span class="spoken">, </span>'.join(
        [
            *(_chip(entry, place) for entry in access),
            *(f'<span class="verb maybe">{escape(line)}</span>' for line in perhaps(matrix, subject.id, place)),
        ]
    )
    actions = ", ".join(action for entry in access for action in entry.actions)
    first = sources or [doubt for entry in possible for doubt in entry.doubts] or ["matrix"]
    return (
        f'{start}<a href="#{escape(first[0])}" data-title="{escape(title)}" '
        f'data-lines="{escape(json.dumps(_lines(matrix, subject, place)))}" '
        f'data-sources="{escape(" ".join(sources))}">{verbs}<span class="actions">{escape(actions)}</span></a></td>'
    )


def _chip(entry: Access, place: Place) -> str:
    """Return a verb with its reach as text, because colour alone is not accessible."""
    whole = entry.reach is Reach.ALL and not place.owned
    how_far = '<span class="spoken"> all</span>' if whole else f" {escape(_how_far(entry, place))}"
    return f'<span class="verb {_css(entry, place)}">{escape(entry.verb)}{how_far}</span>'


def _lines(matrix: Matrix, subject: Subject, place: Place) -> list[str]:
    """Return the lines of a cell's dialog before its statements."""
    lines = [
        _say(entry, place) + (f": {', '.join(entry.actions)}" if entry.actions else "")
        for entry in matrix.cell(subject.id, place.id)
    ]
    texts = {doubt.id: doubt.text for doubt in matrix.doubts}
    doubts: dict[str, None] = {}
    for entry in matrix.perhaps(subject.id, place.id):
        lines.append(f"maybe {_say(entry, place)}" + (f": {', '.join(entry.actions)}" if entry.actions else ""))
        doubts |= dict.fromkeys(entry.doubts)
    return [*lines, *(f"not known ({number(doubt)}): {texts[doubt]}" for doubt in doubts)]


def _say(entry: Access, place: Place) -> str:
    return f"{entry.verb} {_how_far(entry, place)}"


def _how_far(entry: Access, place: Place) -> str:
    if entry.reach is Reach.OWN:
        return "their own"
    if entry.reach is Reach.SHARED:
        return f"of the same {place.shared_by}"
    if entry.reach is Reach.SOME:
        return "some"
    return "everybody's" if place.owned else "all"


def _css(entry: Access, place: Place) -> str:
    return "wide" if _is_wide(entry, place) else str(entry.reach)


def _is_wide(entry: Access, place: Place) -> bool:
    return place.owned and entry.reach is Reach.ALL


def _read(name: str) -> str:
    return (files("constructs_lib.analysis.report.page") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
