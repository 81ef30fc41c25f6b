"""Ways to damage a file or a folder, and the result of `up` after one."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from constructs_lib.cli.main import main
from constructs_lib.local import emulator_lifecycle
from constructs_lib.local import record as records

Damage: TypeAlias = Callable[[Path], object]
"""Does something to a file or folder."""

FEW_LINES = 12


class Up:
    """Runs `up` and returns its result."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, project: Path, *words: str) -> tuple[int, str]:
        self._monkeypatch.chdir(project)
        with pytest.raises(SystemExit) as ended:
            main(["up", "--app", "unused", *words])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return int(ended.value.code or 0), said.err

    def succeeds(self, project: Path, *words: str) -> records.Record:
        status, said = self(project, *words)
        assert status == 0, said
        found = emulator_lifecycle.running(project / emulator_lifecycle.FOLDER)
        assert found
        return found

    def fails_with(self, project: Path, what: str, *words: str) -> None:
        status, said = self(project, *words)
        assert status == 1, said
        error = said[said.index("Error: ") :]
        assert what in error
        assert len(error.splitlines()) <= FEW_LINES


def gone(path: Path) -> None:
    path.unlink()


def a_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir(parents=True)


def a_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.write_text("x")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def holding(text: str | bytes) -> Damage:
    def write(path: Path) -> None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    write.__name__ = f"holding {text!r}"
    return write


def with_value(name: str, value: object) -> Damage:
    def write(path: Path) -> None:
        path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))

    write.__name__ = f"with {name} {value}"
    return write


def pid_of_another(path: Path) -> None:
    with_value("pid", os.getpid())(path)


def name_of(damage: object) -> str:
    return getattr(damage, "__name__", str(damage))
