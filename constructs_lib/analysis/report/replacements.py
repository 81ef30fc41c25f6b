"""Findings on stateful resources for a terminal, a pull request and a program."""

from dataclasses import asdict
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from constructs_lib.analysis.replacements import Effect, Finding, Replacements
from constructs_lib.analysis.report.indentation import Indented
from constructs_lib.analysis.report.markdown import code, details, escape

SCHEMA: Final = "cognito-app/replacements/1"
"""Name and major version of the JSON form; its JSON Schema is docs/schemas/replacements-1.schema.json."""

_WORDS: Final[dict[Effect, str]] = {
    Effect.REFUSED: "refuse to change",
    Effect.DELETED: "delete",
    Effect.REPLACED: "replace",
    Effect.ORPHANED: "orphan",
    Effect.CUT_OFF: "cut users off from",
}
_STYLES: Final[dict[Effect, str]] = {
    Effect.REFUSED: "yellow",
    Effect.DELETED: "bold red",
    Effect.REPLACED: "red",
    Effect.ORPHANED: "yellow",
    Effect.CUT_OFF: "red",
}


def heading(result: Replacements) -> str:
    """Return the outcome in one sentence, worst first."""
    notes = f"; {len(result.notes)} to know" if result.notes else ""
    if not result.findings and not result.undecided:
        return f"Everything that holds data, users or an address is kept ({result.compared} compared{notes})."
    if not result.findings:
        return f"Not everything could be compared{_undecided(result)}."
    counts = []
    for effect, word in _WORDS.items():
        names = {(finding.stack, finding.logical_id) for finding in result.findings if finding.effect is effect}
        if names:
            counts.append(f"{word} {len(names)}")
    effects = ", ".join(counts) + _undecided(result)
    return f"Of {result.compared} holding data, users or an address, this update would {effects}."


def _undecided(result: Replacements) -> str:
    return f" ({len(result.undecided)} not decided)" if result.undecided else ""


def as_text(result: Replacements) -> RenderableType:
    """Return the findings for a terminal."""
    parts: list[RenderableType] = [Text(heading(result), style="" if result.findings or result.undecided else "green")]
    for finding in result.findings:
        title = Text.assemble(
            "\n",
            (finding.effect.upper(), _STYLES[finding.effect]),
            f"  {finding.name}",
            (f"  {finding.logical_id}  {finding.type}  stack {finding.stack}", "dim"),
        )
        lines = [("what", _what(finding)), ("lost", finding.loses), ("way out", finding.way_out)]
        if finding.source:
            lines.append(("source", finding.source))
        body = Text("\n").join(Text.assemble((f"{name:8}", "dim"), text) for name, text in lines)
        parts.extend([title, Indented(body, 2)])
    parts.extend(
        Text.assemble(
            "\n", ("UNDECIDED", "yellow"), f"  {note.logical_id}  ", (f"stack {note.stack}", "dim"), f"\n  {note.text}"
        )
        for note in result.undecided
    )
    parts.extend(Text.assemble("\n", ("NOTE  ", "dim"), f"{note.logical_id}: {note.text}") for note in result.notes)
    return Group(*parts, Text(f"\nResource schemas of {result.schema_date}.", style="dim"))


def as_markdown(result: Replacements, *, level: int = 2) -> str:
    """Return the findings as Markdown.

    `level` is that of the heading.
    """
    lines = [f"{'#' * level} Resources with data, users or an address", "", escape(heading(result)), ""]
    for finding in result.findings:
        cause = f" ({code(finding.cause)})" if finding.cause else ""
        source = f" ([source]({finding.source}))" if finding.source else ""
        lines += [
            f"- **{finding.effect.upper()}** {code(finding.name)}, {code(finding.type)}{cause}  ",
            f"  {escape(_what(finding))}{source}  ",
            f"  **Lost:** {escape(finding.loses)}  ",
            f"  **Way out:** {escape(finding.way_out)}",
        ]
    lines += [f"- **UNDECIDED** {code(note.logical_id)}: {escape(note.text)}" for note in result.undecided]
    if result.notes:
        body = "\n".join(f"- {code(note.logical_id)}: {escape(note.text)}" for note in result.notes)
        lines += ["", details(f"{len(result.notes)} to know", body)]
    return "\n".join(lines).rstrip() + "\n"


def as_json(result: Replacements) -> dict[str, Any]:
    """Return the findings in the published JSON format."""
    return {
        "schema": SCHEMA,
        "schema_date": result.schema_date,
        "compared": result.compared,
        "findings": [asdict(finding) for finding in result.findings],
        "undecided": [asdict(note) for note in result.undecided],
        "notes": [asdict(note) for note in result.notes],
    }


def _what(finding: Finding) -> str:
    return finding.what if finding.certain else f"Possibly, depending on values outside the template: {finding.what}"
