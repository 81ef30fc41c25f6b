"""What a run is about to make, written down before it is made: a run that is killed can be swept by it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIX: Final = ".jsonl"


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one run: a file that only its user reads, a line of JSON for each thing.

    The first line says the run, and is on the disk before anything is asked of the cloud.

    Args:
        path: The file.
        run: The run.
    """

    path: Path
    run: Run

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
        path = folder / f"{run.run_id}{_SUFFIX}"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        journal = cls(path, run)
        journal._write(
            {
                "run_id": run.run_id,
                "account": run.account,
                "region": run.region,
                "partition": run.partition,
                "local": run.local,
            }
        )
        return journal

    def about_to_make(self, kind: str, name: str) -> None:
        """Write down something that is about to be made; on the disk when this returns.

        Args:
            kind: What it is: a kind that the sweep knows (`constructs_lib.verify.kinds`).
            name: Its name, which must be known before it is made.
        """
        self._write({"kind": kind, "name": name})

    @property
    def made(self) -> tuple[tuple[str, str], ...]:
        """What has been written down, as (kind, name), in order. A last line that was cut off is left out."""
        return tuple(dict.fromkeys((each["kind"], each["name"]) for each in _lines(self.path) if "kind" in each))

    def end(self) -> None:
        """Remove the journal: nothing of the run is left."""
        self.path.unlink(missing_ok=True)

    def _write(self, line: dict[str, object]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())


def journals(folder: Path) -> list[Journal]:
    """Return the journals of runs that have not ended, oldest first.

    One without its first line is a run that has asked nothing of the cloud; it is removed.
    """
    found = []
    for path in sorted(folder.glob(f"*{_SUFFIX}"), key=lambda each: each.stat().st_mtime):
        first = next(_lines(path), None)
        if first is None:
            path.unlink()
            continue
        found.append(
            Journal(
                path,
                Run(
                    run_id=first["run_id"],
                    account=first["account"],
                    region=first["region"],
                    partition=first["partition"],
                    local=first["local"],
                ),
            )
        )
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)
