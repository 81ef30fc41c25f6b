"""What a run is about to make, written down before it is made: a run that is killed can be swept by it."""

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
    """The journal of one run: a file that only its user reads, a line of JSON for each thing.

    The first line says the run, and is on the disk before anything is asked of the cloud. The file is locked by the
    process whose run it is, so that no other sweeps what is in use; the lock ends with the process, however that ends.

    Attributes:
        path: The file.
        run: The run.
    """

    def __init__(self, path: Path, run: Run, file: IO[str]) -> None:
        """Take over an open, locked file; `begin` and `journals` do."""
        self.path = path
        self.run = run
        self._file = file

    @classmethod
    def begin(cls, folder: Path, run: Run) -> Journal:
        """Begin the journal of a run.

        Args:
            folder: Where journals are.
            run: The run.

        Raises:
            FileExistsError: The run has one already.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path, new = folder / f"{run.run_id}{_SUFFIX}", folder / f"{run.run_id}.new"
        file = os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600), "a+", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX)
        journal = cls(path, run, file)
        journal._write(asdict(run))
        try:
            # Nobody sees it before it is locked and has its first line.
            os.link(new, path)
        finally:
            new.unlink()
        return journal

    def about_to_make(self, kind: str, name: str) -> None:
        """Write down something that is about to be made; on the disk when this returns.

        Args:
            kind: What it is: a kind that the sweep knows (`constructs_lib.verify.resource_kinds`).
            name: Its name, which must be known before it is made.

        Raises:
            ValueError: For a name that is not the run's.
        """
        if not self.run.owns(name):
            raise ValueError(f"{kind} {name!r}: the names of everything a run makes begin with {self.run.prefix}")
        self._write({"kind": kind, "name": name})

    @property
    def made(self) -> tuple[tuple[str, str], ...]:
        """What has been written down, as (kind, name), in order. A last line that was cut off is left out."""
        return tuple(dict.fromkeys((each["kind"], each["name"]) for each in _lines(self.path) if "kind" in each))

    def end(self) -> None:
        """Remove the journal: nothing of the run is left."""
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Keep the journal, for another process to sweep by."""
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def journals(folder: Path) -> list[Journal]:
    """Take over the journals of runs that have ended without a sweep, oldest first.

    Left out is one that another process holds. One without its first line is of a run that has asked nothing of the
    cloud; it is removed.

    Raises:
        ValueError: No run has written a file as it is: what it names is not removed.
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


def is_under_way(folder: Path, run_id: str) -> bool:
    """Whether another process holds the journal of a run."""
    path = folder / f"{run_id}{_SUFFIX}"
    if not path.exists():
        return False
    file = _locked(path)
    if file is not None:
        file.close()
    return file is None


def _locked(path: Path) -> IO[str] | None:
    """Open and lock a journal; None where another process holds it."""
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _run_of(path: Path) -> Run | None:
    """Return the run of a journal all of whose lines a run could have written; None for one without a first line."""
    try:
        lines = list(_lines(path))
        if not lines:
            return None
        run = Run(**lines[0])
        _check_lines(run, path, lines[1:])
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} was not written by a run ({error}): look at it and remove it; "
            "`cognito-app verify --sweep` then says which runs have left something"
        ) from error
    return run


def _check_lines(run: Run, path: Path, made: list[dict[str, Any]]) -> None:
    if path.name != f"{run.run_id}{_SUFFIX}":
        raise ValueError(f"its first line says the run {run.run_id}")
    for each in made:
        if each.keys() != {"kind", "name"} or not run.owns(each["name"]):
            raise ValueError(f"{each} is not what run {run.run_id} makes, whose names begin with {run.prefix}")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
