"""Each `cognito-app` line of the documentation is one that the command line takes: command, options, words, values."""

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from constructs_lib.cli.main import COMMANDS, EXITS, group
from tests.docs.samples import PAGES, ROOT, blocks, name_of

PLACES = [*PAGES, *sorted((ROOT / "examples").rglob("README.md")), *sorted((ROOT / "starters").rglob("README.md"))]
INLINE = re.compile(r"`(cognito-app [^`]+)`")


def to_run(page: Path) -> list[str]:
    """Return the command lines of a page's samples, without prompts and comments."""
    lines = [line for block in blocks(page, "sh", "console", "") for line in block.replace("\\\n", "").splitlines()]
    run = [re.split(r"\s#\s", line.removeprefix("$ "))[0].strip() for line in lines]
    return [line for line in run if line.startswith("cognito-app ")]


def in_text(page: Path) -> list[str]:
    """Return those that a page speaks of; they may leave out what is not spoken of."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [re.sub(r"\s+", " ", each).replace("\\|", "|") for each in INLINE.findall(text)]


def problem(line: str) -> str:
    """Return what the command line would say of a line, and nothing where it would take it."""
    words = shlex.split(line)[1:]
    if words[0].startswith("-"):
        return "" if words in (["--help"], ["--version"]) else f"{words[0]} is no option of cognito-app"
    command = group.get_command(click.Context(group), words[0])
    if command is None:
        return f"{words[0]} is no command"
    try:
        command.make_context(words[0], words[1:]).close()
    except click.UsageError as error:
        # Files of the reader's.
        return "" if "does not exist" in error.format_message() else error.format_message()
    return ""


TO_RUN = sorted({(name_of(page), line) for page in PLACES for line in to_run(page)})
IN_TEXT = sorted({(name_of(page), line) for page in PLACES for line in in_text(page)})


@pytest.mark.parametrize(("page", "line"), TO_RUN)
def test_a_line_to_run_is_one_that_the_command_line_takes(page: str, line: str) -> None:
    assert problem(line) == "", page


@pytest.mark.parametrize(("page", "line"), IN_TEXT)
def test_so_is_one_that_a_text_speaks_of(page: str, line: str) -> None:
    assert not problem(line) or problem(line).startswith("Missing argument"), page


def test_lines_are_found_where_they_stand() -> None:
    assert {"README.md", "docs/tutorial.md", "docs/how-to/ci-review.md"} <= {page for page, _ in TO_RUN}
    assert {"README.md", "docs/why.md", "examples/web/README.md"} <= {page for page, _ in IN_TEXT} | {
        page for page, _ in TO_RUN
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cognito-app proof cdk.out", "proof is no command"),
        ("cognito-app prove cdk.out --speed 3", "No such option '--speed'"),
        ("cognito-app diff old.json --format json", "Missing argument 'NEW'"),
        ("cognito-app matrix cdk.out --format pdf", "'pdf' is not one of"),
        ("cognito-app --fast", "--fast is no option"),
    ],
)
def test_a_slip_would_be_seen(line: str, said: str) -> None:
    assert said in problem(line)


def test_the_page_of_commands_has_each_command_exit_status_and_schema_where_the_repository_shows_it() -> None:
    schemas = sorted((ROOT / "docs" / "schemas").glob("*.json"))
    titles = [json.loads(each.read_text(encoding="utf-8"))["title"] for each in schemas]
    printed = [title.removeprefix("cognito-app ").rpartition(", version ")[0] for title in titles]
    rows = [
        *(f"| {status} | {meaning} |" for status, meaning in EXITS.items()),
        *(f"| `{name}` | [{each.name}](../schemas/{each.name}) |" for name, each in zip(printed, schemas, strict=True)),
        *(f"| `{name}` | {effect} |" for name, effect in COMMANDS.items()),
    ]
    lines = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8").splitlines()
    assert [row for row in rows if row not in lines] == []
