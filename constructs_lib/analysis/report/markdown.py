"""Helpers for GitHub- and GitLab-flavoured Markdown."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escape(text: str) -> str:
    """Return text that Markdown shows literally, on one line; no text of a template can format the report."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("@", "@\u200b")


def code(text: str) -> str:
    """Return text as code, safe inside a table; backticks in it are kept by a longer fence."""
    line = " ".join(text.split()).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells must be Markdown already."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines.extend("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join(lines) + "\n"


def details(summary: str, body: str, *, is_open: bool = False) -> str:
    """Return a collapsible section; the summary must be HTML already."""
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary>\n\n{body.strip()}\n\n</details>\n"
