"""Result of a run, as plain data and as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.verify.result import Left, Result

SCHEMA: Final = "cognito-app/verify/1"
_INDENT: Final = " " * 13


def as_json(result: Result) -> dict[str, Any]:
    """Return a result as plain data."""
    run = result.run
    return {
        "schema": SCHEMA,
        "run": {"id": run.run_id, "account": run.account, "region": run.region, "local": run.local},
        "findings": [
            {
                "check": each.check,
                "outcome": each.outcome.value,
                "what": each.what,
                "detail": each.detail,
                "remedy": each.remedy,
            }
            for each in result.findings
        ],
        "counts": {outcome.value: count for outcome, count in result.counts.items()},
        "made": _things(result.made),
        "removed": _things(result.removed),
        "left": [
            {"kind": each.kind, "name": each.name, "why": each.why, "command": each.command} for each in result.left
        ],
        "seconds": {part: round(seconds, 1) for part, seconds in result.seconds.items()},
        "stopped": result.stopped,
    }


def text_lines(result: Result) -> Iterator[str]:
    """Yield a result as text: each finding, the number of each outcome, and the resources that remain."""
    for each in result.findings:
        yield f"{each.outcome.value:>11}  {each.check}: {each.what}"
        yield from (f"{_INDENT}{text}" for text in (each.detail, each.remedy) if text)
    counted = ", ".join(f"{count} {outcome.value}" for outcome, count in result.counts.items())
    spent = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in result.seconds.items())
    yield ""
    yield f"{len(result.findings)} results: {counted}. {spent}."
    if result.stopped:
        yield f"It ended early: {result.stopped}."
    yield from left_lines(result.left)
    if not result.left:
        yield "No resources remain."


def left_lines(left: Sequence[Left]) -> Iterator[str]:
    """Yield the resources that remain, each with the command that removes it."""
    for each in left:
        yield f"remains: {each.kind} {each.name}: {each.why}"
        yield f"    {each.command}"


def _things(things: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"kind": kind, "name": name} for kind, name in things]
