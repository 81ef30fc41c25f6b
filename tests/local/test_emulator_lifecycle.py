"""Records of ended emulators, and processes that are not emulators."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from constructs_lib.local import emulator_lifecycle
from constructs_lib.local.errors import LocalCloudError


def record(folder: Path, **changes: object) -> None:
    folder.mkdir(exist_ok=True)
    fields = {
        "pid": os.getpid(), "http": "http://127.0.0.1:9", "https": "https://localhost:9", "ca": "ca.pem",
        "region": "us-east-1", "account": "000000000000", "state": "", "access_key": "LKIAKEY",
    }  # fmt: skip
    (folder / "cloud.json").write_text(json.dumps({**fields, **changes}))


def started(pid: int) -> None:
    """Wait until a new process has its command line: for a moment it has none."""
    while not psutil.Process(pid).cmdline():
        time.sleep(0.001)


@contextmanager
def stranger(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that does nothing, with these words on its command line."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *words]) as process:
        started(process.pid)
        try:
            yield process
        finally:
            process.kill()


def test_without_a_record_nothing_runs(tmp_path: Path) -> None:
    assert emulator_lifecycle.running(tmp_path) is None
    assert not emulator_lifecycle.stop(tmp_path)


def test_a_stale_record_is_cleared_and_its_number_spared(tmp_path: Path) -> None:
    record(tmp_path)
    assert not emulator_lifecycle.stop(tmp_path)
    assert not (tmp_path / "cloud.json").exists()


def test_another_process_that_got_the_number_is_never_stopped(tmp_path: Path) -> None:
    with stranger("-m", "emulator", "--ready", str(tmp_path / "elsewhere" / "ready.json")) as process_of_another:
        record(tmp_path, pid=process_of_another.pid)
        assert not emulator_lifecycle.stop(tmp_path)
        assert process_of_another.poll() is None
    assert not (tmp_path / "cloud.json").exists()


def test_an_emulator_too_busy_to_answer_still_runs_and_can_be_stopped(tmp_path: Path) -> None:
    with stranger("--ready", str(tmp_path / "ready.json")) as busy:
        record(tmp_path, pid=busy.pid)
        assert emulator_lifecycle.running(tmp_path) is not None
        assert emulator_lifecycle.stop(tmp_path)
        assert not psutil.pid_exists(busy.pid)
    assert not (tmp_path / "cloud.json").exists()


def test_what_a_killed_emulator_has_left_is_removed_with_its_record(tmp_path: Path) -> None:
    left = tmp_path / "cognito-app-0123456789abcdef"
    (left / "lambda").mkdir(parents=True)
    (tmp_path / "scratch").write_text(str(left))
    assert not emulator_lifecycle.stop(tmp_path)
    assert not left.exists()


@pytest.mark.parametrize("name", ["documents", "cognito-app-of-mine", "cognito-app-0123456789abcdef/documents"])
def test_a_folder_that_no_emulator_has_made_is_never_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / "scratch").write_text(str(tmp_path / name))
    emulator_lifecycle.stop(tmp_path)
    assert (tmp_path / name).exists()


@pytest.mark.slow
def test_an_emulator_that_is_killed_while_it_starts_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, folder = tmp_path / "tmp", tmp_path / "cloud"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))

    def interrupted(*_: object) -> None:
        while not list(temporary.iterdir()):
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr(emulator_lifecycle, "_wait_until_ready", interrupted)
    with pytest.raises(KeyboardInterrupt):
        emulator_lifecycle.join_or_start(folder)
    assert not emulator_lifecycle.exists(folder)
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_the_next_start_or_stop_removes_what_a_killed_emulator_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, folder = tmp_path / "tmp", tmp_path / "cloud"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    first, _ = emulator_lifecycle.join_or_start(folder)
    psutil.Process(first.pid).kill()
    second, _ = emulator_lifecycle.join_or_start(folder)
    assert len(list(temporary.iterdir())) == 1
    psutil.Process(second.pid).kill()
    emulator_lifecycle.stop(folder)
    assert list(temporary.iterdir()) == []


def test_a_stopped_emulator_that_its_parent_never_buries_counts_as_ended(tmp_path: Path) -> None:
    child = [sys.executable, "-c", "import time; time.sleep(60)", "--ready", str(tmp_path / "ready.json")]
    program = f"import subprocess, time; print(subprocess.Popen({child!r}).pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as careless:
        try:
            assert careless.stdout is not None
            pid = int(careless.stdout.readline())
            started(pid)
            record(tmp_path, pid=pid)
            assert emulator_lifecycle.stop(tmp_path)
            assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        finally:
            careless.kill()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_broken_record_is_cleared(tmp_path: Path, text: str) -> None:
    (tmp_path / "cloud.json").write_text(text)
    assert emulator_lifecycle.running(tmp_path) is None
    assert not (tmp_path / "cloud.json").exists()


def test_the_end_of_a_log_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(map(str, range(100))))
    assert emulator_lifecycle.last_lines(log).splitlines()[-1] == "99"
    assert emulator_lifecycle.last_lines(tmp_path / "missing") == ""


@pytest.mark.slow
def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalCloudError, match=f"cannot listen on port {port}") as refused:
            emulator_lifecycle.start(tmp_path, port=port)
    assert "--port" in str(refused.value)
    assert f"(process {os.getpid()})" in str(refused.value)
    assert emulator_lifecycle.running(tmp_path) is None


@pytest.mark.slow
def test_two_who_start_at_once_get_the_same_emulator(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        (one, first), (other, second) = both.map(lambda _: emulator_lifecycle.join_or_start(tmp_path), range(2))
    try:
        assert one == other
        assert {first, second} == {True, False}
        assert (tmp_path / ".gitignore").read_text() == "*\n"
    finally:
        emulator_lifecycle.stop(tmp_path)
    assert emulator_lifecycle.running(tmp_path) is None
