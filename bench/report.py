"""Writes results as JSON, as Markdown between two markers of a page, and as one plot."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from bench.sections import Section

_BEGIN: Final = "<!-- bench: begin -->"
_END: Final = "<!-- bench: end -->"
_ROW, _LEFT, _WIDTH = 26, 290, 800


def write_json(path: Path, machine: dict[str, str], sections: Sequence[Section]) -> None:
    """Write all numbers as JSON."""
    found = {
        each.name: {"title": each.title, "note": each.note, "columns": each.columns, "rows": each.rows}
        for each in sections
    }
    path.write_text(json.dumps({"machine": machine, "sections": found}, indent=1) + "\n", encoding="utf-8")


def read_json(path: Path) -> tuple[dict[str, str], list[Section]]:
    """Return the machine and the sections of a file of `write_json`; both are empty if it does not exist."""
    if not path.exists():
        return {}, []
    data = json.loads(path.read_text(encoding="utf-8"))
    sections = [
        Section(
            name=name,
            title=each["title"],
            note=each["note"],
            columns=tuple(each["columns"]),
            rows=tuple(tuple(row) for row in each["rows"]),
        )
        for name, each in data["sections"].items()
    ]
    return data["machine"], sections


def write_markdown(path: Path, machine: dict[str, str], sections: Sequence[Section]) -> None:
    """Replace the content between the markers of a page; a new page has the tables only.

    Raises:
        ValueError: If the page has no markers.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else f"{_BEGIN}\n{_END}\n"
    if _BEGIN not in text or _END not in text:
        raise ValueError(f"{path} has no {_BEGIN} and {_END}; add them at the position of the tables")
    before, after = text.split(_BEGIN)[0], text.split(_END)[1]
    facts = "; ".join(f"{name} {value}" for name, value in machine.items())
    tables = "\n\n".join(_table(each) for each in sections)
    path.write_text(f"{before}{_BEGIN}\n{facts}.\n\n{tables}\n{_END}{after}", encoding="utf-8")


def _table(section: Section) -> str:
    lines = [
        f"### {section.title}",
        "",
        section.note,
        "",
        f"| {' | '.join(section.columns)} |",
        "|" + "---|" + "--:|" * (len(section.columns) - 1),
        *(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in section.rows),
    ]
    return "\n".join(lines)


def _cell(value: str | float) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def write_plot(path: Path, sections: Sequence[Section]) -> None:
    """Draw the ratios of processor time as bars; the hand-wired program is 1."""
    compared = [each for each in sections if each.name.startswith(("app", "cdk"))]
    bars = {each.name: [row for row in each.rows if row[5] != ""] for each in compared}
    lines: list[str] = []
    top = 10
    largest = max((float(row[5]) for rows in bars.values() for row in rows), default=1.0)
    for section in compared:
        lines.append(f'<text x="10" y="{top + 16}" font-weight="bold">{escape(section.title)}</text>')
        top += _ROW
        for row in bars[section.name]:
            length = (_WIDTH - _LEFT - 60) * float(row[5]) / largest
            colour = "#1f77b4" if "this library" in str(row[0]) else "#9aa5b1"
            lines += [
                f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(str(row[0]))}</text>',
                f'<rect x="{_LEFT}" y="{top + 3}" width="{length:.1f}" height="16" fill="{colour}"/>',
                f'<text x="{_LEFT + length + 6:.1f}" y="{top + 15}">{float(row[5]):.2f}</text>',
            ]
            top += _ROW
        top += 12
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{top}" font-family="sans-serif" '
        'font-size="12"><title>Processor time of a synth, hand-wired Python = 1</title>'
        '<rect width="100%" height="100%" fill="white"/>'
    )
    path.write_text("\n".join([head, *lines, "</svg>", ""]), encoding="utf-8")
