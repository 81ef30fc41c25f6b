"""The log of requests is bounded and private to its user."""

import json
import stat
from pathlib import Path

from constructs_lib.local.emulator.request_log import RequestLog


def test_the_last_requests_are_kept_and_no_more_than_twice_as_many(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    log = RequestLog(path, most=5)
    for number in range(23):
        log.add({"id": number})
        kept = [json.loads(line)["id"] for line in path.read_text().splitlines()]
        assert len(kept) < 10
        assert kept == list(range(number + 1))[-len(kept) :]
        assert len(kept) >= min(5, number + 1)


def test_a_log_begins_empty_and_is_its_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text("old\n")
    path.chmod(0o644)
    RequestLog(path)
    assert path.read_text() == ""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_entry_that_cannot_be_written_is_dropped_without_an_error(tmp_path: Path) -> None:
    RequestLog(tmp_path / "missing" / "requests.jsonl").add({"id": 1})
    assert list(tmp_path.iterdir()) == []
