"""Compile a package ahead, because Lambda cannot keep what it compiles: its code folder is read-only."""

import os
import subprocess
from pathlib import Path

from constructs_lib.functions.target import Runtime, find_interpreter

__all__ = ["compile_all"]


def compile_all(folder: Path, runtime: Runtime, *, interpreter: str | None) -> None:
    """Write bytecode beside every module of a package.

    The files name no folder of this machine, hold no time, and are trusted without a look at the source
    (`unchecked-hash`), so that the same interpreter writes the same bytes everywhere.

    Args:
        folder: The package.
        runtime: Bytecode loads in this version only.
        interpreter: One of that version; None looks on PATH.

    Raises:
        RuntimeError: If this machine has no such interpreter, or a module does not compile.
    """
    found = interpreter or find_interpreter(runtime, needs="sys")
    if found is None:
        raise RuntimeError(
            f"compiled=True needs {runtime} on PATH, because bytecode loads in the version that wrote it only: "
            f"`uv python install {runtime.removeprefix('python')}`, or leave compiled out"
        )
    command = [found, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    done = subprocess.run(
        [*command, "-s", str(folder), "-p", "/var/task", str(folder)],
        # Sets are written in the order of their hashes.
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a module of the package does not compile with {runtime}:\n{done.stdout}{done.stderr}")
