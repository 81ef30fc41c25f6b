"""Duration of each stage of `make test`."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import click

from bench.sections import Section

_ROOT: Final = Path(__file__).parents[1]
_SCRIPTS: Final = Path(sys.executable).parent
_STAGES: Final = {
    "lint and format": ("ruff", "check", "."),
    "types": ("mypy",),
    "unit tests": ("pytest", "-q", "-m", "not slow", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"),
    "slow tests: real cdk, local cloud, browser": (
        *("pytest", "-q", "-m", "slow"),
        *("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),
    ),
}


def sections() -> list[Section]:
    """Run each stage once, with the commands of the Makefile."""
    return [
        Section(
            name="tests",
            title="`make test`",
            note="Each stage once, with the caches of the previous stage; up to "
            "four unit test files at once, two slow ones.",
            columns=("", "tests", "seconds", "CPU seconds"),
            rows=tuple(_stage(name, words) for name, words in _STAGES.items()),
        )
    ]


def _stage(name: str, words: tuple[str, ...]) -> tuple[str | int | float, ...]:
    environment = {**os.environ, "PATH": os.pathsep.join((str(_SCRIPTS), os.environ["PATH"]))}
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    click.echo(f"  {name}", err=True)
    before, started = os.times(), time.perf_counter()
    done = subprocess.run(
        [str(_SCRIPTS / words[0]), *words[1:]], cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    passed = re.search(r"(\d+) passed", done.stdout)
    failed = "" if done.returncode == 0 else f", FAILED (exit {done.returncode})"
    return (f"{name}{failed}", int(passed.group(1)) if passed else "", round(wall, 1), round(cpu, 1))
