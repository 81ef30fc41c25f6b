"""With a damaged Python, command line, cache or temporary folder `up` works again or reports the remedy."""

import sys
import tempfile
from pathlib import Path

import pytest

from constructs_lib.local import LocalCloudError, emulator_environment, emulator_lifecycle, toolchain
from tests.local.damage.damages import Damage, Up, a_file, name_of

pytestmark = pytest.mark.slow


def a_broken_link(python: Path) -> None:
    python.unlink()
    python.symlink_to("/nowhere/python")


def not_executable(python: Path) -> None:
    python.unlink()
    python.write_text("x")


def without_packages(python: Path) -> None:
    python.unlink()
    python.symlink_to(sys.executable)


def ending_at_once(python: Path) -> None:
    python.unlink()
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)


@pytest.mark.parametrize("damage", [a_broken_link, not_executable, without_packages, ending_at_once], ids=name_of)
def test_a_damaged_environment_of_the_emulator_is_made_anew_once(
    project: Path, up: Up, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: Damage
) -> None:
    whole, folder, builds = emulator_environment.emulator_folder(), tmp_path / "environment", []

    def build(*_: object, **__: object) -> None:
        builds.append(1)
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").unlink(missing_ok=True)
        (folder / "bin" / "python").write_text(f'#!/bin/sh\nexec {whole / "bin" / "python"} "$@"\n')
        (folder / "bin" / "python").chmod(0o755)

    emulator_environment.emulator_python()
    monkeypatch.setattr(emulator_environment, "emulator_folder", lambda: folder)
    monkeypatch.setattr(emulator_environment, "run_quietly", build)
    build()
    (folder / ".ready").touch()
    damage(folder / "bin" / "python")
    builds.clear()
    up.succeeds(project)
    assert len(builds) == 2  # the environment, and the packages


def test_an_environment_that_cannot_be_mended_is_said(
    project: Path, up: Up, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "environment" / "bin").mkdir(parents=True)
    ending_at_once_anew = tmp_path / "environment" / "bin" / "python"
    ending_at_once_anew.touch()
    ending_at_once(ending_at_once_anew)
    monkeypatch.setattr(emulator_lifecycle, "emulator_python", lambda **_: ending_at_once_anew)
    monkeypatch.setattr(emulator_lifecycle, "is_sound", lambda: False)
    up.fails_with(project, "the emulator ended at once")


def test_a_command_line_without_its_bootstrap_template_is_said(project: Path, up: Up) -> None:
    (project / "node_modules" / "aws-cdk" / "lib" / "api" / "bootstrap" / "bootstrap-template.yaml").unlink()
    up.fails_with(project, "install it again")


def test_missing_folders_for_temporary_files_are_no_hindrance(
    project: Path, up: Up, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_file(tmp_path / "file")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    monkeypatch.setenv("TEMP", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    up.succeeds(project)


def test_a_cache_that_cannot_be_made_is_said(project: Path, up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/sys/cache")
    up.fails_with(project, "set XDG_CACHE_HOME")
    with pytest.raises(LocalCloudError):
        toolchain.cache_folder()
