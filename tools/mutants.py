"""`make mutants`, second half: runs mutmut's survivors again, and prints the table of the remaining ones.

mutmut picks the tests of a function by what ran while it was called. Where a fixture that several tests share made the
call, that is the first of these tests alone, so a mutant that it calls a survivor is run once more with the module's
own tests, and then with all fast tests of the folder. What survives that must be explained in tools/mutants.toml.

    python tools/mutants.py             after `mutmut run`; ends with 1 for an unexplained survivor or a low score
    python tools/mutants.py evaluator   the modules whose path has the word
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT: Final = Path(__file__).parents[1]
MUTANTS: Final = ROOT / "mutants"
EXPLAINED: Final = ROOT / "tools" / "mutants.toml"
AGAIN: Final = MUTANTS / "again.json"
WANTED: Final = 0.95
SURVIVED: Final = (0, 33)
"""mutmut's exit codes of a mutant that its tests let pass, and of one for which it found no test."""


class Mutant(NamedTuple):
    """One change: `module` is its file below the repository, without the suffix."""

    module: str
    name: str
    status: int | None


def mutants() -> list[Mutant]:
    """Return every mutant of mutmut, with its result."""
    found = []
    for file in sorted(MUTANTS.rglob("*.py.meta")):
        module = file.relative_to(MUTANTS).as_posix().removesuffix(".py.meta")
        statuses = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        found += [Mutant(module, name, status) for name, status in statuses.items()]
    return found


def tests_of(module: str) -> list[Path]:
    """Return a module's own tests, if it has some, and the folder that mirrors its package.

    `constructs_lib/access/rows` has `tests/access/test_rows.py` and `tests/access`.
    """
    path = Path(module)
    parts = path.parent.parts
    folder = Path("tests", *(parts[1:] if parts[0] == "constructs_lib" else parts))
    own = folder / f"test_{path.name}.py"
    while not (ROOT / folder).is_dir():
        folder = folder.parent
    return [each for each in (own, folder) if (ROOT / each).exists()]


def survives(mutant: Mutant) -> bool:
    """Run a module's tests, and then its folder's, with the mutant; a run that is too long counts as killed."""
    return all(_passes(mutant.name, tests) for tests in tests_of(mutant.module))


def _check_unchanged(tests: Path) -> None:
    """Refuse tests that fail without a change: they would seem to kill every mutant."""
    if not _passes("none", tests):
        raise SystemExit(f"{tests} fails in {MUTANTS} without a mutant; run it there, and correct it or `also_copy`")


def _passes(mutant: str, tests: Path) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-m", "not slow", "-p", "no:cacheprovider"]
    # A Lambda's package has `caller` at its top.
    environment = os.environ | {"MUTANT_UNDER_TEST": mutant.removeprefix("lambda_src.")}
    try:
        done = subprocess.run(
            [*command, str(tests)],
            cwd=MUTANTS,
            env=environment,
            capture_output=True,
            timeout=900,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def asked_again(survivors: list[Mutant], console: Console) -> dict[str, bool]:
    """Return whether each survivor survives its folder's tests, too. Results of an earlier run are kept."""
    known: dict[str, bool] = json.loads(AGAIN.read_text(encoding="utf-8")) if AGAIN.is_file() else {}
    new = [each for each in survivors if each.name not in known]
    for tests in sorted({tests for mutant in new for tests in tests_of(mutant.module)}):
        _check_unchanged(tests)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        alive = workers.map(survives, new)
        answers = track(zip(new, alive, strict=True), "survivors, again", len(new), console=console, disable=not new)
        for mutant, answer in answers:
            known[mutant.name] = answer
            AGAIN.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return known


def change_of(mutant: Mutant) -> str:
    """Return the lines that a mutant changes, as `- old` and `+ new`."""
    command = [sys.executable, "-m", "mutmut", "show", mutant.name]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [line for line in shown.splitlines() if line.startswith(("-", "+")) and line[:3] not in {"---", "+++"}]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)


def main() -> int:
    """Run survivors again, print the table by module and the survivors without an explanation."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    wanted = sys.argv[1:] or [""]
    every = [each for each in mutants() if any(word in each.module for word in wanted)]
    survivors = [each for each in every if each.status in SURVIVED]
    left = asked_again(survivors, console)
    explained = {each["change"].strip() for each in tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["mutants"]}
    table = Table("module", "mutants", "not run", "killed", "explained", "survived", "score")
    unexplained: list[tuple[Mutant, str]] = []
    low = False
    for module in sorted({each.module for each in every}):
        own = [each for each in every if each.module == module]
        waiting = sum(each.status is None for each in own)
        alive = [(each, change_of(each)) for each in own if each.status in SURVIVED and left[each.name]]
        strange = [(each, change) for each, change in alive if change not in explained]
        unexplained += strange
        ran = len(own) - waiting
        score = (ran - len(alive)) / ran if ran else 1.0
        low = low or score < WANTED
        counts = (len(own), waiting, ran - len(alive), len(alive) - len(strange), len(strange))
        table.add_row(module, *map(str, counts), f"{score:.1%}")
    console.print(table)
    for mutant, change in unexplained:
        console.print(f"{mutant.name}\n{change}\n", markup=False, highlight=False)
    return 1 if unexplained or low else 0


if __name__ == "__main__":
    sys.exit(main())
