"""The emulator's environment: one per lock and Python version, complete or absent."""

import sys
from pathlib import Path

import pytest

from constructs_lib.local import environment
from constructs_lib.local.errors import LocalCloudError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty cache."""
    monkeypatch.setattr(environment, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_another_lock_is_another_environment(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment.emulator_folder()
    assert before.name.endswith(f"-py{sys.version_info.major}.{sys.version_info.minor}")
    lock = cache / "other.lock"
    lock.write_text("ministack==1.5.34\n")
    monkeypatch.setattr(environment, "LOCK", lock)
    assert environment.emulator_folder() != before


def test_the_lock_pins_by_hash_and_names_no_address() -> None:
    text = environment.LOCK.read_text()
    assert "ministack==1.5.33" in text
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_an_interrupted_build_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    left = environment.emulator_folder() / "bin" / "python"
    left.parent.mkdir(parents=True)
    left.touch()
    assert not environment.is_built()
    monkeypatch.setattr(environment, "_uv", lambda: "false")
    with pytest.raises(LocalCloudError, match="the emulator could not be installed"):
        environment.emulator_python()
    assert not left.exists()
    assert not environment.is_built()
