"""Python environment of the emulator, built once per lock file in the user's cache."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from filelock import FileLock

from constructs_lib.local.errors import LocalCloudError
from constructs_lib.local.toolchain import REACHABLE, cache_folder, reporting_write_errors, run_quietly

LOCK: Final = Path(__file__).parent / "emulator.lock"
_READY: Final = ".ready"
_PROBE_SECONDS: Final = 60


def emulator_folder() -> Path:
    """Return the folder of the environment, existing or not; each lock and Python version has its own folder."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return cache_folder() / f"emulator-{digest}-py{sys.version_info.major}.{sys.version_info.minor}"


def is_built() -> bool:
    """Return whether the environment is complete and its base interpreter still exists."""
    return (emulator_folder() / _READY).exists() and _python().exists()


def is_sound() -> bool:
    """Return whether the packages that the emulator needs can be imported."""
    probe = "import boto3, cryptography, hypercorn.asyncio, ministack.app"
    try:
        done = subprocess.run([_python(), "-c", probe], capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def emulator_python(*, anew: bool = False) -> Path:
    """Return the interpreter of the emulator's environment; build the environment if it is missing.

    MiniStack pins botocore exactly, so it cannot share an environment with anything else. Concurrent callers wait
    for each other; an interrupted build starts over.

    Args:
        anew: Whether to rebuild a damaged environment that seems complete.

    Raises:
        LocalCloudError: If the packages cannot be installed.
    """
    folder = emulator_folder()
    python = _python()
    with reporting_write_errors(folder.parent), FileLock(f"{folder}.lock"):
        if anew or not is_built():
            shutil.rmtree(folder, ignore_errors=True)
            uv = _uv()
            # Compiled now: MiniStack starts in half a second instead of three.
            install = [uv, "pip", "install", "--quiet", "--require-hashes", "--compile-bytecode"]
            for command in (
                [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
                [*install, "--python", str(python), "-r", str(LOCK)],
            ):
                run_quietly(command, cwd=folder.parent, failed=f"the emulator could not be installed; {REACHABLE}")
            (folder / _READY).touch()
    return python


def _python() -> Path:
    return emulator_folder() / "bin" / "python"


def _uv() -> str:
    try:
        import uv  # noqa: PLC0415 - part of the extra `local`
    except ModuleNotFoundError as error:
        raise LocalCloudError("uv is missing; install it with: pip install 'cognito-app-constructs[local]'") from error
    return str(uv.find_uv_bin())
