"""Times whole processes alternately, so that other load on the machine affects all of them equally."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import psutil

_LOOK_EVERY_SECONDS: Final = 0.03
_MIB: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A program to time.

    Args:
        name: The program's name in the table.
        words: The command and its arguments.
        folder: The working directory.
        environment: All environment variables; none are inherited.
    """

    name: str
    words: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """The duration of one run, in seconds of wall-clock time and of processor time, including child processes."""

    wall: float
    cpu: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The results of a program.

    Attributes:
        name: The program's name.
        wall: The median wall-clock time, in seconds.
        cpu: The median processor time, in seconds.
        peak: The peak memory of the process and its children together, in MiB.
        wall_ratio: The median, over the rounds, of its wall-clock time divided by that of the first program.
        cpu_ratio: The same of its processor time.
    """

    name: str
    wall: float
    cpu: float
    peak: float
    wall_ratio: float
    cpu_ratio: float


def run(program: Program) -> Sample:
    """Run a program once and return its duration.

    Raises:
        RuntimeError: If the program fails; the message contains the end of its output.
    """
    started = time.perf_counter()
    with _start(program) as process:
        assert process.stderr is not None  # noqa: S101 - stderr is PIPE
        output = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{program.name} failed ({' '.join(program.words)}):\n{output[-2000:]}")
    return Sample(wall=wall, cpu=usage.ru_utime + usage.ru_stime)


def peak_memory(program: Program) -> float:
    """Run a program without timing it; return the peak memory of all its processes together, in MiB."""
    largest = 0.0
    with _start(program) as process:
        done = threading.Event()

        def watch() -> None:
            nonlocal largest
            while not done.wait(_LOOK_EVERY_SECONDS):
                largest = max(largest, _memory(process.pid))

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            process.communicate()
        finally:
            done.set()  # otherwise the thread would prevent an interrupted benchmark from ending
        watching.join()
    return largest


def _start(program: Program) -> subprocess.Popen[str]:
    return subprocess.Popen(
        program.words, cwd=program.folder, env=dict(program.environment), stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _memory(pid: int) -> float:
    """Return the memory of a process and its children, in MiB; shared pages count once if the system reports them."""
    held = 0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            try:
                info = process.memory_full_info()
            except psutil.Error:
                continue
            held += getattr(info, "pss", 0) or info.uss
    except psutil.Error:
        return 0.0
    return held / _MIB


def compare(programs: Sequence[Program], *, rounds: int) -> list[Summary]:
    """Run each program once to warm caches and once to measure its memory, then all alternately, `rounds` times.

    Each run is announced on stderr.

    Args:
        programs: The programs; the first is the baseline of the ratios.
        rounds: The number of timed runs of each program.

    Returns:
        The results of each program, in the same order.

    Raises:
        RuntimeError: If a program fails.
    """
    number = 0

    def announced(program: Program) -> Program:
        nonlocal number
        number += 1
        click.echo(f"  run {number} of {len(programs) * (rounds + 2)}: {program.name}", err=True)
        return program

    peaks = []
    for program in programs:
        run(announced(program))
        peaks.append(peak_memory(announced(program)))
    taken = [[run(announced(program)) for program in programs] for _ in range(rounds)]
    return [
        Summary(
            name=program.name,
            wall=statistics.median(each[place].wall for each in taken),
            cpu=statistics.median(each[place].cpu for each in taken),
            peak=peaks[place],
            wall_ratio=statistics.median(each[place].wall / each[0].wall for each in taken),
            cpu_ratio=statistics.median(each[place].cpu / each[0].cpu for each in taken),
        )
        for place, program in enumerate(programs)
    ]
