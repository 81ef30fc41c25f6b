"""`cognito-app init`: a new project that works with `make up` and `make test`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

import click

from constructs_lib.starters import Names, requirement, starters, write

PEOPLE: Final = "Alice,Bob"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--template",
    "name",
    type=click.Choice(list(starters())),
    help="; ".join(f"{each.name}: {each.title}" for each in starters().values())
    + f". Default: a prompt on a terminal, otherwise {next(iter(starters()))}.",
)
@click.option("--name", "app", help="The app's name, such as my-app. Default: that of DIR; prompted for on a terminal.")
@click.option("--people", help="The two users in its tests, such as Alice,Bob (the default).")
@click.option(
    "--library",
    metavar="PATH|URL|REQUIREMENT",
    help="Where the project gets this library. Default: the version that is running, from the package index; "
    "a path is written as on this machine, so CI cannot install it.",
)
def command(*, folder: Path, name: str | None, app: str | None, people: str | None, library: str | None) -> int:
    """Create a project in DIR: a stack, its functions, tests, a Makefile and a CI workflow.

    DIR must be empty or not exist.
    """
    try:
        # First, before any prompt.
        brought = requirement(library)
        chosen = _answer(name, "Template", default=next(iter(starters())), among=list(starters()))
        if name is None and not sys.stdin.isatty():
            others = ", ".join(each for each in starters() if each != chosen)
            click.echo(f"The template is {chosen}; --template selects another: {others}.", err=True)
        named = _answer(app, "Name of the app", default=_default_name(folder))
        answer = _answer(people, "Two users in its tests", default=PEOPLE)
        one, comma, two = answer.partition(",")
        if not comma:
            raise click.ClickException(f"--people {answer!r} is not two names; write two, such as {PEOPLE}")
        names = Names(app=named, people=(one.strip(), two.strip()))
        written = write(starters()[chosen], folder, names, brought)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder} has a project of {len(written)} files. Next:")
    click.echo(
        f"  cd {folder}\n  make up      # a local cloud, and the stack on it\n"
        "  make test    # proof, template snapshot, live calls"
    )
    if " @ file:" in brought:
        click.echo(
            "requirements.txt names a path of this machine; for CI, write a URL, a release or a wheel in the project."
        )
    return 0


def _default_name(folder: Path) -> str:
    """Return the folder's name as a valid name of an app."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name).strip("-") or "my-app"


def _answer(given: str | None, question: str, *, default: str, among: list[str] | None = None) -> str:
    """Return the given value; without one, prompt on a terminal, and use the default otherwise."""
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return default
    kind = click.Choice(among) if among else None
    return str(click.prompt(question, default=default, type=kind, err=True))
