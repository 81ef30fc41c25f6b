"""The emulator's environment: one per lock and Python version, complete or absent."""

import sys
from pathlib import Path

import pytest

from constructs_lib.local import emulator_environment
from constructs_lib.local.errors import LocalCloudError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty cache."""
    monkeypatch.setattr(emulator_environment, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_another_lock_is_another_environment(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = emulator_environment.emulator_folder()
    assert before.name.endswith(f"-py{sys.version_info.major}.{sys.version_info.minor}")
    lock = cache / "other.lock"
    lock.write_text("ministack==1.5.34\n")
    monkeypatch.setattr(emulator_environment, "LOCK", lock)
    assert emulator_environment.emulator_folder() != before


def test_the_lock_pins_by_hash_and_names_no_address() -> None:
    text = emulator_environment.LOCK.read_text()
    assert "ministack==1.5.33" in text
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_an_interrupted_build_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    left = emulator_environment.emulator_folder() / "bin" / "python"
    left.parent.mkdir(parents=True)
    left.touch()
    assert not emulator_environment.is_built()
    monkeypatch.setattr(emulator_environment, "_uv", lambda: "false")
    with pytest.raises(LocalCloudError, match="the emulator could not be installed"):
        emulator_environment.emulator_python()
    assert not left.exists()
    assert not emulator_environment.is_built()
