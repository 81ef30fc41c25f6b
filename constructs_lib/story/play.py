"""Runs the rows of a story and prints each result."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

import boto3
from rich.console import Console
from rich.table import Table
from rich.text import Text

from constructs_lib.client import ClientSettings
from constructs_lib.client.botocore_sessions import load_models
from constructs_lib.story import accounts, channels, files, functions, notes, shares, sign_in, tenants
from constructs_lib.story.row import Expected, Row, Verdict
from constructs_lib.story.users import Cast, assemble

CHAPTERS: Final[dict[str, Callable[[], list[Row]]]] = {
    "Sign-in and identities": sign_in.rows,
    "Accounts (user pool)": accounts.rows,
    "Files (S3)": files.rows,
    "Notes (DynamoDB)": notes.rows,
    "Shares (API Gateway)": shares.rows,
    "Functions (Lambda)": functions.rows,
}
"""The chapters of the story of Alice and Bob, in order."""
NEEDS: Final = {
    "Files (S3)": ("BucketName",),
    "Notes (DynamoDB)": ("NotesTableName",),
    "Shares (API Gateway)": ("ApiUrl",),
    "Functions (Lambda)": ("OpenFunctionName", "EditorsFunctionName", "UrlFunctionName", "FunctionUrl"),
}
"""The stack outputs that a chapter needs; the other chapters need the pools only."""
MISFITS: Final[dict[str, Callable[[Cast], str]]] = {"Files (S3)": files.misfit, "Shares (API Gateway)": shares.misfit}
"""Why a chapter is not about an app that has the outputs; empty if it is."""

TENANT: Final = "tenant"
_ANY_APP: Final = "Any app can be called on the page of `cognito-app console`"
_COLUMNS: Final = {"who": 9, "what": 54, "expected": 9, "got": 45}
"""Name and width: rows are printed one by one, so the widths are fixed."""


def prepare() -> None:
    """Read the service models that the story needs, while an app is being deployed: they take a quarter of a second."""
    load_models("cognito-idp", "cognito-identity", "s3", "dynamodb", "sts")


def play(
    settings: ClientSettings,
    *,
    endpoint_url: str,
    admin: boto3.Session,
    console: Console,
    chapters: Collection[str] = (),
) -> list[Verdict]:
    """Sign the cast up and in, make every call, and print each result.

    The story depends on the app: two tenants if its places name a tenant, channels if it has only these, otherwise
    Alice and Bob. A story can run again on the same cloud: accounts are kept.

    Args:
        settings: The app, with the outputs that `NEEDS` names for each part; with tenants `BucketName`, `ApiUrl` and
            `ProjectsTableName`.
        endpoint_url: The local cloud.
        admin: An administrator's session there.
        console: The console that prints the table.
        chapters: Titles of the chapters to run. Empty: those that fit the stack; the others are named, with the reason.

    Returns:
        The verdict of each row.

    Raises:
        ValueError: If the stack has no output that a chapter needs, or no group that the story needs, a requested
            chapter lacks an output, or a user of the story exists with another password.
    """
    known, gather = _story_of(settings)
    if known is tenants.CHAPTERS and (lacking := [name for name in tenants.NEEDS if name not in settings.others]):
        raise ValueError(
            f"the story of tenants needs the outputs {', '.join(tenants.NEEDS)}, and the stack has no output "
            f"{' and '.join(lacking)}. {_ANY_APP}"
        )
    if known is CHAPTERS and not chapters and all(lacks(title, settings) for title in NEEDS):
        needed = "; or ".join(" and ".join(names) for names in NEEDS.values())
        raise ValueError(f"the story does not fit this stack: it needs the outputs {needed}. {_ANY_APP}")
    verdicts: list[Verdict] = []
    with gather(settings, endpoint_url=endpoint_url, admin=admin) as cast:
        console.print(_line(*(Text(name, style="dim") for name in _COLUMNS)))
        for title in chapters or known:
            console.print(Text(f"\n{title}", style="bold"))
            if known is CHAPTERS and not chapters and (reason := _left_out(title, cast)):
                console.print(Text(f"left out: {reason}", style="dim"))
                continue
            verdicts += _play_rows(known[title](), cast, console)
    return verdicts


def lacks(chapter: str, settings: ClientSettings) -> list[str]:
    """Return the outputs that a chapter needs and the stack does not have."""
    return [name for name in NEEDS.get(chapter, ()) if name not in settings.others]


def _left_out(chapter: str, cast: Cast) -> str:
    if lacking := lacks(chapter, cast.settings):
        return f"the stack has no output {' or '.join(lacking)}"
    return MISFITS[chapter](cast) if chapter in MISFITS else ""


def _story_of(settings: ClientSettings) -> tuple[Mapping[str, Callable[[], list[Row]]], Any]:
    """Return the chapters of an app's story, and the function that signs its users in."""
    if channels.applies_to(settings):
        return channels.CHAPTERS, channels.assemble
    return (tenants.CHAPTERS, tenants.assemble) if TENANT in settings.placeholders else (CHAPTERS, assemble)


def _play_rows(rows: Iterable[Row], cast: object, console: Console) -> list[Verdict]:
    verdicts = []
    for row in rows:
        verdict = row.run(cast)
        verdicts.append(verdict)
        console.print(_line(Text(row.who), Text(row.what), _expected(row.expected), _got(verdict)))
    return verdicts


def _line(*cells: Text) -> Table:
    line = Table.grid(padding=(0, 2, 0, 0))
    for width in _COLUMNS.values():
        line.add_column(width=width)
    line.add_row(*cells)
    return line


def _expected(expected: Expected) -> Text:
    return Text(expected.value, style="green" if expected is Expected.ALLOWED else "yellow")


def _got(verdict: Verdict) -> Text:
    if verdict.as_expected:
        return Text(f"✓ {verdict.got}", style="green")
    return Text(f"✗ {verdict.got}", style="bold red")
