"""Which interpreter runs a Python function: its own version where this machine has it, else the emulator's."""

import functools
import logging
import shutil
import subprocess
import sys
from typing import Final

from ministack.core import lambda_runtime

from .surface import expect_parameters

_LOG: Final = logging.getLogger("emulator")
_PROBE_SECONDS: Final = 10


def check() -> None:
    """Refuse a MiniStack that chooses interpreters elsewhere."""
    expect_parameters(lambda_runtime._detect_runtime_binary, "runtime")  # noqa: SLF001


def install() -> None:
    """Override the choice."""
    stock = lambda_runtime._detect_runtime_binary  # noqa: SLF001

    def detect(runtime: str) -> tuple[str, str]:
        binary, script = stock(runtime)
        if runtime.startswith("python"):
            return interpreter(runtime), script
        return binary, script

    lambda_runtime._detect_runtime_binary = detect  # noqa: SLF001


@functools.cache
def interpreter(runtime: str) -> str:
    """Return the interpreter for a runtime such as `python3.13`.

    It must hold boto3, which Lambda's own runtime brings; otherwise the emulator's own stands in.
    """
    version = runtime.removeprefix("python")
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(runtime)
    if found and _works(found, version):
        return found
    _LOG.warning("no %s with boto3 here: its functions run on Python %s", runtime, sys.version.split()[0])
    return sys.executable


def _works(binary: str, version: str) -> bool:
    probe = f"import sys, boto3; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    try:
        done = subprocess.run([binary, "-c", probe], capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
