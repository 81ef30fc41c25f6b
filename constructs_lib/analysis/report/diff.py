"""Gained and lost access for a terminal, a pull request and a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.matrix.display_names import in_words
from constructs_lib.analysis.report.indentation import Indented
from constructs_lib.analysis.report.markdown import code, details, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.diff import Change, Diff


SCHEMA: Final = "cognito-app/diff/1"
"""Name and major version of the JSON form; its JSON Schema is docs/schemas/diff-1.schema.json."""


def heading(diff: Diff) -> str:
    """Return the outcome in one sentence."""
    if not diff.changes and not diff.undecided:
        return "No access changes."
    parts = [f"{len(diff.gained)} gained" if diff.gained else "", f"{len(diff.lost)} lost" if diff.lost else ""]
    parts.append(f"{len(diff.undecided)} not decided" if diff.undecided else "")
    return f"Access changes: {', '.join(filter(None, parts))}."


def as_text(diff: Diff) -> RenderableType:
    """Return the report for a terminal."""
    style = "bold" if diff.changes or diff.undecided else "green"
    parts: list[RenderableType] = [Text(heading(diff), style=style)]
    for change in diff.changes:
        colour = "bold red" if change.gained and change.others else "yellow" if change.gained else "green"
        parts.append(Text.assemble("\n", ("+ " if change.gained else "- ", colour), (_sentence(change), colour)))
        parts.append(Indented(Text("\n".join(_evidence(change)), style="dim"), 4))
    parts += [Text(f"\n? {text}", style="yellow") for text in diff.undecided]
    parts += [Text(f"\nNOTE  {readable(note)}", style="dim") for note in diff.notes]
    return Group(*parts)


def as_markdown(diff: Diff, *, level: int = 2) -> str:
    """Return the report as Markdown.

    `level` is that of the heading.
    """
    lines = [f"{'#' * level} Access", "", escape(heading(diff)), ""]
    for title, changes in (("Gained", diff.gained), ("Lost", diff.lost)):
        if changes:
            lines += [f"**{title}**", ""]
            for change in changes:
                mark = "**" if change.gained and change.others else ""
                lines.append(f"- {mark}{escape(_sentence(change))}{mark}")
            body = "\n".join(
                f"- {escape(change.sentence)}\n" + "\n".join(f"  - {code(line)}" for line in _evidence(change))
                for change in changes
            )
            lines += ["", details(f"Requests that show it ({title.lower()})", body)]
    lines += [f"- Not decided: {escape(text)}" for text in diff.undecided]
    lines += [f"- {escape(readable(note))}" for note in diff.notes]
    return "\n".join(lines).rstrip() + "\n"


def as_json(diff: Diff) -> dict[str, Any]:
    """Return the report in the published JSON format."""
    return {
        "schema": SCHEMA,
        "grew": bool(diff.gained),
        "changes": [_change(change) for change in diff.changes],
        "undecided": list(diff.undecided),
        "notes": list(diff.notes),
    }


def _sentence(change: Change) -> str:
    return change.sentence + (f" (when {in_words(change.assumed)})" if change.assumed else "")


def _evidence(change: Change) -> Iterator[str]:
    request = change.request
    if request is None:
        yield change.decided_by
        return
    details = {key: value for key, value in request.context.items() if key.startswith(("s3:", "dynamodb:", "aws:s"))}
    details.pop("aws:securetransport", None)
    given = "".join(f", {key} = {value if isinstance(value, str) else list(value)}" for key, value in details.items())
    target = readable(request.resource) or "any resource"
    yield f"{request.action} on {target}{given}"
    yield from (f"by {readable(str(statement))}" for statement in change.because)
    if not change.replayed:
        yield "not confirmed by the evaluator: it depends on a condition (number, date, address) that is left open"


def _change(change: Change) -> dict[str, Any]:
    request = change.request
    return {
        "gained": change.gained,
        "sentence": change.sentence,
        "subjects": list(change.subjects),
        "actions": list(change.actions),
        "resource": change.resource,
        "where": change.where,
        "others": change.others,
        "conditional": change.conditional,
        "request": None
        if request is None
        else {"action": request.action, "resource": request.resource, "context": dict(request.context)},
        "because": [statement.whole for statement in change.because],
        "replayed": change.replayed,
        "assumed": dict(change.assumed),
    }
