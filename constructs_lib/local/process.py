"""The emulator as a process: started, recorded, known by its command line, found again by it, stopped."""

import contextlib
import http.client
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil
from filelock import FileLock

from constructs_lib.local import record as records
from constructs_lib.local.environment import emulator_python
from constructs_lib.local.errors import LocalCloudError
from constructs_lib.local.record import Record

FOLDER: Final = ".local-cloud"
"""Where a project keeps the record, the log and, if asked, the state of its local cloud."""
_HEALTH: Final = "/_cognito_app/health"
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 15
_LOOK_SECONDS: Final = 0.02
_LOG_LINES: Final = 12
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks the emulator itself, whatever proxy the environment names."""


def join_or_start(folder: Path, *, port: int = 0, keep: bool = False) -> tuple[Record, bool]:
    """Return the emulator of a project, and whether it was started here. Concurrent callers get the same one.

    One whose record was lost is joined; one that does not answer either, or whose keys were lost, is stopped.

    Args:
        folder: The project's `.local-cloud` folder.
        port: HTTP port of a new one; 0 for a free one.
        keep: Whether users, files and rows outlive a new one.

    Raises:
        LocalCloudError: As `start` does.
    """
    with _written(folder):
        records.private_folder(folder)
        # The project's git need not know what lies here.
        records.write_privately(folder / ".gitignore", "*\n")
        (folder / "start.lock").touch(mode=0o600)
    with FileLock(folder / "start.lock", mode=0o600):
        record = running(folder)
        if record:
            return record, False
        stop(folder)
        return start(folder, port=port, keep=keep), True


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
    ready, log = _ready_file(folder), folder / "emulator.log"
    state = folder.resolve() / "state"
    command = [str(python), "-m", "emulator", "--ready", str(ready), "--port", str(port), "--region", region]
    command += ["--keys", str(records.keys_file(folder)), *(["--state", str(state)] if keep else [])]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"}
    with _written(folder):
        records.private_folder(folder)
        records.make_keys(folder)
        ready.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        with open(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as output:  # noqa: PTH123 - with a mode
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True
            )
    try:
        _wait_until_ready(process, ready, log, port)
        with _written(folder):
            record = Record(**json.loads(ready.read_text(encoding="utf-8")))
            records.write(folder, record)
            ready.unlink()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return record


def running(folder: Path) -> Record | None:
    """Return the emulator that runs for a project, or None. A record whose process is gone is cleared away.

    It is known by its command line, which names the project's folder: one that is too busy to answer still runs, and
    another process that got its number is none. One whose record was lost is found by it, and asked for what it said.
    """
    record = records.read(folder)
    if record and _is_emulator_of(folder, record.pid):
        return record
    records.forget(folder)
    for emulator in _emulators_of(folder):
        record = _asked(folder, emulator)
        if record:
            # It is found again the next time, if it cannot be written now.
            with contextlib.suppress(OSError):
                records.write(folder, record)
            return record
    return None


def exists(folder: Path) -> bool:
    """Whether any emulator of a project runs, be it one that nobody can use any more."""
    return bool(_emulators_of(folder))


def lives(folder: Path, record: Record) -> bool:
    """Whether a project's emulator is still the one of a record."""
    return _is_emulator_of(folder, record.pid)


def stop(folder: Path) -> bool:
    """Stop every emulator of a project, and return whether one ran.

    Only a process that is such an emulator is stopped, never another that got its number. One that does not end in
    15 seconds is killed, with the functions it runs.
    """
    emulators = _emulators_of(folder)
    family = [member for emulator in emulators for member in (emulator, *_children(emulator))]
    for emulator in emulators:
        with contextlib.suppress(psutil.NoSuchProcess):
            emulator.terminate()
    if not _end(emulators):
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        _end(family)
    records.forget(folder)
    return bool(emulators)


def ask_health(address: str) -> dict[str, Any] | None:
    """Return what an emulator says of itself, or None when nothing of ours answers."""
    try:
        with _OPENER.open(address + _HEALTH, timeout=5) as answer:
            found = json.load(answer)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return found if isinstance(found, dict) else None


def ask_control(address: str, path: str, *, method: str, secret_key: str) -> bytes:
    """Return what one of an emulator's own controls answers.

    Args:
        address: The emulator's.
        path: The control's path and query.
        method: The method.
        secret_key: The administrator's secret access key.

    Raises:
        LocalCloudError: When it refuses or does not answer.
    """
    request = urllib.request.Request(  # noqa: S310 - a loopback address of ours
        address + path, method=method, headers={"Authorization": f"Bearer {secret_key}"}
    )
    try:
        with _OPENER.open(request, timeout=30) as answer:
            return bytes(answer.read())
    except OSError as error:
        raise LocalCloudError(f"{method} {address}{path}: {error}") from error


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
        return _names(psutil.Process(pid), _ready_file(folder))
    except (psutil.Error, ValueError):
        return False


def _emulators_of(folder: Path) -> list[psutil.Process]:
    """Return every emulator of a project that runs, with a record or without."""
    ready = _ready_file(folder)
    return [process for process in psutil.process_iter() if _names(process, ready)]


def _names(process: psutil.Process, ready: Path) -> bool:
    try:
        # Another user's process may name anything.
        ours = process.uids().effective == os.geteuid()
        return ours and process.status() != psutil.STATUS_ZOMBIE and str(ready) in process.cmdline()
    except psutil.Error:
        return False


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _asked(folder: Path, emulator: psutil.Process) -> Record | None:
    """Return what an emulator says of itself, or None: it does not answer, or nobody has its keys any more."""
    keys = records.keys(folder)
    with contextlib.suppress(psutil.Error):
        for connection in emulator.net_connections("tcp4"):
            if connection.status == psutil.CONN_LISTEN:
                said = ask_health(f"http://127.0.0.1:{connection.laddr.port}") or {}
                with contextlib.suppress(KeyError, TypeError):
                    record = Record(**said["record"])
                    return record if keys and record.access_key == keys.access_key else None
    return None


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Say in a sentence when something in a project's folder cannot be written."""
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise LocalCloudError(
            f"{error.filename or folder} cannot be written ({what[:1].lower()}{what[1:]}): the local cloud keeps its "
            f"files in {folder}, which needs room and must be yours to write to"
        ) from error


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


def _ready_file(folder: Path) -> Path:
    return folder.resolve() / "ready.json"
