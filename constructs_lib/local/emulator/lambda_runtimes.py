"""What a Python function runs on: an interpreter of its version, boto3 as Lambda brings it, nothing of the host's.

Stock MiniStack runs every Python function on its own interpreter, with its own packages and environment (measured on
1.5.33): a package that a function forgot to bundle would be found here and missing on AWS.
"""

import functools
import importlib.util
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from ministack.core import lambda_runtime

from .surface import expect_attributes, expect_parameters

_LOG: Final = logging.getLogger("emulator")
_PROBE_SECONDS: Final = 10
_BROUGHT: Final = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What Lambda's Python runtimes bring; all of it runs on any version."""
_OURS: Final = (
    "AUTH", "BIND_HOST", "GATEWAY_PORT", "IOT_MTLS_ENABLED", "MINISTACK_COGNITO_PRETOKEN_STRICT",
    "MINISTACK_REGION", "PERSIST_STATE", "S3_DATA_DIR",
    "S3_PERSIST", "SFTP_ENABLED", "STATE_DIR", "USER",
)  # fmt: skip
"""Variables of the emulator's own; one that the function sets too comes back before its handler is imported."""
_PRELUDE: Final = """
import os, sys
for name in {names!r}:
    os.environ.pop(name, None)
sys.path[:] = [entry for entry in sys.path if not entry.endswith(("site-packages", "dist-packages"))] + [{packages!r}]
"""


def check() -> None:
    """Refuse a MiniStack that chooses interpreters elsewhere or does not hand functions a script."""
    expect_parameters(lambda_runtime._detect_runtime_binary, "runtime")  # noqa: SLF001
    expect_attributes(lambda_runtime, "_PYTHON_WORKER_SCRIPT", "reset")


def install() -> None:
    """Override the choice."""
    stock = lambda_runtime._detect_runtime_binary  # noqa: SLF001

    def detect(runtime: str) -> tuple[str, str]:
        binary, script = stock(runtime)
        if not runtime.startswith("python"):
            return binary, script
        return interpreter(runtime), _PRELUDE.format(names=_OURS, packages=str(brought_packages())) + script

    lambda_runtime._detect_runtime_binary = detect  # noqa: SLF001


@functools.cache
def brought_packages() -> Path:
    """Return a folder that holds what Lambda brings and nothing else."""
    folder = Path(tempfile.mkdtemp(prefix="lambda-packages-"))
    for name in _BROUGHT:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"the emulator's environment lacks {name}: rebuild it from emulator.lock")
        origin = Path(spec.origin)
        source = origin.parent if spec.submodule_search_locations else origin
        (folder / source.name).symlink_to(source)
    return folder


@functools.cache
def interpreter(runtime: str) -> str:
    """Return the interpreter for a runtime such as `python3.13`: its own where PATH has it with boto3, else ours.

    `PythonFunction` builds packages for the interpreter that the same rule finds, so the two must agree.
    """
    version = runtime.removeprefix("python")
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(runtime)
    if found and _works(found, version):
        return found
    _LOG.warning("PATH has no %s with boto3: its functions run on Python %s", runtime, sys.version.split()[0])
    return sys.executable


def _works(binary: str, version: str) -> bool:
    probe = f"import sys, boto3; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    try:
        done = subprocess.run([binary, "-c", probe], capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
