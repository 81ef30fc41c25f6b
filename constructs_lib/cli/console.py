"""The two consoles of every command, and the progress line of a long step."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

_PIPED_WIDTH: Final = 160


def make_console(stream: IO[str], *, stderr: bool) -> Console:
    """Create a console; in a pipe, which has no terminal width, it keeps tables readable and breaks no line."""
    piped = not stream.isatty()
    width = _PIPED_WIDTH if piped and "COLUMNS" not in os.environ else None
    # No markup: names and remedies contain brackets, such as the [local] of an extra.
    return Console(stderr=stderr, highlight=False, markup=False, width=width, soft_wrap=piped)


out: Final = make_console(sys.stdout, stderr=False)
"""For results. No colours when piped or when `NO_COLOR` is set."""

err: Final = make_console(sys.stderr, stderr=True)
"""For progress, warnings and errors."""


@dataclass(frozen=True, slots=True)
class Step:
    """A running step, by which a command reports progress."""

    message: str

    def note(self, text: str) -> None:
        """Print one dim line below the step's heading, for example a line of a tool's own progress."""
        err.print(Text(f"    {text}", style="dim"), soft_wrap=True)


@contextmanager
def step(message: str) -> Iterator[Step]:
    """Show on stderr that a step runs, and how many seconds it took when it ends.

    On a terminal a spinner counts the seconds; in a pipe or a CI log one line is printed at the start and one
    at the end. A step that raises an exception is marked as failed.

    Args:
        message: The step, without a full stop: `"Starting the emulator"`.

    Yields:
        The running step, to add lines to.
    """
    started = time.monotonic()
    if not err.is_terminal:
        err.print(Text(f"... {message}"), soft_wrap=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    spinner = Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
    try:
        with spinner:
            spinner.add_task(message, total=None)
            yield Step(message)
    except BaseException:
        _close("failed", "bold red", message, started)
        raise
    _close("ok ", "green", message, started)


def _close(mark: str, style: str, message: str, started: float) -> None:
    seconds = f"{time.monotonic() - started:.1f} s"
    err.print(Text.assemble((mark, style), f" {message} ", (seconds, "dim")), soft_wrap=True)
