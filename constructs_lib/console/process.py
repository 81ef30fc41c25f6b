"""Process of the console beside a local cloud: started, found again, and ended with the cloud.

It listens at once and loads its pages on the first request, so that `up` does not wait for it.
"""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil
from filelock import FileLock

from constructs_lib.console.request_guard import ConsoleEndpoint
from constructs_lib.local import LocalCloudError
from constructs_lib.local.record import write_privately

if TYPE_CHECKING:
    from constructs_lib.local import LocalCloud

MODULE: Final = "constructs_lib.console"
NEEDED: Final = ("jinja2", "starlette", "uvicorn")
"""The packages that the pages need."""
_RECORD: Final = "console.json"
_LOG: Final = "console.log"
_SECONDS: Final = 1.0
"""How long the arguments of a new process are waited for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A running console.

    Attributes:
        cloud: The process ID of its local cloud.
        pid: Its own process ID; 0 until it is started.
        port: Its port.
        room: The first part of every path.
        token: The secret in its address and cookie.
    """

    cloud: int
    pid: int
    port: int
    room: str
    token: str

    @property
    def endpoint(self) -> ConsoleEndpoint:
        """Its address and token."""
        return ConsoleEndpoint(port=self.port, room=self.room, token=self.token)


def start_console(cloud: "LocalCloud") -> str:
    """Return the address of a local cloud's console; start the console if none runs. It ends with the cloud.

    Raises:
        LocalCloudError: If it cannot be started, or a package that it needs is missing.
    """
    missing = next((name for name in NEEDED if find_spec(name) is None), None)
    if missing:
        raise LocalCloudError(f"{missing} is missing; install it with: pip install 'cognito-app-constructs[local]'")
    try:
        with FileLock(cloud.folder / "console.lock", mode=0o600):
            found = read_record(cloud.folder)
            if found is None or found.cloud != cloud.pid or not _runs(found.pid, cloud.project):
                found = _start(cloud)
    except OSError as error:
        raise LocalCloudError(f"the console cannot be started: {error}") from error
    return found.endpoint.address


def read_record(folder: Path) -> Record | None:
    """Return the record of a project's console; None if there is no readable one."""
    try:
        return Record(**json.loads((folder / _RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _start(cloud: "LocalCloud") -> Record:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = ConsoleEndpoint(port=listener.getsockname()[1])
        record = Record(cloud=cloud.pid, pid=0, port=endpoint.port, room=endpoint.room, token=endpoint.token)
        _write(cloud.folder, record)
        # The token is in this user's file, because command lines are visible to all users.
        command = [sys.executable, "-P", "-m", MODULE, str(cloud.project), str(listener.fileno())]
        with open(os.open(cloud.folder / _LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:  # noqa: PTH123 - with a mode
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[listener.fileno()],
                start_new_session=True,
            )  # fmt: skip
    _await_command(process.pid)
    record = Record(**{**asdict(record), "pid": process.pid})
    _write(cloud.folder, record)
    return record


def _await_command(pid: int) -> None:
    """Wait until a process that was just started shows its command line, by which it is found again.

    The kernel reports the new program a moment before its arguments: of 1,500 starts on a busy machine, 16 showed none.
    """
    deadline = time.monotonic() + _SECONDS
    with suppress(psutil.Error):
        while not psutil.Process(pid).cmdline() and time.monotonic() < deadline:
            time.sleep(0.001)


def _write(folder: Path, record: Record) -> None:
    write_privately(folder / _RECORD, json.dumps(asdict(record)))


def _runs(pid: int, project: Path) -> bool:
    """Return whether a process is this user's console of a project: the process ID may have been reused."""
    try:
        process = psutil.Process(pid)
        ours = process.uids().effective == os.geteuid() and process.status() != psutil.STATUS_ZOMBIE
        return ours and process.cmdline()[-4:-1] == ["-m", MODULE, str(project)]
    except (psutil.Error, ValueError):
        return False
