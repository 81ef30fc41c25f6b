"""Lifecycle of the emulator's process: start, record, find by its command line, stop."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil
from filelock import FileLock

from constructs_lib.local import record as records
from constructs_lib.local.emulator_environment import emulator_python, is_sound
from constructs_lib.local.emulator_http import health_report
from constructs_lib.local.emulator_processes import children, emulators, ended, is_emulator
from constructs_lib.local.errors import LocalCloudError
from constructs_lib.local.record import Record
from constructs_lib.local.toolchain import node_sdk_folder, reporting_write_errors, without_unusable_folders

ACCOUNT: Final = "000000000000"
"""The default account of a local cloud, for an app that is not pinned."""
REGION: Final = "us-east-1"
"""The default region of a local cloud, for an app that is not pinned."""
FOLDER: Final = ".local-cloud"
"""The project's folder for the record, the log and, with `keep`, the state of its local cloud."""
_SCRATCH: Final = re.compile(r"cognito-app-[0-9a-f]{16}")
"""The name of an emulator's folder for temporary files."""
_START_SECONDS: Final = 30
_LOOK_SECONDS: Final = 0.02
_LOG_LINES: Final = 3
_REFUSED: Final = 3
"""The emulator's exit status if its last line of output is the reason."""


def join_or_start(
    folder: Path, *, port: int = 0, keep: bool = False, region: str = REGION, account: str = ACCOUNT
) -> tuple[Record, bool]:
    """Return the record of a project's emulator, and whether this call started it. Concurrent callers get the same one.

    A running emulator without a record is joined; if it does not respond, or its keys are lost, it is stopped.

    Args:
        folder: The project's `.local-cloud` folder.
        port: HTTP port of a new emulator. 0: a free port.
        keep: Whether a new emulator keeps users, files and rows after a stop.
        region: Region of a new emulator.
        account: Account of a new emulator.

    Raises:
        LocalCloudError: As `start` does.
    """
    with reporting_write_errors(folder):
        records.private_folder(folder)
        # Keeps the folder out of the project's git repository.
        records.write_privately(folder / ".gitignore", "*\n")
        with FileLock(folder / "start.lock", mode=0o600):
            record = running(folder)
            if record:
                return record, False
            stop(folder)
            return start(folder, port=port, keep=keep, region=region, account=account), True


def start(folder: Path, *, port: int = 0, keep: bool = False, region: str = REGION, account: str = ACCOUNT) -> Record:
    """Start an emulator, wait until it responds, and return its record. The arguments are those of `join_or_start`.

    Raises:
        LocalCloudError: If the emulator cannot be installed, the port is used, or it does not start.
    """
    ready = _ready_file(folder)
    command = ["-m", "emulator", "--ready", str(ready), "--port", str(port), "--region", region, "--account", account]
    command += ["--keys", str(records.keys_file(folder)), "--node-packages", str(node_sdk_folder() / "node_modules")]
    if keep:
        command += ["--state", str(folder.resolve() / "state")]
    try:
        process = _launch([str(emulator_python()), *command], folder, port)
    except _DamagedError as error:
        # The environment may be damaged: rebuild it once.
        if is_sound():
            raise _ended_at_once(folder) from error
        try:
            process = _launch([str(emulator_python(anew=True)), *command], folder, port)
        except _DamagedError:
            raise _ended_at_once(folder) from error
    try:
        with reporting_write_errors(folder):
            record = Record(**json.loads(ready.read_text(encoding="utf-8")))
            records.write(folder, record)
            ready.unlink()
    except BaseException:
        _kill(process, folder)
        raise
    return record


