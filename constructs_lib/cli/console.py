"""The two consoles of every command, and the progress line of a long step."""

import os
import sys
import time
from collections.abc import Callable, Iterator
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
    try:
        with _spinner() as show:
            show(message)
            yield Step(message)
    except BaseException:
        _close("failed", "bold red", message, started)
        raise
    _close("ok ", "green", message, started)


@contextmanager
def steps(begun: float) -> Iterator[Callable[[str], None]]:
    """Show on stderr each of many short steps when it starts; on a terminal a spinner counts the current one's seconds.

    Args:
        begun: When the whole began, as `time.monotonic()` returned it; the lines start with the seconds since.

    Yields:
        A function that reports the start of the next step.
    """
    with _spinner() as show:

        def start(message: str) -> None:
            err.print(Text(f"{time.monotonic() - begun:7.1f} s  {message}"), soft_wrap=True)
            show(message)

        yield start


@contextmanager
def _spinner() -> Iterator[Callable[[str], None]]:
    """Yield a function that shows a step, and the seconds since then, until the next one; only on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    spinner = Progress(*columns, console=err, transient=True, disable=not err.is_terminal)

    def show(message: str) -> None:
        for shown in spinner.task_ids:
            spinner.remove_task(shown)
        spinner.add_task(message, total=None)

    with spinner:
        yield show


def _close(mark: str, style: str, message: str, started: float) -> None:
    seconds = f"{time.monotonic() - started:.1f} s"
    err.print(Text.assemble((mark, style), f" {message} ", (seconds, "dim")), soft_wrap=True)
