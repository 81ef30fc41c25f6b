"""Statement coverage as a table for a terminal, and as JSON data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from constructs_lib.analysis.iam.arns import readable

if TYPE_CHECKING:
    from constructs_lib.explain.coverage import Coverage, Use


def as_text(found: Coverage) -> RenderableType:
    """Return the table for a terminal, grouped by construct; unused statements are yellow."""
    table = Table(title="Rule coverage", title_justify="left")
    for heading in ("construct", "statement", "allowed", "refused", "never in effect"):
        table.add_column(heading, justify="right" if heading in {"allowed", "refused"} else "left")
    previous = ""
    for each in found.uses:
        source = readable(each.statement.source)
        style = "" if each.used else "yellow"
        cells = ("" if source == previous else source, each.text, *map(str, (each.allowed, each.refused)))
        table.add_row(*map(Text, (*cells, in_words(each))), style=style)
        previous = source
    return Group(table, Text(summary(found)))


def as_json(found: Coverage) -> dict[str, Any]:
    """Return the coverage as plain data: `coverage` in the schema of `cognito-app try`."""
    return {
        "used": found.used,
        "elsewhere": found.elsewhere,
        "statements": [
            {
                "statement": each.text,
                "where": readable(each.statement.source),
                "allowed": each.allowed,
                "refused": each.refused,
                "idle": list(each.idle),
            }
            for each in found.uses
        ],
    }


def summary(found: Coverage) -> str:
    """Return the totals in one sentence."""
    return (
        f"{found.used} of {len(found.uses)} statements have decided calls; {found.elsewhere} calls were decided "
        "elsewhere: by the user pool, by a route, or because no statement names the action."
    )


def in_words(use: Use) -> str:
    """Return the actions for which a statement never had an effect; empty if every action had one."""
    if use.statement.actions and len(use.idle) == len(use.statement.actions):
        return "all of it"
    return ", ".join(use.idle)