def _launch(command: Sequence[str], folder: Path, port: int) -> subprocess.Popen[bytes]:
    ready, log = _ready_file(folder), folder / "emulator.log"
    environment = without_unusable_folders(os.environ)
    environment |= {"PYTHONPATH": str(Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1"}
    with reporting_write_errors(folder):
        records.private_folder(folder)
        records.make_keys(folder)
        ready.unlink(missing_ok=True)
        log.unlink(missing_ok=True)
        with open(os.open(log, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as output:  # noqa: PTH123 - with a mode
            try:
                process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                    start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                raise _DamagedError from error
    try:
        _wait_until_ready(process, ready, log, port)
    except BaseException:
        _kill(process, folder)
        raise
    return process


def _kill(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.kill()
    process.wait()
    _remove(_scratch(folder))


class _DamagedError(Exception):
    """The emulator ended before it could report a reason."""


def _ended_at_once(folder: Path) -> LocalCloudError:
    log = folder / "emulator.log"
    return LocalCloudError(f"the emulator ended at once with {last_lines(log, lines=1)!r}; read its log {log}")


def running(folder: Path) -> Record | None:
    """Return the record of a project's running emulator, or None; remove a record whose process has ended.

    The emulator is identified by its command line, which names the project's folder: a busy emulator that does not
    answer still counts, and another process with a reused ID does not. If the record was lost, the emulator is found by
    its command line, and its record is restored from its health report.
    """
    record = records.read(folder)
    if record and is_emulator(record.pid, _ready_file(folder)):
        return record
    records.forget(folder)
    for emulator in emulators(_ready_file(folder)):
        record = _record_of(folder, emulator)
        if record:
            # If the record cannot be written now, the next call finds the emulator again.
            with contextlib.suppress(OSError):
                records.write(folder, record)
            return record
    return None


def exists(folder: Path) -> bool:
    """Return whether any emulator of a project runs, including one that is no longer usable."""
    return bool(emulators(_ready_file(folder)))


def is_running(folder: Path, record: Record) -> bool:
    """Return whether a record's emulator still runs for a project."""
    return is_emulator(record.pid, _ready_file(folder))


def stop(folder: Path) -> bool:
    """Stop every emulator of a project, and return whether one ran.

    Only emulators of the project are stopped, never another process with a reused ID. An emulator that does not end
    within 15 seconds is killed, with the functions it runs. The temporary files of a killed one are removed.
    """
    # Read before the processes are listed, because an emulator that starts later overwrites the file.
    scratch = _scratch(folder)
    ours = emulators(_ready_file(folder))
    family = [member for emulator in ours for member in (emulator, *children(emulator))]
    for emulator in ours:
        with contextlib.suppress(psutil.NoSuchProcess):
            emulator.terminate()
    if not ended(ours):
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        ended(family)
    _remove(scratch)
    records.forget(folder)
    return bool(ours)


def _scratch(folder: Path) -> Path | None:
    """Return the folder for temporary files of a project's last emulator, or None if there is none."""
    try:
        found = Path(_ready_file(folder).with_name("scratch").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if _SCRATCH.fullmatch(found.name) else None


def _remove(scratch: Path | None) -> None:
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


def last_lines(log: Path, *, lines: int = _LOG_LINES) -> str:
    """Return the last lines of an emulator's log."""
    try:
        log_lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(log_lines[-lines:])


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Path, log: Path, port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None:
            if process.returncode != _REFUSED:
                raise _DamagedError
            last_line = last_lines(log, lines=1)
            if "cannot listen" in last_line:
                raise LocalCloudError(
                    f"port {port} is used{_listener(port)} ({last_line}); choose another port with --port, or 0 for a "
                    "free one"
                )
            raise LocalCloudError(f"the emulator did not start because {last_line}")
        if time.monotonic() > deadline:
            raise LocalCloudError(
                f"the emulator did not start within {_START_SECONDS} s; start it again. The end of its log:\n"
                f"{last_lines(log)}"
            )
        time.sleep(_LOOK_SECONDS)


def _listener(port: int) -> str:
    """Return the process that listens on a port, as text; empty if this user cannot see it."""
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


def _record_of(folder: Path, emulator: psutil.Process) -> Record | None:
    """Return the record from an emulator's health report, or None if it does not respond or its keys were lost."""
    keys = records.keys(folder)
    with contextlib.suppress(psutil.Error):
        for connection in emulator.net_connections("tcp4"):
            if connection.status == psutil.CONN_LISTEN:
                health = health_report(f"http://127.0.0.1:{connection.laddr.port}") or {}
                with contextlib.suppress(KeyError, TypeError):
                    record = Record(**health["record"])
                    return record if keys and record.access_key == keys.access_key else None
    return None


def _ready_file(folder: Path) -> Path:
    return folder.resolve() / "ready.json"
