"""The state file is written atomically, locked, versioned, and reported if it is damaged."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib.local.emulator import state_database
from constructs_lib.local.emulator.state_database import Changes, KeptState, KeptStateError

ENTRY = ("iam", "roles:account", "('1', 'r')")
ROW = ("table", "('a', 'b')")


def changes(value: str | None = "1", *, gone: set[str] | None = None) -> Changes:
    return Changes(entries={ENTRY: value}, rows={ROW: value}, gone=gone or set())


def filled(folder: Path) -> Path:
    state = KeptState(folder)
    state.write(changes())
    state.close()
    return state.path


def test_what_is_written_is_there_after_the_process_is_gone(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from emulator.state_database import Changes, KeptState\n"
        "KeptState(Path(sys.argv[2])).write("
        "Changes(entries={('a', 'b', 'c'): '1'}, rows={('t', 'k'): '2'}, gone=set()))\n"
        "os.kill(os.getpid(), 9)"
    )
    local = Path(state_database.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", program, str(local), str(tmp_path)], check=False).returncode == -9
    state = KeptState(tmp_path)
    assert list(state.entries("a")) == [("b", "c", "1")]
    assert list(state.rows()) == [("t", "k", "2")]


def test_values_are_replaced_and_deleted(tmp_path: Path) -> None:
    state = KeptState(tmp_path)
    assert state.is_new
    state.write(changes("1"))
    state.write(changes("2"))
    assert list(state.entries("iam")) == [(*ENTRY[1:], "2")]
    state.write(changes(None))
    assert [*state.entries("iam"), *state.rows()] == []
    state.write(changes("3"))
    state.write(Changes(entries={}, rows={("table", "new"): "4"}, gone={"table"}))
    assert list(state.rows()) == [("table", "new", "4")]


def test_only_its_user_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        path = filled(tmp_path / "state")
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_second_writer_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    first = KeptState(tmp_path)
    with pytest.raises(KeptStateError, match="in use by another local cloud; stop it with `cognito-app down`"):
        KeptState(tmp_path)
    first.write(changes())
    first.close()
    assert not KeptState(tmp_path).is_new


def test_a_newer_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = filled(tmp_path)
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {state_database.VERSION + 1}")
    database.close()
    with pytest.raises(KeptStateError, match=r"newer version \(format 2, this one reads 1\).*--delete-state"):
        KeptState(tmp_path)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scratched(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:4196] = b"\xff" * 100
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")
    (path.parent / "s3").mkdir()


def of_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE theirs (a)")
    database.close()


@pytest.mark.parametrize(
    "damage", [cut, scratched, emptied, of_another_program, lambda path: path.write_bytes(b"garbage" * 999)]
)
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, damage: object) -> None:
    path = filled(tmp_path)
    damage(path)  # type: ignore[operator] # one of the cases
    content = path.read_bytes()
    with pytest.raises(KeptStateError, match=r"is damaged \(.*\); .*--delete-state"):
        KeptState(tmp_path)
    assert path.read_bytes() == content


def test_what_cannot_be_written_is_said_and_changes_nothing(tmp_path: Path) -> None:
    state = KeptState(tmp_path)
    state.write(changes("1"))
    state._database.execute("PRAGMA max_page_count = 10")
    with pytest.raises(KeptStateError, match="check that its disk is not full"):
        state.write(changes("x" * 10**6))
    state._database.execute("PRAGMA max_page_count = 1000")
    assert list(state.rows()) == [(*ROW, "1")]
    state.write(changes("2"))
    assert list(state.rows()) == [(*ROW, "2")]
