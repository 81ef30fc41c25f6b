"""Commands of the analysis as whole processes, on templates with the size of real apps."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.sections import Section
from constructs_lib.local.toolchain import node
from tests.bench import large

_ROOT: Final = Path(__file__).parents[1]
_PROGRAM: Final = Path(sys.executable).with_name("cognito-app")
_COLUMNS: Final = ("prove", "review", "matrix", "diff", "replacements", "why")
_VERDICTS: Final = (0, 2)
"""The expected exit statuses: no finding, or findings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _App:
    """A template, a statement that opens one of its folders to all signed-in users, and a question about it.

    Args:
        body: The template.
        statements: The policy statements of signed-in users, part of `body`.
        opened: The statement that opens the folder; the changed template contains it.
        question: The access that `why` explains for a signed-in user.
    """

    body: dict[str, Any]
    statements: list[Any]
    opened: dict[str, Any]
    question: str


def sections(rounds: int) -> list[Section]:
    """Time each command on each template, and the commands that compare on its change with one folder opened."""
    with tempfile.TemporaryDirectory() as folder:
        rows = tuple((name, *_timed(make(), Path(folder), rounds)) for name, make in TEMPLATES.items())
    return [
        Section(
            name="templates",
            title="Analysis of large templates",
            note=f"Whole processes of `cognito-app`, with both engines; the fastest of {rounds}, in seconds of the "
            "clock and after the slash in processor time. The change opens one folder to all callers; `why` explains "
            "a signed-in user's read of it. `tests/bench/large.py` writes the first three.",
            columns=("", *(f"{name}, s" for name in _COLUMNS)),
            rows=rows,
        )
    ]


def _written(body: dict[str, Any]) -> _App:
    body = copy.deepcopy(body)
    return _App(
        body=body,
        statements=body["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"],
        opened=large.statement(["s3:GetObject"], [large.arn("Files0", "/*")]),
        question="get Files0 private/{other}/x",
    )


def _tenants() -> _App:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"CDK_OUTDIR": folder, "CDK_VALIDATION": "false", "JSII_NODE": str(node())}
        words, example = [sys.executable, "app.py"], _ROOT / "examples" / "tenants"
        subprocess.run(words, cwd=example, env={**os.environ, **environment}, check=True, capture_output=True)
        body = json.loads((Path(folder) / "Tenants.template.json").read_text(encoding="utf-8"))
    bucket, policy = (_named(body, start) for start in ("FilesBucket", "AuthAuthenticatedPolicy"))
    return _App(
        body=body,
        statements=body["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"],
        opened=large.statement(["s3:GetObject"], [large.arn(bucket, "/*")]),
        question="get Files tenants/other/shared/x",
    )


TEMPLATES: Final[dict[str, Callable[[], _App]]] = {
    "60 functions, 97 routes": lambda: _written(large.app(own="*").body),
    "the same, a third of the routes below their owners": lambda: _written(large.app().body),
    "32 combinations of conditions": lambda: _written(large.many_conditions().body),
    "`examples/tenants`: tenants, memberships, an API": _tenants,
}
"""Functions that return each template, by the name of its row."""


def _named(body: dict[str, Any], start: str) -> str:
    """Return the first logical ID with a prefix."""
    return next(str(each) for each in body["Resources"] if each.startswith(start))


def _timed(app: _App, folder: Path, rounds: int) -> list[str]:
    old, new = folder / "old" / "app.json", folder / "new" / "app.json"
    for file, added in ((old, []), (new, [app.opened])):
        file.parent.mkdir(exist_ok=True)
        app.statements.extend(added)
        file.write_text(json.dumps(app.body), encoding="utf-8")
    one, both = [str(old)], [str(old), str(new)]
    given: dict[str, list[str]] = {"prove": one, "matrix": one, "why": [*one, app.question, "--as", "user"]}
    return [_fastest([name, *given.get(name, both)], rounds) for name in _COLUMNS]


def _fastest(arguments: Sequence[str], rounds: int) -> str:
    clock, cpu = (min(each) for each in zip(*(_seconds(arguments) for _ in range(rounds)), strict=True))
    return f"{clock:.2f} / {cpu:.2f}"


def _seconds(arguments: Sequence[str]) -> tuple[float, float]:
    """Return the wall-clock time and the processor time of a command, in seconds."""
    before, started = os.times(), time.perf_counter()
    done = subprocess.run([str(_PROGRAM), *arguments], capture_output=True, text=True, check=False)
    clock, after = time.perf_counter() - started, os.times()
    if done.returncode not in _VERDICTS:
        raise RuntimeError(f"cognito-app {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return clock, spent
