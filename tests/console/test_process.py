"""A console is started once beside its cloud, is private to its user, and ends with the cloud."""

import json
import stat
import subprocess
import sys
import time
from http import HTTPStatus
from pathlib import Path

import psutil
import pytest
import requests
from click.testing import CliRunner

from constructs_lib.cli import up
from constructs_lib.cli.open_console import command
from constructs_lib.console import process, start_console
from constructs_lib.local import LocalCloud, LocalCloudError

_SECONDS = 20


def processes(project: Path) -> list[psutil.Process]:
    """Return the consoles of a project."""
    found = []
    for each in psutil.process_iter():
        try:
            words = each.cmdline() if each.status() != psutil.STATUS_ZOMBIE else []
        except psutil.Error:
            continue
        if process.MODULE in words and str(project) in words:
            found.append(each)
    return found


def gone(project: Path) -> bool:
    deadline = time.monotonic() + _SECONDS
    while processes(project) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not processes(project)


@pytest.mark.slow
def test_it_is_found_again_opens_to_its_token_and_ends_with_its_cloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with LocalCloud(tmp_path) as cloud:
        began = time.perf_counter()
        address = start_console(cloud)
        assert time.perf_counter() - began < 1  # nothing is loaded before somebody looks
        assert up._console(cloud) == start_console(cloud) == address
        [waiting] = processes(tmp_path)
        token = address.partition("token=")[2]
        assert not any(token in word for word in waiting.cmdline())
        assert stat.S_IMODE((cloud.folder / "console.json").stat().st_mode) == 0o600
        assert stat.S_IMODE((cloud.folder / "console.log").stat().st_mode) == 0o600
        page = requests.get(address, timeout=_SECONDS)
        assert "no app is deployed on this local cloud; run `cognito-app up`" in page.text
        assert {each.laddr.ip for each in waiting.net_connections() if each.status == psutil.CONN_LISTEN} == {
            "127.0.0.1"
        }
        waiting.kill()
        assert gone(tmp_path)
        again = start_console(cloud)
        assert again != address
        assert CliRunner().invoke(command).stdout == f"{again}\n"
        assert requests.get(again, timeout=_SECONDS).status_code == HTTPStatus.BAD_REQUEST
        unlooked = LocalCloud(tmp_path)
        (cloud.folder / "console.json").write_text("{}")
        third = start_console(unlooked)
        assert third not in {address, again}
        # It has loaded before its cloud ends.
        assert requests.get(third, timeout=_SECONDS).status_code == HTTPStatus.BAD_REQUEST
    assert gone(tmp_path)
    assert (cloud.folder / "console.log").read_text() == ""


def test_a_console_that_was_just_started_is_found_by_its_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    read = psutil.Process.cmdline
    asked: list[int] = []

    def cmdline(self: psutil.Process) -> list[str]:
        asked.append(self.pid)
        return read(self) if len(asked) > 3 else []

    monkeypatch.setattr(psutil.Process, "cmdline", cmdline)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as started:
        process._await_command(started.pid)
        assert len(asked) >= 4
        started.kill()
    process._await_command(started.pid)


def test_where_no_cloud_runs_it_ends_at_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", process.MODULE, str(tmp_path), "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "no local cloud runs here" in done.stderr


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', json.dumps(dict.fromkeys("abc"))])
def test_a_record_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "console.json").write_text(content)
    assert process.read_record(tmp_path) is None


def test_a_process_that_got_the_number_of_a_console_is_none(tmp_path: Path) -> None:
    assert not process._runs(psutil.Process().pid, tmp_path)
    assert not process._runs(0, tmp_path)
    assert not process._runs(-1, tmp_path)


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(process, "find_spec", lambda name: None if name == "starlette" else name)
    cloud = LocalCloud.__new__(LocalCloud)
    cloud.folder = tmp_path
    with pytest.raises(LocalCloudError, match=r"starlette is missing; install it with: pip install '.*\[local\]'"):
        start_console(cloud)
    assert up._console(cloud).startswith("none, starlette is missing")


def test_without_a_local_cloud_the_command_that_starts_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "start one with `cognito-app up`" in result.stderr
