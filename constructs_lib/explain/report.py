"""Reports of an answer as text, Markdown and JSON (`docs/schemas/why-1.schema.json`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.report.markdown import code, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.explain.answer import Answer, Deciding

SCHEMA = "cognito-app/why/1"


def as_text(answer: Answer) -> str:
    """Return an answer for a terminal."""
    return "\n".join([answer.sentence, *(f"  {each}" for each in _details(answer))])


def as_markdown(answer: Answer) -> str:
    """Return an answer as Markdown."""
    lines = [f"**{answer.status.upper()}** {escape(answer.sentence)}", ""]
    lines += [
        f"- {label(each)}: {code(statement_text(each.statement))} in {escape(where(each))}" for each in answer.because
    ]
    if answer.suggestion is not None:
        lines.append(f"- nearest: {escape(answer.suggestion.sentence)}")
    lines += [f"- note: {escape(readable(note))}" for note in answer.notes]
    return "\n".join(lines).rstrip() + "\n"


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON."""
    suggestion = answer.suggestion
    return {
        "schema": SCHEMA,
        "status": answer.status.value,
        "reason": answer.reason.value,
        "sentence": answer.sentence,
        "caller": answer.caller,
        "action": answer.action,
        "resource": answer.resource,
        "context": {key: value if isinstance(value, str) else list(value) for key, value in answer.context},
        "because": [
            {
                "statement": readable(str(each.statement)),
                "conditions": [readable(str(condition)) for condition in each.statement.conditions],
                "nearest": each.nearest,
                "where": readable(each.where),
                "line": each.line,
            }
            for each in answer.because
        ],
        "suggestion": None
        if suggestion is None
        else {
            "sentence": suggestion.sentence,
            "caller": suggestion.caller.id,
            "action": suggestion.request.action,
            "resource": readable(suggestion.request.resource),
            "context": {
                key: value if isinstance(value, str) else list(value)
                for key, value in suggestion.request.context.items()
                if key.startswith(("s3:prefix", "s3:delimiter", "dynamodb:"))
            },
        },
        "notes": [readable(note) for note in answer.notes],
        "request_id": answer.request_id,
    }


def _details(answer: Answer) -> Iterator[str]:
    for each in answer.because:
        yield f"{label(each)}: {statement_text(each.statement)}  ({where(each)})"
    if answer.suggestion is not None:
        yield f"nearest that is allowed: {answer.suggestion.sentence}"
    yield from (f"note: {readable(note)}" for note in answer.notes)
    if answer.request_id:
        yield f"request ID: {answer.request_id}"


def where(each: Deciding) -> str:
    """Return the location of a deciding statement: the construct, and the source line if it is known."""
    return readable(each.where) + (f", {each.line}" if each.line else "")


def label(each: Deciding) -> str:
    """Return the role of a deciding statement in the answer."""
    if each.nearest:
        return "nearest statement"
    return "allowed by" if each.statement.allow else "denied by"


def statement_text(statement: Statement) -> str:
    """Return a statement on one line, without its location."""
    conditions = " and ".join(map(str, statement.conditions))
    return readable(str(statement).rpartition(" (in ")[0] + (f" if {conditions}" if conditions else ""))
