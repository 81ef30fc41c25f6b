"""Which interpreter writes bytecode for Lambda."""

import sys
from pathlib import Path

import pytest

from constructs_lib.functions.build_target import RUNTIMES, Runtime
from constructs_lib.functions.bytecode import compile_all


@pytest.fixture
def here() -> Runtime:
    return next(
        runtime for runtime in RUNTIMES if runtime == f"python{sys.version_info.major}.{sys.version_info.minor}"
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "handler.py").write_text("VALUE = 1\n", encoding="utf-8")
    return folder


def _put_on_path(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_version_that_pyenv_holds_compiles_though_it_is_not_active(
    tmp_path: Path, package: Path, here: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = f'[ "$PYENV_VERSION" = {here[6:]} ] && exec "{sys.executable}" "$@"\necho "command not found" >&2; exit 127'
    _put_on_path(tmp_path, here, shim, monkeypatch)
    compile_all(package, here, interpreter=None)
    assert [path.suffix for path in (package / "__pycache__").iterdir()] == [".pyc"]


def test_an_interpreter_of_another_version_is_not_taken(
    tmp_path: Path, package: Path, here: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = next(runtime for runtime in RUNTIMES if runtime != here)
    _put_on_path(tmp_path, other, f'exec "{sys.executable}" "$@"', monkeypatch)
    with pytest.raises(RuntimeError, match=f"compiled=True needs {other} on PATH"):
        compile_all(package, other, interpreter=None)
    assert not (package / "__pycache__").exists()
