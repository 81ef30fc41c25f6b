# ruff: noqa: PTH105, PTH108, PTH123 - a key may be any text, such as `a/../b`; and Path objects cost a fifth of the change
"""Atomic changes of kept buckets' files, even if the process ends at any moment. Imports no MiniStack.

MiniStack keeps an object in one file and its metadata in a second one. Before both are replaced, the old files are
linked into a separate folder; files still there at the next start belong to an unfinished change and are restored.
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

    The objects are below the folder of the kept state.
    """

    def __init__(self, folder: Path) -> None:
        """Roll back the unfinished changes of an earlier process."""
        undo, drafts = folder / _UNDO, folder / _DRAFTS
        if undo.is_dir():
            for step in undo.glob(f"*{_STEP}"):
                # A process that ended while it wrote this file had not changed the object yet.
                with suppress(ValueError):
                    _put_back(str(step), str(json.loads(step.read_text(encoding="utf-8"))))
        for scratch in (undo, drafts):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True, mode=0o700)
        self._undo, self._drafts, self._numbers = str(undo), str(drafts), count()

    @contextmanager
    def changing(self, place: str) -> Iterator[None]:
        """Make the block's changes to an object's two files atomic: none applies if it raises or the process ends."""
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
        """Write a file atomically, with access for its user only.

        MiniStack's own temporary file may have another object's name: writing `a` would destroy `a.tmp`.

        Raises:
            OSError: If it cannot be written.
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
