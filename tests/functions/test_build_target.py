"""What packages are built for."""

import sys
from pathlib import Path

import pytest

from constructs_lib.functions.build_target import Target, find_interpreter


def test_newer_runtimes_take_wheels_for_amazon_linux_2023() -> None:
    target = Target.aws("python3.13", "arm64")
    assert target.label == "python3.13-manylinux_2_34-aarch64"
    assert "manylinux_2_17" in target.manylinux


def test_python_3_11_takes_no_wheel_that_needs_a_newer_glibc_than_amazon_linux_2_has() -> None:
    target = Target.aws("python3.11", "x86_64")
    assert target.manylinux == ("manylinux_2_17", "manylinux2014")
    assert target.machine == "x86_64"


def _put_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    interpreter = folder / "python3.14"
    interpreter.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    interpreter.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return interpreter


def test_the_runtimes_own_interpreter_is_taken_when_path_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter = _put_on_path(tmp_path, monkeypatch, "echo python3.14")
    target = Target.this_machine("python3.14")
    assert (target.python, target.interpreter) == ("3.14", str(interpreter))


def test_a_shim_of_a_version_manager_that_does_not_start_is_no_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_on_path(tmp_path, monkeypatch, "echo 'command not found' >&2; exit 127")
    assert find_interpreter("python3.14") is None
    target = Target.this_machine("python3.14")
    assert target.interpreter == sys.executable
    assert target.python == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_this_machines_target_has_a_name_of_its_own() -> None:
    assert Target.this_machine("python3.13").label != Target.aws("python3.13", "x86_64").label
