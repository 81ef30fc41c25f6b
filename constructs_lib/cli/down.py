"""`cognito-app down`: stops the local cloud and reports the state that is kept."""

import shutil
import sys
from pathlib import Path

import click

from constructs_lib.cli.console import err, out, step
from constructs_lib.local import emulator_lifecycle


@click.command()
@click.option("--delete-state", is_flag=True, help="Also delete what `up --keep` has kept; asks first.")
@click.option("--yes", is_flag=True, help="With --delete-state: do not ask.")
def command(*, delete_state: bool, yes: bool) -> int:
    """Stop the local cloud of this folder.

    State that `up --keep` has kept is deleted only with --delete-state, after confirmation.
    """
    folder = Path.cwd() / emulator_lifecycle.FOLDER
    state = folder / "state"
    ran = emulator_lifecycle.exists(folder)
    if not ran:
        err.print("No local cloud runs for this folder.")
        emulator_lifecycle.stop(folder)  # removes the files of a killed one
    else:
        with step("Stopping the local cloud"):
            emulator_lifecycle.stop(folder)
    if not state.exists():
        if ran:
            out.print("Users, files and rows of the local cloud are gone; your code is untouched.")
        return 0
    if delete_state and (yes or _is_confirmed(state)):
        shutil.rmtree(state)
        out.print("The kept users, files and rows are deleted.")
        return 0
    out.print(f"Users, files and rows are kept in {state}; `cognito-app up --keep` brings them back.")
    return 0


def _is_confirmed(state: Path) -> bool:
    """Ask whether to delete the kept state.

    Raises:
        click.ClickException: Standard input is closed.
    """
    try:
        return click.confirm(f"Delete the users, files and rows kept in {state}?", err=True)
    except click.Abort as error:
        if sys.stdin is not None and sys.stdin.isatty():
            raise
        raise click.ClickException("no answer can be read from standard input; add --yes") from error
