"""After every kind of damage `up` works again or reports the remedy in a few lines, without a traceback."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest

from constructs_lib.cli.main import main
from constructs_lib.local import LocalCloudError, emulator_environment, emulator_lifecycle, toolchain
from constructs_lib.local import record as records
from constructs_lib.local.emulator.state_database import KeptState
from constructs_lib.local.emulator_processes import emulators
from tests.local.faults import make_project
from tests.searches import FULL

pytestmark = pytest.mark.slow
Damage: TypeAlias = Callable[[Path], object]
"""Does something to a file or folder."""
FEW_LINES = 12


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the tests that leave or find a running emulator one project."""
    project = make_project(tmp_path_factory.mktemp("running"))
    yield project
    emulator_lifecycle.stop(project / emulator_lifecycle.FOLDER)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Give a test its own project."""
    yield make_project(tmp_path / "project")
    emulator_lifecycle.stop(tmp_path / "project" / emulator_lifecycle.FOLDER)


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

    def works(self, project: Path, *words: str) -> records.Record:
        status, said = self(project, *words)
        assert status == 0, said
        found = emulator_lifecycle.running(project / emulator_lifecycle.FOLDER)
        assert found
        return found

    def says(self, project: Path, what: str, *words: str) -> None:
        status, said = self(project, *words)
        assert status == 1, said
        error = said[said.index("Error: ") :]
        assert what in error
        assert len(error.splitlines()) <= FEW_LINES


@pytest.fixture
def up(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Up:
    return Up(capsys, monkeypatch)


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


@pytest.mark.parametrize(
    "damage",
    [gone, cut, a_folder, pid_of_another, holding(""), holding("{"), holding("[]"), holding("null"),
     holding('{"pid": 1}'), holding(b"\xff\xfe\x00garbage"), with_value("pid", -1), with_value("pid", "12"),
     with_value("pid", 10**30), with_value("http", None), with_value("unheard", "of")],
    ids=name_of,
)  # fmt: skip
def test_an_emulator_whose_record_is_damaged_is_found_and_joined(running: Path, up: Up, damage: Damage) -> None:
    before = up.works(running)
    record = running / emulator_lifecycle.FOLDER / "cloud.json"
    damage(record)
    try:
        assert up.works(running) == before
    finally:
        if record.is_dir():
            record.rmdir()


@pytest.mark.parametrize("damage", [gone, holding("{"), with_value("access_key", "LKIAOTHER")], ids=name_of)
def test_an_emulator_whose_keys_and_record_are_lost_is_replaced(running: Path, up: Up, damage: Damage) -> None:
    before = up.works(running)
    (running / emulator_lifecycle.FOLDER / "cloud.json").unlink()
    damage(running / emulator_lifecycle.FOLDER / "keys.json")
    after = up.works(running)
    assert after.pid != before.pid
    assert not psutil.pid_exists(before.pid)


@pytest.mark.parametrize("damage", [gone, cut], ids=name_of)
def test_keys_that_are_lost_alone_are_said(running: Path, up: Up, damage: Damage) -> None:
    up.works(running)
    keys = running / emulator_lifecycle.FOLDER / "keys.json"
    whole = keys.read_bytes()
    damage(keys)
    try:
        up.says(running, "keys of the running local cloud are lost")
    finally:
        keys.write_bytes(whole)


@pytest.mark.parametrize("name", ["ready.json", "emulator.log", "start.lock", ".gitignore", "keys.json"])
def test_a_folder_in_place_of_a_file_is_named(project: Path, up: Up, name: str) -> None:
    a_folder(project / emulator_lifecycle.FOLDER / name)
    up.says(project, name)


def test_a_file_in_place_of_the_folder_is_named(project: Path, up: Up) -> None:
    a_file(project / emulator_lifecycle.FOLDER)
    up.says(project, emulator_lifecycle.FOLDER)


def test_a_folder_that_cannot_be_written_to_is_named(up: Up) -> None:
    up.says(Path("/sys"), "/sys/.local-cloud cannot be written")


def test_what_an_interrupted_start_left_is_no_hindrance(project: Path, up: Up) -> None:
    for name in ("ready.json", "emulator.log"):
        a_file(project / emulator_lifecycle.FOLDER / name)
    up.works(project)


def newer(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


@pytest.mark.parametrize(
    ("damage", "said"),
    [(holding("garbage" * 999), "is damaged"), (halved, "is damaged"), (newer, "newer version (format 99")],
    ids=name_of,
)
def test_a_kept_state_that_cannot_be_used_is_said_and_left_alone(
    project: Path, up: Up, damage: Damage, said: str
) -> None:
    state = KeptState(project / emulator_lifecycle.FOLDER / "state")
    state.close()
    damage(state.path)
    content = state.path.read_bytes()
    up.says(project, said, "--keep")
    assert state.path.read_bytes() == content


def test_a_kept_state_that_another_process_writes_to_is_said(project: Path, up: Up) -> None:
    state = KeptState(project / emulator_lifecycle.FOLDER / "state")
    try:
        up.says(project, "in use by another local cloud", "--keep")
    finally:
        state.close()


def test_a_file_in_place_of_the_kept_state_is_said(project: Path, up: Up) -> None:
    a_file(project / emulator_lifecycle.FOLDER / "state")
    up.says(project, "state", "--keep")


def test_damaged_certificates_are_made_anew(project: Path, up: Up) -> None:
    folder = project / emulator_lifecycle.FOLDER / "state" / "tls"
    folder.mkdir(parents=True)
    for each in ("ca.pem", "server.pem", "server-key.pem"):
        (folder / each).write_text("-----BEGIN CERTIFICATE-----\nx")
    up.works(project, "--keep")
    assert not [each for each in folder.iterdir() if each.stat().st_size < 100]


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
    up.works(project)
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
    up.says(project, "the emulator ended at once")


ASSEMBLY = [
    ("cdk.out", a_file),
    ("cdk.out/manifest.json", holding("{")),
    ("cdk.out/S.assets.json", holding(b"\xff\xfe")),
    ("cdk.out/S.assets.json", a_folder),
    ("cdk.out/assembly-X/deep/S.assets.json", holding(b"\xff")),
    ("cdk.out/asset.half-built/file", holding("x")),
    ("cdk.out/read.1.lock", holding("99999999")),
    ("cdk.out/synth.lock", holding("99999999")),
    ("aws-config-empty", holding("[default]\nregion = x")),
    ("outputs.json", holding("{")),
    ("deployed", a_file),
    ("deployed/us-east-1.S/manifest.json", holding("{")),
    ("deployed/us-east-1.S", a_file),
]


@pytest.mark.parametrize(("name", "damage"), ASSEMBLY, ids=name_of)
def test_a_damaged_assembly_is_synthesized_over(running: Path, up: Up, name: str, damage: Damage) -> None:
    path = running / emulator_lifecycle.FOLDER / name
    if not path.name.startswith("cdk.out") and (running / emulator_lifecycle.FOLDER / "cdk.out").is_file():
        (running / emulator_lifecycle.FOLDER / "cdk.out").unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    damage(path)
    up.works(running)
    assert json.loads((running / emulator_lifecycle.FOLDER / "outputs.json").read_text()) == {"Stack": {"Key": "value"}}


def test_an_assembly_that_is_a_link_is_replaced_and_what_it_leads_to_left_alone(
    running: Path, up: Up, tmp_path: Path
) -> None:
    up.works(running)
    assembly = running / emulator_lifecycle.FOLDER / "cdk.out"
    for each in assembly.iterdir():
        each.unlink()
    assembly.rmdir()
    (tmp_path / "precious").touch()
    assembly.symlink_to(tmp_path)
    up.works(running)
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("fault", ["killed in the synthesis", "killed in the deploy", "full in the synthesis",
                                   "full in the deploy", "failed", "outputs cut"])  # fmt: skip
def test_a_cdk_that_was_killed_or_had_no_room_is_said_and_the_next_up_works(running: Path, up: Up, fault: str) -> None:
    said = {"killed": "was killed (signal 9)", "full": "is full: make room", "failed": "it failed",
            "outputs": "cannot be read"}[fault.split(maxsplit=1)[0]]  # fmt: skip
    (running / "fault").write_text(fault)
    try:
        up.says(running, said)
    finally:
        (running / "fault").unlink()
    up.works(running)


def test_a_command_line_without_its_bootstrap_template_is_said(project: Path, up: Up) -> None:
    (project / "node_modules" / "aws-cdk" / "lib" / "api" / "bootstrap" / "bootstrap-template.yaml").unlink()
    up.says(project, "install it again")


def test_missing_folders_for_temporary_files_are_no_hindrance(
    project: Path, up: Up, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_file(tmp_path / "file")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    monkeypatch.setenv("TEMP", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    up.works(project)


def test_a_cache_that_cannot_be_made_is_said(project: Path, up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/sys/cache")
    up.says(project, "set XDG_CACHE_HOME")
    with pytest.raises(LocalCloudError):
        toolchain.cache_folder()


def test_an_emulator_that_was_killed_is_started_again(project: Path, up: Up) -> None:
    before = up.works(project)
    psutil.Process(before.pid).kill()
    psutil.Process(before.pid).wait(10)
    assert up.works(project).pid != before.pid


def test_an_emulator_that_hangs_is_said_and_down_ends_it(
    project: Path, up: Up, monkeypatch: pytest.MonkeyPatch
) -> None:
    psutil.Process(up.works(project).pid).suspend()
    monkeypatch.setattr(emulator_lifecycle, "_HEALTH_SECONDS", 0.5)
    up.says(project, "no longer responds")
    monkeypatch.setattr("constructs_lib.local.emulator_processes._STOP_SECONDS", 0.5)
    with pytest.raises(SystemExit):
        main(["down"])
    assert not emulator_lifecycle.exists(project / emulator_lifecycle.FOLDER)


@pytest.mark.parametrize("after", [each / 10 for each in (range(1, 20) if FULL else (2, 5, 8))])
def test_a_killed_command_line_leaves_one_emulator_at_most_and_the_next_up_works(
    project: Path, up: Up, after: float
) -> None:
    words = [sys.executable, "-c", "from constructs_lib.cli.main import main; main()", "up", "--app", "unused"]
    with subprocess.Popen(words, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        time.sleep(after)
        killed.send_signal(signal.SIGKILL)
    found = up.works(project)
    ready = (project / emulator_lifecycle.FOLDER / "ready.json").resolve()
    assert [each.pid for each in emulators(ready)] == [found.pid]


@pytest.fixture(params=["8k", "48k", "96k"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Mount a disk that is full before an emulator that keeps its state has started."""
    if os.geteuid():
        pytest.fail("only root can mount a small disk")
    (tmp_path / "disk").mkdir()
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={request.param}", "tmpfs", tmp_path / "disk"], check=True)
    yield tmp_path / "disk"
    emulator_lifecycle.stop(tmp_path / "disk" / emulator_lifecycle.FOLDER)
    subprocess.run(["/bin/umount", "-l", tmp_path / "disk"], check=True)


def test_a_full_disk_is_said(small_disk: Path, up: Up) -> None:
    (small_disk / "filler").write_bytes(b"")
    status, said = up(small_disk, "--keep")
    assert status == 1
    assert "space" in said or "full" in said, said
    assert len(said[said.index("Error: ") :].splitlines()) <= FEW_LINES
