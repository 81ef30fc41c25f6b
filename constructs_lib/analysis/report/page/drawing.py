"""The access diagram: subjects on the left, resources on the right, and a curve for each access."""

from dataclasses import dataclass
from html import escape
from typing import Final

from constructs_lib.analysis.matrix.access import Matrix, Reach, Subject
from constructs_lib.analysis.matrix.display_names import VERBS
from constructs_lib.analysis.model.callers import CallerKind

_WIDTH: Final = 1000
_ROW: Final = 58
_BOX: Final = 38
_BOX_WIDTH: Final = 290
_LEFT: Final = 10 + _BOX_WIDTH
_RIGHT: Final = _WIDTH - _LEFT
_TOP: Final = 30
_LONGEST: Final = 31
_MOST: Final = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edge:
    subject: int
    resource: int
    verbs: tuple[str, ...]
    css: str


def drawing(matrix: Matrix) -> str:
    """Return the diagram as inline SVG; the table has the same content in accessible form."""
    resources = list(dict.fromkeys((place.type, place.resource) for place in matrix.places))
    reaching = {entry.subject for entry in (*matrix.access, *matrix.possible)}
    subjects = [subject for subject in matrix.subjects if subject.id in reaching]
    if not resources or not subjects:
        return ""
    if max(len(resources), len(subjects)) > _MOST:
        return f'<p class="legend">More than {_MOST} are too many to draw; the table has them all.</p>'
    height = _TOP + _ROW * max(len(resources), len(subjects))
    edges = _edges(matrix, subjects, resources)
    left, right = (_offsets(len(items), height) for items in (subjects, resources))
    description = " ".join(_sentence(edge, subjects, resources) for edge in edges)
    attributes = 'role="img" aria-labelledby="drawing-title" aria-describedby="drawing-text"'
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height + 10}" {attributes}>',
        '<title id="drawing-title">Who reaches what</title>',
        f'<desc id="drawing-text">{escape(description)}</desc>',
        '<g class="edges">',
        *(_curve(edge, left[edge.subject], right[edge.resource], subjects[edge.subject].id) for edge in edges),
        "</g>",
    ]
    parts += [
        _box(10, y, subject.name, _caption(subject.kind), f"subject {subject.kind}", subject.id)
        for subject, y in zip(subjects, left, strict=True)
    ]
    parts += [_box(_RIGHT, y, name, kind, "resource", "") for (kind, name), y in zip(resources, right, strict=True)]
    return "\n".join([*parts, "</svg>"])


def _edges(matrix: Matrix, subjects: list[Subject], resources: list[tuple[str, str]]) -> list[_Edge]:
    places = {place.id: place for place in matrix.places}
    lefts = {subject.id: number for number, subject in enumerate(subjects)}
    rights = {resource: number for number, resource in enumerate(resources)}
    found: dict[tuple[int, int, bool], list[tuple[str, bool]]] = {}
    for entry in (*matrix.access, *matrix.possible):
        place = places[entry.place]
        # A place without owners is not highlighted: a strong curve means access to other owners' data.
        wide = entry.reach is Reach.ALL and place.owned
        key = lefts[entry.subject], rights[place.type, place.resource], bool(entry.doubts)
        found.setdefault(key, []).append((entry.verb, wide))
    return [
        _Edge(
            subject=subject,
            resource=resource,
            verbs=tuple(verb for verb in VERBS if any(verb == other for other, _ in pairs)),
            css="maybe" if doubtful else "wide" if any(wide for _, wide in pairs) else "plain",
        )
        for (subject, resource, doubtful), pairs in sorted(found.items())
    ]


def _offsets(count: int, height: int) -> list[float]:
    step = (height - _TOP) / count
    return [_TOP / 2 + step * (index + 0.5) for index in range(count)]


def _curve(edge: _Edge, y1: float, y2: float, subject: str) -> str:
    middle = (_LEFT + _RIGHT) / 2
    # The width grows with the number of verbs.
    width = 1.5 + 0.7 * len(edge.verbs)
    return (
        f'<path class="{edge.css}" data-subject="{escape(subject)}" stroke-width="{width:.1f}" '
        f'd="M{_LEFT} {y1:.0f} C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {_RIGHT} {y2:.0f}">'
        f"<title>{'maybe ' if edge.css == 'maybe' else ''}{', '.join(edge.verbs)}</title></path>"
    )


def _box(x: float, y: float, name: str, caption: str, css: str, subject: str) -> str:
    # Fonts differ in width: the browser truncates a long name with an ellipsis.
    return (
        f'<g class="box {escape(css)}" data-subject="{escape(subject)}"><title>{escape(name)}</title>'
        f'<rect x="{x}" y="{y - _BOX / 2:.0f}" width="{_BOX_WIDTH}" height="{_BOX}" rx="7"/>'
        f'<foreignObject x="{x + 12}" y="{y - _BOX / 2 + 2:.0f}" width="{_BOX_WIDTH - 24}" height="{_BOX - 4}">'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="name">{escape(_short(name))}</div>'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="caption">{escape(caption)}</div></foreignObject></g>'
    )


def _short(name: str) -> str:
    """Return a name without its middle, because paths differ at their ends."""
    half = (_LONGEST - 1) // 2
    return name if len(name) <= _LONGEST else f"{name[:half]}…{name[-half:]}"


def _caption(kind: CallerKind) -> str:
    return {
        CallerKind.INTERNET: "no credentials needed",
        CallerKind.GUEST: "not signed in",
        CallerKind.AUTHENTICATED: "signed in",
        CallerKind.GROUP: "group member",
        CallerKind.RULE: "picked by a rule",
        CallerKind.FUNCTION: "trusted code",
        CallerKind.PRINCIPAL: "not of this app",
    }[kind]


def _sentence(edge: _Edge, subjects: list[Subject], resources: list[tuple[str, str]]) -> str:
    can = "may turn out to be able to" if edge.css == "maybe" else "can"
    return f"{subjects[edge.subject].name} {can} {', '.join(edge.verbs)} in {resources[edge.resource][1]}."
