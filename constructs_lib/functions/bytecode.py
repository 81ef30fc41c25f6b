"""Compile a package in advance, because Lambda cannot store compiled files: its code folder is read-only."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

from constructs_lib.functions.build_target import Runtime


def compile_all(folder: Path, runtime: Runtime, *, interpreter: str | None) -> None:
    """Write bytecode beside every module of a package.

    The files contain no folder of this machine and no time, and are used without a check of the source
    (`unchecked-hash`), so that the same interpreter writes the same bytes everywhere. Bytecode loads in the version of
    the runtime only. Without an interpreter, it is the one on PATH, or one of pyenv.

    Raises:
        RuntimeError: If this machine has no such interpreter, or a module does not compile.
    """
    found = interpreter or _find_writer(shutil.which(runtime), runtime)
    if found is None:
        raise RuntimeError(
            f"compiled=True needs {runtime} on PATH, because bytecode loads only in the version that wrote it; run "
            f"`uv python install {runtime.removeprefix('python')}`, or remove compiled"
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
        raise RuntimeError(
            f"a module of the package does not compile with {runtime}; see its output:\n{done.stdout}{done.stderr}"
        )


@functools.cache
def _find_writer(command: str | None, runtime: Runtime) -> str | None:
    """Return the interpreter that a command starts if it is of this version.

    pyenv puts a command on PATH for each installed version, and starts an inactive one if it is named.
    """
    if command is None:
        return None
    version = runtime.removeprefix("python")
    done = subprocess.run(
        [command, "-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"],
        env={**os.environ, "PYENV_VERSION": version},
        capture_output=True,
        text=True,
        check=False,
    )
    found, _, interpreter = done.stdout.strip().partition(" ")
    return interpreter if found == version else None
