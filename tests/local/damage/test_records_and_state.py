"""After damage to its own files `up` works again or reports the remedy in a few lines, without a traceback."""

import sqlite3
from pathlib import Path

import psutil
import pytest

from constructs_lib.local import emulator_lifecycle
from constructs_lib.local.emulator.state_database import KeptState
from tests.local.damage.damages import (
    Damage,
    Up,
    a_file,
    a_folder,
    cut,
    gone,
    halved,
    holding,
    name_of,
    pid_of_another,
    with_value,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "damage",
    [gone, cut, a_folder, pid_of_another, holding(""), holding("{"), holding("[]"), holding("null"),
     holding('{"pid": 1}'), holding(b"\xff\xfe\x00garbage"), with_value("pid", -1), with_value("pid", "12"),
     with_value("pid", 10**30), with_value("http", None), with_value("unheard", "of")],
    ids=name_of,
)  # fmt: skip
def test_an_emulator_whose_record_is_damaged_is_found_and_joined(running: Path, up: Up, damage: Damage) -> None:
    before = up.succeeds(running)
    record = running / emulator_lifecycle.FOLDER / "cloud.json"
    damage(record)
    try:
        assert up.succeeds(running) == before
    finally:
        if record.is_dir():
            record.rmdir()


@pytest.mark.parametrize("damage", [gone, holding("{"), with_value("access_key", "LKIAOTHER")], ids=name_of)
def test_an_emulator_whose_keys_and_record_are_lost_is_replaced(running: Path, up: Up, damage: Damage) -> None:
    before = up.succeeds(running)
    (running / emulator_lifecycle.FOLDER / "cloud.json").unlink()
    damage(running / emulator_lifecycle.FOLDER / "keys.json")
    after = up.succeeds(running)
    assert after.pid != before.pid
    assert not psutil.pid_exists(before.pid)


@pytest.mark.parametrize("damage", [gone, cut], ids=name_of)
def test_keys_that_are_lost_alone_are_said(running: Path, up: Up, damage: Damage) -> None:
    up.succeeds(running)
    keys = running / emulator_lifecycle.FOLDER / "keys.json"
    whole = keys.read_bytes()
    damage(keys)
    try:
        up.fails_with(running, "keys of the running local cloud are lost")
    finally:
        keys.write_bytes(whole)


@pytest.mark.parametrize("name", ["ready.json", "emulator.log", "start.lock", ".gitignore", "keys.json"])
def test_a_folder_in_place_of_a_file_is_named(project: Path, up: Up, name: str) -> None:
    a_folder(project / emulator_lifecycle.FOLDER / name)
    up.fails_with(project, name)


def test_a_file_in_place_of_the_folder_is_named(project: Path, up: Up) -> None:
    a_file(project / emulator_lifecycle.FOLDER)
    up.fails_with(project, emulator_lifecycle.FOLDER)


def test_a_folder_that_cannot_be_written_to_is_named(up: Up) -> None:
    up.fails_with(Path("/sys"), "/sys/.local-cloud cannot be written")


def test_what_an_interrupted_start_left_is_no_hindrance(project: Path, up: Up) -> None:
    for name in ("ready.json", "emulator.log"):
        a_file(project / emulator_lifecycle.FOLDER / name)
    up.succeeds(project)


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
    up.fails_with(project, said, "--keep")
    assert state.path.read_bytes() == content


def test_a_kept_state_that_another_process_writes_to_is_said(project: Path, up: Up) -> None:
    state = KeptState(project / emulator_lifecycle.FOLDER / "state")
    try:
        up.fails_with(project, "in use by another local cloud", "--keep")
    finally:
        state.close()


def test_a_file_in_place_of_the_kept_state_is_said(project: Path, up: Up) -> None:
    a_file(project / emulator_lifecycle.FOLDER / "state")
    up.fails_with(project, "state", "--keep")


def test_damaged_certificates_are_made_anew(project: Path, up: Up) -> None:
    folder = project / emulator_lifecycle.FOLDER / "state" / "tls"
    folder.mkdir(parents=True)
    for each in ("ca.pem", "server.pem", "server-key.pem"):
        (folder / each).write_text("-----BEGIN CERTIFICATE-----\nx")
    up.succeeds(project, "--keep")
    assert not [each for each in folder.iterdir() if each.stat().st_size < 100]
