"""After a killed or hanging process, or on a full disk, `up` works again or reports the remedy."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from constructs_lib.cli.main import main
from constructs_lib.local import emulator_lifecycle
from constructs_lib.local.emulator_processes import emulators
from tests.local.damage.damages import FEW_LINES, Up
from tests.searches import FULL

pytestmark = pytest.mark.slow


def test_an_emulator_that_was_killed_is_started_again(project: Path, up: Up) -> None:
    before = up.succeeds(project)
    psutil.Process(before.pid).kill()
    psutil.Process(before.pid).wait(10)
    assert up.succeeds(project).pid != before.pid


def test_an_emulator_that_hangs_is_said_and_down_ends_it(
    project: Path, up: Up, monkeypatch: pytest.MonkeyPatch
) -> None:
    psutil.Process(up.succeeds(project).pid).suspend()
    monkeypatch.setattr("constructs_lib.local.emulator_http._HEALTH_SECONDS", 0.5)
    up.fails_with(project, "no longer responds")
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
    found = up.succeeds(project)
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
