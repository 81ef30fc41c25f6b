"""Whole processes timed in turn: noise of the machine then falls on all of them alike."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A process to time.

    Args:
        name: Its name in the table.
        words: Its command.
        folder: Where it runs.
        environment: Its whole environment.
    """

    name: str
    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """What one run took: seconds of the clock, seconds of processors (children too), MiB of the largest process."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Medians of a program's runs, and the median over the rounds of its ratio to the first program's."""

    name: str
    wall: float
    cpu: float
    peak: float
    wall_ratio: float
    cpu_ratio: float


def run(program: Program) -> Sample:
    """Run a program once.

    Raises:
        RuntimeError: When it fails; with what it said.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        program.words, cwd=program.folder, env=dict(program.environment), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None  # noqa: S101 - PIPE was asked for
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{program.name} failed ({' '.join(program.words)}):\n{said[-2000:]}")
    return Sample(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss / 1024)


def compare(programs: Sequence[Program], *, rounds: int) -> list[Summary]:
    """Run each program once to warm caches, then all of them in turn, `rounds` times; the first is the baseline."""
    for program in programs:
        run(program)
    taken = [[run(program) for program in programs] for _ in range(rounds)]
    return [
        Summary(
            name=program.name,
            wall=statistics.median(each[place].wall for each in taken),
            cpu=statistics.median(each[place].cpu for each in taken),
            peak=statistics.median(each[place].peak for each in taken),
            wall_ratio=statistics.median(each[place].wall / each[0].wall for each in taken),
            cpu_ratio=statistics.median(each[place].cpu / each[0].cpu for each in taken),
        )
        for place, program in enumerate(programs)
    ]
