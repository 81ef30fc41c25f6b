"""Journal of a run: each resource is recorded before it is created, so that a run that was killed can be swept."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any, Final

from constructs_lib.verify.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIX: Final = ".jsonl"


class Journal:
    """The journal of one run: a private file with one line of JSON for each resource.

    The first line names the run, and is on disk before the first call to the cloud. The process of the run locks the
    file, so that no other process sweeps resources in use; the lock ends with the process, however the process ends.

    Attributes:
        path: The file.
        run: The run.
    """

    def __init__(self, path: Path, run: Run, file: IO[str]) -> None:
        """Wrap an open, locked file; use `begin` or `journals` instead."""
        self.path = path
        self.run = run
        self._file = file

    @classmethod
    def begin(cls, folder: Path, run: Run) -> Journal:
        """Begin the journal of a run, in the folder of the journals.

        Raises:
            FileExistsError: If the run already has a journal.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path, new = folder / f"{run.run_id}{_SUFFIX}", folder / f"{run.run_id}.new"
        file = os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600), "a+", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX)
        journal = cls(path, run, file)
        journal._write(asdict(run))
        try:
            # Other processes cannot see it before it is locked and has its first line.
            os.link(new, path)
        finally:
            new.unlink()
        return journal

    def record_resource(self, kind: str, name: str) -> None:
        """Record a resource before its creation; the record is on disk when this returns.

        The kind is named as in `constructs_lib.verify.resource_kinds`.

        Raises:
            ValueError: If the name does not begin with the run's prefix.
        """
        if not self.run.owns(name):
            raise ValueError(f"{kind} {name!r} is not a name of this run; begin it with {self.run.prefix!r}")
        self._write({"kind": kind, "name": name})

    @property
    def made(self) -> tuple[tuple[str, str], ...]:
        """The recorded resources as (kind, name), in order, without a truncated last line."""
        return tuple(dict.fromkeys((each["kind"], each["name"]) for each in _lines(self.path) if "kind" in each))

    def end(self) -> None:
        """Remove the journal of a run without remaining resources."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Close and keep the journal, so that another process can sweep the run."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def journals(folder: Path) -> list[Journal]:
    """Lock and return the journals of runs that ended without a sweep, oldest first.

    Journals that another process holds are omitted. A journal without its first line belongs to a run that made no call
    to the cloud; it is removed.

    Raises:
        ValueError: If a file was not written by a run; the resources that it names are not removed.
    """
    found: list[Journal] = []
    try:
        for path in sorted(folder.glob(f"*{_SUFFIX}"), key=lambda each: each.stat().st_mtime):
            file = _locked(path)
            if file is None:
                continue
            run = _run_of(path)
            if run is None:
                path.unlink(missing_ok=True)
                file.close()
            else:
                found.append(Journal(path, run, file))
    except ValueError:
        for each in found:
            each.close()
        raise
    return found


def is_in_progress(folder: Path, run_id: str) -> bool:
    """Return whether another process holds the journal of a run."""
    path = folder / f"{run_id}{_SUFFIX}"
    if not path.exists():
        return False
    file = _locked(path)
    if file is not None:
        file.close()
    return file is None


def _locked(path: Path) -> IO[str] | None:
    """Open and lock a journal; return None if another process holds it."""
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _run_of(path: Path) -> Run | None:
    """Return the run of a journal if a run could have written all its lines; None for one without a first line."""
    try:
        lines = list(_lines(path))
        if not lines:
            return None
        run = Run(**lines[0])
        _check_lines(run, path, lines[1:])
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} was not written by a run ({error}); inspect and remove it, then run "
            "`cognito-app verify --sweep`, which lists the runs that have left resources"
        ) from error
    return run


def _check_lines(run: Run, path: Path, made: list[dict[str, Any]]) -> None:
    if path.name != f"{run.run_id}{_SUFFIX}":
        raise ValueError(f"its first line names the run {run.run_id}")
    for each in made:
        if each.keys() != {"kind", "name"} or not run.owns(each["name"]):
            raise ValueError(f"{each} is not a resource of run {run.run_id}, whose names begin with {run.prefix}")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
