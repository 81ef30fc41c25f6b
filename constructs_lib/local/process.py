"""The emulator as a process: started, recorded, known by its command line, stopped."""

import contextlib
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil
from filelock import FileLock

from constructs_lib.local.environment import emulator_python
from constructs_lib.local.errors import LocalCloudError

FOLDER: Final = ".local-cloud"
"""Where a project keeps the record, the log and, if asked, the state of its local cloud."""
_HEALTH: Final = "/_cognito_app/health"
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 15
_LOOK_SECONDS: Final = 0.02
_LOG_LINES: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A running emulator.

    Args:
        pid: Its process.
        http: Its address over HTTP.
        https: Its address over HTTPS.
        ca: The certificate of its authority.
        region: Its region.
        account: Its account.
        state: Folder of its kept state; empty when nothing is kept.
    """

    pid: int
    http: str
    https: str
    ca: str
    region: str
    account: str
    state: str = ""


def join_or_start(folder: Path, *, port: int = 0, keep: bool = False) -> tuple[Record, bool]:
    """Return the emulator of a project, and whether it was started here. Concurrent callers get the same one.

    Args:
        folder: The project's `.local-cloud` folder.
        port: HTTP port of a new one; 0 for a free one.
        keep: Whether users, files and rows outlive a new one.

    Raises:
        LocalCloudError: As `start` does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # The project's git need not know what lies here.
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    with FileLock(folder / "start.lock"):
        record = running(folder)
        return (record, False) if record else (start(folder, port=port, keep=keep), True)


def start(folder: Path, *, port: int = 0, keep: bool = False, region: str = "us-east-1") -> Record:
    """Start an emulator and wait until it answers.

    Args:
        folder: The project's `.local-cloud` folder.
        port: Its HTTP port; 0 for a free one.
        keep: Whether users, files and rows outlive it.
        region: Its region.

    Raises:
        LocalCloudError: When it cannot be installed, the port is taken, or it does not come up; with its last words.
    """
    python = emulator_python()
    folder.mkdir(parents=True, exist_ok=True)
    ready, log = _ready_file(folder), folder / "emulator.log"
    ready.unlink(missing_ok=True)
    state = folder / "state"
    command = [str(python), "-m", "emulator", "--ready", str(ready), "--port", str(port), "--region", region]
    if keep:
        command += ["--state", str(state)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True
        )
    try:
        _wait_until_ready(process, ready, log, port)
    except BaseException:
        process.kill()
        process.wait()
        raise
    record = Record(**json.loads(ready.read_text(encoding="utf-8")), state=str(state) if keep else "")
    _record_file(folder).write_text(json.dumps(asdict(record), indent=2), encoding="utf-8")
    ready.unlink()
    return record


def running(folder: Path) -> Record | None:
    """Return the emulator that runs for a project, or None. A record whose process is gone is cleared away.

    It is known by its command line, which names the project's folder: one that is too busy to answer still runs, and
    another process that got its number is none.
    """
    try:
        record = Record(**json.loads(_record_file(folder).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        _record_file(folder).unlink()
        return None
    if _is_emulator_of(folder, record.pid):
        return record
    _record_file(folder).unlink()
    return None


def lives(folder: Path, record: Record) -> bool:
    """Whether a project's emulator is still the one of a record."""
    return _is_emulator_of(folder, record.pid)


def stop(folder: Path) -> Record | None:
    """Stop a project's emulator and return what ran, or None when none did.

    Only a process that is this emulator is stopped, never another that got its number. One that does not end in
    15 seconds is killed, with the functions it runs.
    """
    record = running(folder)
    if record is None:
        return None
    with contextlib.suppress(psutil.NoSuchProcess):
        emulator = psutil.Process(record.pid)
        family = [emulator, *emulator.children(recursive=True)]
        emulator.terminate()
        if not _end([emulator]):
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            _end(family)
    _record_file(folder).unlink(missing_ok=True)
    return record


def ask_health(http: str) -> dict[str, Any] | None:
    """Return what an emulator says of itself, or None when nothing of ours answers."""
    try:
        with urllib.request.urlopen(http + _HEALTH, timeout=5) as answer:  # noqa: S310 - a loopback address of ours
            found = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def last_words(log: Path) -> str:
    """Return the end of an emulator's log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-_LOG_LINES:])


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Path, log: Path, port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None:
            said = last_words(log)
            if "cannot listen" in said:
                raise LocalCloudError(
                    f"port {port} is taken{_holder(port)}: stop what uses it, or choose another with --port "
                    f"(0: a free one); the emulator said:\n{said}"
                )
            raise LocalCloudError(f"the emulator ended at once (exit {process.returncode}):\n{said}")
        if time.monotonic() > deadline:
            raise LocalCloudError(f"the emulator did not come up in {_START_SECONDS} s:\n{last_words(log)}")
        time.sleep(_LOOK_SECONDS)


def _holder(port: int) -> str:
    """Return who listens on a port, as far as this user may see it."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if (
                connection.laddr
                and connection.laddr.port == port
                and connection.pid
                and connection.status == psutil.CONN_LISTEN
            ):
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def _is_emulator_of(folder: Path, pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(_ready_file(folder)) in process.cmdline()
    except psutil.Error:
        return False


def _end(processes: Sequence[psutil.Process]) -> bool:
    """Wait until processes have ended, and return whether they did in time."""
    deadline = time.monotonic() + _STOP_SECONDS
    while not all(map(_has_ended, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _has_ended(process: psutil.Process) -> bool:
    """Whether a process has ended; its parent need not have noticed, as process 1 of many containers never does."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        if process.status() != psutil.STATUS_ZOMBIE:
            return False
        process.wait(_LOOK_SECONDS)  # buries it, where we are the parent
    return True


def _record_file(folder: Path) -> Path:
    return folder / "cloud.json"


def _ready_file(folder: Path) -> Path:
    return folder.resolve() / "ready.json"
