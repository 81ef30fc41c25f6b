"""The commands of the analysis on templates of the size and shape of real apps, as a user runs them."""

import copy
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from bench.sections import Section
from tests.bench import large

_COMMANDS: Final = (
    ("prove", ("old",)), ("review", ("old", "new")), ("matrix", ("old",)), ("diff", ("old", "new")),
    ("replacements", ("old", "new")),
)  # fmt: skip
_PROGRAM: Final = Path(sys.executable).with_name("cognito-app")
_VERDICTS: Final = (0, 2)
"""What the commands end with: nothing to see, or what was opened."""


def sections(rounds: int) -> list[Section]:
    """Time each command on each template, and on the same with one folder opened."""
    shown = {
        "60 functions, 97 routes": large.app(own="*"),
        "the same, a third of the routes below their owners": large.app(),
        "32 combinations of conditions": large.many_conditions(),
    }
    with tempfile.TemporaryDirectory() as folder:
        rows = tuple((name, *_timed(template.body, Path(folder), rounds)) for name, template in shown.items())
    return [
        Section(
            name="templates",
            title="Analysis of large templates",
            note=f"Whole processes of `cognito-app`, with both engines; the fastest of {rounds}. What changes is one "
            "folder that is opened to all. `tests/bench/large.py` writes the templates.",
            columns=("", *(f"{name}, s" for name, _ in _COMMANDS)),
            rows=rows,
        )
    ]


def _timed(body: dict[str, Any], folder: Path, rounds: int) -> list[str | int | float]:
    files = {name: folder / name / "app.json" for name in ("old", "new")}
    for file, written in zip(files.values(), (body, _opened(body)), strict=True):
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(written), encoding="utf-8")
    return [
        round(min(_seconds([name, *(str(files[each]) for each in given)]) for _ in range(rounds)), 2)
        for name, given in _COMMANDS
    ]


def _opened(body: dict[str, Any]) -> dict[str, Any]:
    opened = copy.deepcopy(body)
    policy = opened["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"].append(large.statement(["s3:GetObject"], [large.arn("Files0", "/*")]))
    return opened


def _seconds(arguments: list[str]) -> float:
    started = time.perf_counter()
    done = subprocess.run([str(_PROGRAM), *arguments], capture_output=True, text=True, check=False)
    if done.returncode not in _VERDICTS:
        raise RuntimeError(f"cognito-app {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - started
