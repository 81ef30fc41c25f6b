"""Python runtime of functions: an interpreter of the function's version, Lambda's boto3, nothing from the host.

Stock MiniStack (measured on 1.5.33) runs every Python function on its own interpreter, with its own packages and
environment: a package missing from a function's bundle would be found here, but not on AWS. After each call it waits up
to 50 ms for further log lines, while the process stays occupied.
"""

import functools
import importlib.util
import logging
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from ministack.core import lambda_runtime

from .ministack_interface import expect_attributes, expect_parameters

_LOG: Final = logging.getLogger("emulator")
_PROBE_SECONDS: Final = 10
_RUNTIME_PACKAGES: Final = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""The packages of Lambda's Python runtimes; all of them support every Python version of Lambda."""
_OURS: Final = (
    "AUTH", "BIND_HOST", "GATEWAY_PORT", "IOT_MTLS_ENABLED", "MINISTACK_COGNITO_PRETOKEN_STRICT",
    "MINISTACK_ACCOUNT_ID", "MINISTACK_REGION", "PERSIST_STATE", "S3_DATA_DIR",
    "S3_PERSIST", "SFTP_ENABLED", "STATE_DIR", "USER",
)  # fmt: skip
"""The emulator's own variables; one that the function also sets is restored before its handler is imported."""
_END_OF_LOG: Final = f"end of log {secrets.token_hex(16)}"
"""The marker that a process writes to its log after each call's last line."""
_LOG_SECONDS: Final = 2.0
_LOST_LOG_SECONDS: Final = 0.25
"""Timeouts for the marker, from a live process and from one that has ended."""
_PRELUDE: Final = """
import os, sys
class _Answers:
    # The worker's responses; each call's log ends before its response is written.
    def __init__(self, out):
        self._out, self._text = out, ""
    def write(self, text):
        self._text += text
    def flush(self):
        text, self._text = self._text, ""
        if text and not text.startswith('{{"status": "ready"'):
            sys.stderr.write({end!r} + chr(10))
            sys.stderr.flush()
        self._out.write(text)
        self._out.flush()
sys.stdout = _Answers(sys.stdout)
for name in {names!r}:
    os.environ.pop(name, None)
sys.path[:] = [entry for entry in sys.path if not entry.endswith(("site-packages", "dist-packages"))] + [{packages!r}]
"""


def check() -> None:
    """Refuse a MiniStack that chooses interpreters elsewhere or does not run functions by a script."""
    expect_parameters(lambda_runtime._detect_runtime_binary, "runtime")
    expect_attributes(lambda_runtime, "_PYTHON_WORKER_SCRIPT", "reset")
    expect_parameters(
        lambda_runtime.Worker._drain_stderr_bounded, "self", "first_line_wait", "idle_confirm", "hard_cap",
    )  # fmt: skip


def install() -> None:
    """Override the choice of interpreter, and the wait for a call's log."""
    _wait_for_logs()
    stock = lambda_runtime._detect_runtime_binary

    def detect(runtime: str) -> tuple[str, str]:
        binary, script = stock(runtime)
        if not runtime.startswith("python"):
            return binary, script
        return interpreter(runtime), _PRELUDE.format(
            names=_OURS, packages=str(runtime_packages()), end=_END_OF_LOG
        ) + script

    lambda_runtime._detect_runtime_binary = detect


def _wait_for_logs() -> None:
    stock = lambda_runtime.Worker._drain_stderr_bounded

    def drain(worker: Any, *given: Any, **options: Any) -> str:
        if not str(worker.config.get("Runtime", "")).startswith("python"):
            return str(stock(worker, *given, **options))
        lines: list[str] = []
        is_running = worker._proc is not None
        end = time.monotonic() + (_LOG_SECONDS if is_running else _LOST_LOG_SECONDS)
        while (left := end - time.monotonic()) > 0:
            try:
                line = worker._stderr_queue.get(timeout=left)
            except queue.Empty:
                break
            if line == _END_OF_LOG:
                break
            lines.append(line)
        return "\n".join(lines)

    lambda_runtime.Worker._drain_stderr_bounded = drain


@functools.cache
def runtime_packages() -> Path:
    """Return a folder with exactly the packages of Lambda's runtime."""
    folder = Path(tempfile.mkdtemp(prefix="lambda-packages-"))
    for name in _RUNTIME_PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"the emulator's environment lacks {name}: rebuild it from emulator.lock")
        origin = Path(spec.origin)
        source = origin.parent if spec.submodule_search_locations else origin
        (folder / source.name).symlink_to(source)
    return folder


@functools.cache
def interpreter(runtime: str) -> str:
    """Return the interpreter for a runtime such as `python3.13`: PATH's, if it has boto3, else the emulator's.

    `PythonFunction` applies the same rule to choose the interpreter of its packages, so the two must agree.
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
