"""The drawing of who reaches what: subjects on the left, resources on the right, a curve where there is access."""

from dataclasses import dataclass
from html import escape
from typing import Final

from constructs_lib.analysis.matrix.access import Matrix, Reach, SubjectKind

__all__ = ["drawing"]

_WIDTH: Final = 880
_ROW: Final = 58
_BOX: Final = 38
_LEFT: Final = 220
_RIGHT: Final = 600
_TOP: Final = 30
_LONGEST: Final = 30
_VERBS: Final = ("get", "list", "write", "delete", "call", "other")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edge:
    subject: int
    resource: int
    verbs: tuple[str, ...]
    reach: Reach


def drawing(matrix: Matrix) -> str:
    """Return the drawing as inline SVG; the table says the same for those who cannot see it."""
    resources = list(dict.fromkeys((place.type, place.resource) for place in matrix.places))
    subjects = [subject for subject in matrix.subjects if any(entry.subject == subject.id for entry in matrix.access)]
    if not resources or not subjects:
        return ""
    height = _TOP + _ROW * max(len(resources), len(subjects))
    edges = _edges(matrix, [subject.id for subject in subjects], resources)
    left, right = (_offsets(len(items), height) for items in (subjects, resources))
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height + 10}" role="img" aria-labelledby="drawing-title drawing-text">',
        '<title id="drawing-title">Who reaches what</title>',
        f'<desc id="drawing-text">{escape(_sentence(matrix, edges, resources))}</desc>',
        '<g class="edges">',
        *(_curve(edge, left[edge.subject], right[edge.resource], subjects[edge.subject].id) for edge in edges),
        "</g>",
    ]
    parts += [
        _box(10, y, _LEFT - 10, subject.name, _caption(subject.kind), f"subject {subject.kind}", subject.id)
        for subject, y in zip(subjects, left, strict=True)
    ]
    parts += [
        _box(_RIGHT, y, _WIDTH - _RIGHT - 10, name, kind, "resource", "")
        for (kind, name), y in zip(resources, right, strict=True)
    ]
    return "\n".join([*parts, "</svg>"])


def _edges(matrix: Matrix, subjects: list[str], resources: list[tuple[str, str]]) -> list[_Edge]:
    places = {place.id: place for place in matrix.places}
    found: dict[tuple[int, int], list[tuple[str, Reach]]] = {}
    for entry in matrix.access:
        place = places[entry.place]
        # Where nobody owns anything, "all" is no alarm; the curve is strong only where others' things are reached.
        reach = Reach.ALL if entry.reach is Reach.ALL and place.owned else Reach.OWN
        key = subjects.index(entry.subject), resources.index((place.type, place.resource))
        found.setdefault(key, []).append((entry.verb, reach))
    return [
        _Edge(
            subject=subject,
            resource=resource,
            verbs=tuple(verb for verb in _VERBS if any(verb == other for other, _ in pairs)),
            reach=Reach.ALL if any(reach is Reach.ALL for _, reach in pairs) else Reach.OWN,
        )
        for (subject, resource), pairs in sorted(found.items())
    ]


def _offsets(count: int, height: int) -> list[float]:
    step = (height - _TOP) / count
    return [_TOP / 2 + step * (index + 0.5) for index in range(count)]


def _curve(edge: _Edge, y1: float, y2: float, subject: str) -> str:
    middle = (_LEFT + _RIGHT) / 2
    css = "wide" if edge.reach is Reach.ALL else "plain"
    # Thicker the more verbs: reading looks thinner than doing everything.
    width = 1.5 + 0.7 * len(edge.verbs)
    return (
        f'<path class="{css}" data-subject="{escape(subject)}" stroke-width="{width:.1f}" '
        f'd="M{_LEFT} {y1:.0f} C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {_RIGHT} {y2:.0f}">'
        f"<title>{', '.join(edge.verbs)}</title></path>"
    )


def _box(x: float, y: float, width: float, name: str, caption: str, css: str, subject: str) -> str:
    shown = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return (
        f'<g class="box {escape(css)}" data-subject="{escape(subject)}"><title>{escape(name)}</title>'
        f'<rect x="{x}" y="{y - _BOX / 2:.0f}" width="{width}" height="{_BOX}" rx="7"/>'
        f'<text x="{x + 12}" y="{y - 2:.0f}">{escape(shown)}</text>'
        f'<text class="caption" x="{x + 12}" y="{y + 12:.0f}">{escape(caption)}</text></g>'
    )


def _caption(kind: SubjectKind) -> str:
    return {
        SubjectKind.INTERNET: "no credentials needed",
        SubjectKind.GUEST: "not signed in",
        SubjectKind.AUTHENTICATED: "signed in",
        SubjectKind.GROUP: "group member",
        SubjectKind.RULE: "picked by a rule",
        SubjectKind.FUNCTION: "trusted code",
    }[kind]


def _sentence(matrix: Matrix, edges: list[_Edge], resources: list[tuple[str, str]]) -> str:
    subjects = [subject for subject in matrix.subjects if any(entry.subject == subject.id for entry in matrix.access)]
    return " ".join(
        f"{subjects[edge.subject].name} can {', '.join(edge.verbs)} in {resources[edge.resource][1]}." for edge in edges
    )
