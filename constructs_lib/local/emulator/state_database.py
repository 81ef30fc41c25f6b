"""State of `up --keep` in one SQLite file: entries of services and rows of tables. Imports no MiniStack.

A commit is in the file once it returns, even if the process ends afterwards. The file is locked while it is open, so a
second emulator on the same folder gets an error and cannot overwrite it. The file contains its format version.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

FILE: Final = "kept.sqlite"
VERSION: Final = 1
_BESIDE: Final = ("services/cognito-pool-keys", "s3")
"""The other files that exist once state is kept."""
_APPLICATION: Final = 0x436F4C63  # "CoLc": the emulator must not write to SQLite files of other programs
_TABLES: Final = """
CREATE TABLE entries (service TEXT, store TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (service, store, key));
CREATE TABLE rows (owner TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (owner, key));
"""
Entry: TypeAlias = tuple[str, str, str]
"""Service, store, key."""


class KeptStateError(RuntimeError):
    """The kept state cannot be used or written; the message names the remedy."""


@dataclass(kw_only=True, slots=True)
class Changes:
    """Changes of one commit. A value of None deletes an entry or a row.

    Args:
        entries: Entries of services.
        rows: Rows of tables, by owner (the table) and key.
        gone: Owners all of whose rows are deleted before `rows` are written.
    """

    entries: dict[Entry, str | None]
    rows: dict[tuple[str, str], str | None]
    gone: set[str]

    def __bool__(self) -> bool:
        """Return whether there are changes to write."""
        return bool(self.entries or self.rows or self.gone)


class KeptState:
    """The open state file.

    Args:
        folder: Its folder; created if missing, with access for its user only.

    Attributes:
        path: The file.
        is_new: Whether it was created by this call.

    Raises:
        KeptStateError: If another process has it open, it is damaged, or a newer version wrote it.
    """

    def __init__(self, folder: Path) -> None:
        """Open the file and lock it."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / FILE
        self.is_new = False
        if self.path.exists() and not self.path.stat().st_size and any((folder / each).exists() for each in _BESIDE):
            raise KeptStateError(_damaged(folder, "its file is empty"))
        self.path.touch(mode=0o600)
        try:
            # The server's thread writes; a function's thread may only mark its changes.
            self._database = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            self._open()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise KeptStateError(
                    f"the kept state in {folder} is in use by another local cloud; stop it with `cognito-app down`"
                ) from error
            raise KeptStateError(
                f"the kept state in {folder} cannot be opened ({error}); check its permissions"
            ) from error
        except sqlite3.DatabaseError as error:
            raise KeptStateError(_damaged(folder, str(error))) from error

    def _open(self) -> None:
        run = self._database.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        [[application]], [[version]] = run("PRAGMA application_id"), run("PRAGMA user_version")
        is_empty = not run("SELECT 1 FROM sqlite_schema").fetchone()
        if application == _APPLICATION or is_empty:
            run("PRAGMA journal_mode = WAL")
            run("PRAGMA synchronous = NORMAL")
        run("BEGIN EXCLUSIVE")
        if is_empty:
            for statement in filter(str.strip, _TABLES.split(";")):
                run(statement)
            run(f"PRAGMA application_id = {_APPLICATION}")
            run(f"PRAGMA user_version = {VERSION}")
            self.is_new = True
        elif application != _APPLICATION:
            raise KeptStateError(_damaged(self.path.parent, "it is not a file of the local cloud"))
        elif version > VERSION:
            raise KeptStateError(
                f"the kept state in {self.path.parent} was written by a newer version (format {version}, this one "
                f"reads {VERSION}); use that version, or delete the state with `cognito-app down --delete-state`"
            )
        run("COMMIT")
        [[result]] = run("PRAGMA quick_check(1)")
        if result != "ok":
            raise KeptStateError(_damaged(self.path.parent, result.splitlines()[-1]))

    def entries(self, service: str) -> Iterator[tuple[str, str, str]]:
        """Yield store, key and value of a service's entries.

        Raises:
            KeptStateError: If the file is damaged.
        """
        yield from self._read("SELECT store, key, value FROM entries WHERE service = ? ORDER BY store, key", service)

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield owner, key and value of every row.

        Raises:
            KeptStateError: If the file is damaged.
        """
        yield from self._read("SELECT owner, key, value FROM rows")

    def _read(self, query: str, *values: str) -> Iterator[tuple[str, str, str]]:
        try:
            with closing(self._database.execute(query, values)) as found:
                yield from found
        except sqlite3.DatabaseError as error:
            raise KeptStateError(_damaged(self.path.parent, str(error))) from error

    def write(self, changes: Changes) -> None:
        """Write changes, all or none.

        Raises:
            KeptStateError: If they cannot be written, for example because the disk is full.
        """
        run, many = self._database.execute, self._database.executemany
        try:
            run("BEGIN")
            many("DELETE FROM rows WHERE owner = ?", [(owner,) for owner in changes.gone])
            many("DELETE FROM rows WHERE owner = ? AND key = ?", _deleted(changes.rows.items()))
            many("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", _written(changes.rows.items()))
            many("DELETE FROM entries WHERE service = ? AND store = ? AND key = ?", _deleted(changes.entries.items()))
            many("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", _written(changes.entries.items()))
            run("COMMIT")
        except sqlite3.Error as error:
            if self._database.in_transaction:
                run("ROLLBACK")
            raise KeptStateError(
                f"nothing could be written to {self.path.parent} ({error}); check that its disk is not full"
            ) from error

    def damaged(self, result: str) -> str:
        """Return a sentence that reports damaged state and the remedy."""
        return _damaged(self.path.parent, result)

    def close(self) -> None:
        """Close the file, which also releases the lock."""
        self._database.close()


def _deleted(changes: Iterable[tuple[tuple[str, ...], str | None]]) -> list[tuple[str, ...]]:
    return [key for key, value in changes if value is None]


def _written(changes: Iterable[tuple[tuple[str, ...], str | None]]) -> list[tuple[str, ...]]:
    return [(*key, value) for key, value in changes if value is not None]


def _damaged(folder: Path, result: str) -> str:
    return (
        f"the kept state in {folder} is damaged ({result}); put your backup there, or delete the state with "
        "`cognito-app down --delete-state`"
    )
