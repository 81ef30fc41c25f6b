"""The files of a project's emulator are private, written atomically, and have random keys."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.local import record as records
from constructs_lib.local.record import Keys


def modes(folder: Path) -> set[str]:
    return {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Set a umask that gives access to every user by default."""
    old = os.umask(0)
    yield
    os.umask(old)


def test_a_folder_is_closed_even_if_it_was_open(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o777)
    for name in ("open", "new"):
        records.private_folder(tmp_path / name)
    assert modes(tmp_path) == {"0o700"}


def test_keys_are_made_once_at_random_for_their_user_alone(tmp_path: Path) -> None:
    found = records.make_keys(tmp_path)
    assert records.make_keys(tmp_path) == found == records.keys(tmp_path)
    assert modes(tmp_path) == {"0o600"}
    (tmp_path / "other").mkdir()
    other = records.make_keys(tmp_path / "other")
    assert (other.access_key, other.secret_key) != (found.access_key, found.secret_key)
    assert len(found.secret_key) == 40


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"access_key": "a"}', '{"access_key": 1, "secret_key": "s"}'])
def test_keys_that_cannot_be_read_are_made_anew(tmp_path: Path, text: str) -> None:
    records.keys_file(tmp_path).write_text(text)
    assert records.keys(tmp_path) is None
    assert isinstance(records.make_keys(tmp_path), Keys)


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    records.write_privately(path, json.dumps(1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        records.write_privately(path, json.dumps(2))
    assert path.read_text() == "1"
    assert list(tmp_path.iterdir()) == [path]
