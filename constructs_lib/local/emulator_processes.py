"""Processes of emulators, identified by the ready file in their command line."""

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
    """Return whether a process is a running emulator with this ready file.

    Another process may have reused the process ID.
    """
    try:
        return _names(psutil.Process(pid), ready)
    except (psutil.Error, ValueError):
        return False


def emulators(ready: Path) -> list[psutil.Process]:
    """Return every running emulator with this ready file."""
    return [process for process in psutil.process_iter() if _names(process, ready)]


def children(process: psutil.Process) -> list[psutil.Process]:
    """Return the descendants of a process."""
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def ended(processes: Sequence[psutil.Process]) -> bool:
    """Wait up to 15 seconds until processes have ended, and return whether they did."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not all(map(_has_ended, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _has_ended(process: psutil.Process) -> bool:
    """Return whether a process has ended, reaped or not: process 1 of many containers never reaps its children."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        if process.status() != psutil.STATUS_ZOMBIE:
            return False
        process.wait(_LOOK_SECONDS)  # reaps it, if this process is the parent
    return True


def _names(process: psutil.Process, ready: Path) -> bool:
    try:
        # Another user's process may have any command line.
        ours = process.uids().effective == os.geteuid()
        words = process.cmdline() if ours and process.status() != psutil.STATUS_ZOMBIE else []
        # The command line of an editor that has the file open contains the path without the option.
        return ("--ready", str(ready)) in itertools.pairwise(words)
    except psutil.Error:
        return False
