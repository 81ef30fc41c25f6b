# ruff: noqa: PTH105, PTH108, PTH123 - a key may be anything, such as `a/../b`; and paths cost a fifth of the change
"""Files of kept buckets that change together or not at all, though the process may end at any moment. No MiniStack.

MiniStack keeps an object in a file and what it knows of it in a second one. Before both are replaced, the old ones are
linked into a folder of their own; whatever is still there at the next start did not come to its end and is put back.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

SIDECAR: Final = ".meta.json"
_UNDO: Final = "undo"
_DRAFTS: Final = "drafts"
_STEP: Final = ".step"
_OLD: Final = ".old"
_SUFFIXES: Final = ("", SIDECAR)


class KeptFiles:
    """The folder of the kept buckets.

    Args:
        folder: The folder of the kept state; the objects are below it.
    """

    def __init__(self, folder: Path) -> None:
        """Put back what an earlier process did not finish."""
        undo, drafts = folder / _UNDO, folder / _DRAFTS
        if undo.is_dir():
            for step in undo.glob(f"*{_STEP}"):
                # One that ended while it wrote this file had changed nothing yet.
                with suppress(ValueError):
                    _put_back(str(step), str(json.loads(step.read_text(encoding="utf-8"))))
        for scratch in (undo, drafts):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True, mode=0o700)
        self._undo, self._drafts, self._numbers = str(undo), str(drafts), count()

    @contextmanager
    def changing(self, place: str) -> Iterator[None]:
        """Make what the block does to an object's two files happen whole; if it raises or the process ends, not at all.

        Args:
            place: The path of the object's file.
        """
        step = f"{self._undo}/{next(self._numbers)}{_STEP}"
        done = [step]
        for suffix in _SUFFIXES:
            with suppress(FileNotFoundError):
                os.link(place + suffix, step + _OLD + suffix)
                done.append(step + _OLD + suffix)
        _create(step, json.dumps(place).encode())
        try:
            yield
        except BaseException:
            _put_back(step, place)
            raise
        finally:
            for each in done:
                with suppress(FileNotFoundError):
                    os.unlink(each)

    def write(self, place: str, data: bytes | str) -> None:
        """Write a file whole or not at all, for its user alone.

        MiniStack's own way is a file beside it with a name that another object may have: `a` would destroy `a.tmp`.

        Raises:
            OSError: It cannot be written.
        """
        draft = f"{self._drafts}/{next(self._numbers)}"
        try:
            _create(draft, data.encode() if isinstance(data, str) else data)
            os.replace(draft, place)
        except OSError:
            with suppress(FileNotFoundError):
                os.unlink(draft)
            raise


def _create(path: str, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _put_back(step: str, place: str) -> None:
    for suffix in _SUFFIXES:
        try:
            os.replace(step + _OLD + suffix, place + suffix)
        except FileNotFoundError:
            with suppress(FileNotFoundError):
                os.unlink(place + suffix)
