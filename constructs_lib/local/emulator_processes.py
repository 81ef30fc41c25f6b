"""Processes of emulators: known by the file that their command line names, and waited for."""

import contextlib
import itertools
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil

_STOP_SECONDS: Final = 15
_LOOK_SECONDS: Final = 0.02


def is_emulator(pid: int, ready: Path) -> bool:
    """Whether a process is the emulator that names a file, and runs.

    Args:
        pid: The process's number, which another may have got.
        ready: The file.
    """
    try:
        return _names(psutil.Process(pid), ready)
    except (psutil.Error, ValueError):
        return False


def emulators(ready: Path) -> list[psutil.Process]:
    """Return every emulator that names a file and runs.

    Args:
        ready: The file.
    """
    return [process for process in psutil.process_iter() if _names(process, ready)]


def children(process: psutil.Process) -> list[psutil.Process]:
    """Return what a process has started, and what that has."""
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def ended(processes: Sequence[psutil.Process]) -> bool:
    """Wait until processes have ended, for 15 seconds at most, and return whether they did."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not all(map(_has_ended, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _has_ended(process: psutil.Process) -> bool:
    """Whether a process has ended; its parent need not have noticed, as process 1 of many containers never does."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        if process.status() != psutil.STATUS_ZOMBIE:
            return False
        process.wait(_LOOK_SECONDS)  # buries it, where we are the parent
    return True


def _names(process: psutil.Process, ready: Path) -> bool:
    try:
        # Another user's process may name anything.
        ours = process.uids().effective == os.geteuid()
        words = process.cmdline() if ours and process.status() != psutil.STATUS_ZOMBIE else []
        # An editor that has the file open names it too.
        return ("--ready", str(ready)) in itertools.pairwise(words)
    except psutil.Error:
        return False
