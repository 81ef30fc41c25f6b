"""Second step of `make mutants`: run the tests on the mutants that mutmut has created, and print a table of survivors.

mutmut creates the mutants, and records which tests call which function. tools/mutant_tests.py runs the tests, in one
process for each module. A mutant is run against the fast tests of the folder that mirrors its module, and against those
of other folders that call the module; a survivor must be explained in tools/mutants.toml.

    python tools/mutants.py             all modules; exit status 1 for an unexplained survivor, or below 95%
    python tools/mutants.py evaluator   the modules whose path contains the word

Results are stored in `mutants` until the code of the mutated function changes; delete that folder to start again.
"""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
MUTANTS: Final = ROOT / "mutants"
EXPLAINED: Final = ROOT / "tools" / "mutants.toml"
FOUND: Final = MUTANTS / "found.json"
WANTED: Final = 0.95
SECONDS: Final = 30
"""The time limit of a test, in addition to ten times its duration without a mutant, for mutants that loop forever."""


class Mutant(NamedTuple):
    """One change: `module` is its file in the repository, without the suffix; `code` is the hash of its function."""

    module: str
    name: str
    code: str

    @property
    def key(self) -> str:
        """The key of its result: its name and the hash of its function, so that a changed function has no result."""
        return f"{self.name} {self.code}"


def mutants() -> list[Mutant]:
    """Return every mutant that mutmut has created."""
    found = []
    for file in sorted(MUTANTS.rglob("*.py.meta")):
        module = file.relative_to(MUTANTS).as_posix().removesuffix(".py.meta")
        codes = codes_of(file.with_suffix(""))
        for name in json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]:
            function = name.rpartition("__mutmut_")[0].rpartition(".")[2]
            found.append(Mutant(module, name, codes[f"{function}__mutmut_orig"]))
    return found


def codes_of(file: Path) -> dict[str, str]:
    """Return the hash of each function's code, by name; its name, docstring and comments are not part of it."""
    found = {}
    for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            body = each.body[1:] if ast.get_docstring(each, clean=False) is not None else each.body
            code = "\n".join(map(ast.unparse, [each.args, *body]))
            found[each.name] = hashlib.sha256(code.encode()).hexdigest()[:12]
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


def run(module: str, waiting: list[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Yield each mutant of a module with the test that notices it; empty if none does.

    If a process ends early, a new one runs the remaining mutants.

    Raises:
        RuntimeError: If the tests fail without a mutant, or do not start.
    """
    by_name = {each.name: each for each in waiting}
    while by_name:
        before = len(by_name)
        with NamedTemporaryFile("w+", suffix=".json") as names, NamedTemporaryFile("w+") as errors:
            json.dump([*by_name], names)
            names.flush()
            command = [sys.executable, ROOT / "tools" / "mutant_tests.py", module, names.name, str(SECONDS)]
            with subprocess.Popen(command, cwd=MUTANTS, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
                other = []
                for line in process.stdout or ():
                    if line.startswith('["'):
                        name, test = json.loads(line)
                        yield by_name.pop(name), test
                    else:
                        other.append(line)
            errors.seek(0)
            if len(by_name) == before:
                raise RuntimeError(f"the tests of {module} ended without a result:\n{''.join(other)}{errors.read()}")


def found_by(every: list[Mutant], console: Console) -> dict[str, str]:
    """Run the mutants without a stored result; return the test that notices each, by its key, empty if none does."""
    known: dict[str, str] = json.loads(FOUND.read_text(encoding="utf-8")) if FOUND.is_file() else {}
    waiting: dict[str, list[Mutant]] = {}
    for each in every:
        if each.key not in known:
            waiting.setdefault(each.module, []).append(each)
    saving = Lock()
    with Progress(console=console) as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
        bar = progress.add_task("mutants", total=sum(map(len, waiting.values())))

        def work(module: str) -> None:
            for mutant, test in run(module, waiting[module]):
                with saving:
                    known[mutant.key] = test
                    FOUND.with_suffix(".new").write_text(json.dumps(known, indent=1), encoding="utf-8")
                    FOUND.with_suffix(".new").replace(FOUND)
                progress.advance(bar)

        list(pool.map(work, sorted(waiting, key=lambda module: -len(waiting[module]))))
    return known


@functools.cache
def functions(module: str) -> dict[str, list[str]]:
    """Return the lines of each function of a mutated module, by name; the lines do not contain the name."""
    text = (MUTANTS / f"{module}.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        each.name: [line.replace(f"def {each.name}", "def") for line in lines[each.lineno - 1 : each.end_lineno]]
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def change_of(mutant: Mutant) -> str:
    """Return the lines that a mutant changes, as `- old` and `+ new`, one per line."""
    name = mutant.name.rpartition(".")[2]
    original = name.rpartition("__mutmut_")[0] + "__mutmut_orig"
    compared = difflib.ndiff(functions(mutant.module)[original], functions(mutant.module)[name])
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in compared if line.startswith(("-", "+")))


def explained(module: str, change: str) -> bool:
    """Return whether tools/mutants.toml explains a change, by its text in a module or by a pattern."""
    return any(
        re.fullmatch(each["pattern"], change)
        if "pattern" in each
        else each["change"].strip() == change and module in each.get("modules", [module])
        for each in tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["mutants"]
    )


def main() -> int:
    """Run the mutants; print a table by module, and the unexplained survivors. Return the exit status."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    wanted = sys.argv[1:] or [""]
    every = [each for each in mutants() if any(word in each.module for word in wanted)]
    found = found_by(every, console)
    table = Table("module", "mutants", "noticed", "explained", "survived", "score")
    unexplained: list[str] = []
    totals = [0, 0, 0, 0]
    for module in sorted({each.module for each in every}):
        own = [each for each in every if each.module == module]
        alive = [(each, change_of(each)) for each in own if not found[each.key]]
        strange = [f"{each.name}\n{change}\n" for each, change in alive if not explained(module, change)]
        unexplained += strange
        counts = (len(own), len(own) - len(alive), len(alive) - len(strange), len(strange))
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        table.add_row(module, *map(str, counts), f"{counts[1] / counts[0]:.1%}")
    table.add_row("all", *map(str, totals), f"{totals[1] / totals[0]:.1%}")
    console.print(table)
    for each in unexplained:
        console.print(each, markup=False, highlight=False)
    return 1 if unexplained or totals[1] / totals[0] < WANTED else 0


if __name__ == "__main__":
    sys.exit(main())
