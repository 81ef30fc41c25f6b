"""Records of emulators that are gone, and processes that are not ours."""

import json
import os
import socket
from pathlib import Path

import pytest

from constructs_lib.local import process
from constructs_lib.local.errors import LocalCloudError


def record(folder: Path, **changes: object) -> None:
    folder.mkdir(exist_ok=True)
    fields = {
        "pid": os.getpid(), "http": "http://127.0.0.1:9", "https": "https://localhost:9", "ca": "ca.pem",
        "region": "us-east-1", "account": "000000000000", "state": "",
    }  # fmt: skip
    (folder / "cloud.json").write_text(json.dumps({**fields, **changes}))


def test_without_a_record_nothing_runs(tmp_path: Path) -> None:
    assert process.running(tmp_path) is None
    assert process.stop(tmp_path) is None


def test_a_stale_record_is_cleared_and_its_number_spared(tmp_path: Path) -> None:
    record(tmp_path)
    assert process.stop(tmp_path) is None
    assert not (tmp_path / "cloud.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_broken_record_is_cleared(tmp_path: Path, text: str) -> None:
    (tmp_path / "cloud.json").write_text(text)
    assert process.running(tmp_path) is None
    assert not (tmp_path / "cloud.json").exists()


def test_the_end_of_a_log_is_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(map(str, range(100))))
    assert process.last_words(log).splitlines()[-1] == "99"
    assert process.last_words(tmp_path / "missing") == ""


@pytest.mark.slow
def test_a_taken_port_is_told_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalCloudError, match=f"cannot listen on port {port}") as refused:
            process.start(tmp_path, port=port)
    assert "--port" in str(refused.value)
    assert process.running(tmp_path) is None
