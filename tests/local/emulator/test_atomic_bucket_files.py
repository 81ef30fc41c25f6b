"""The two files of a kept object change together, wherever the process ends."""

import os
import sys
from pathlib import Path

import pytest

from constructs_lib.local.emulator.atomic_bucket_files import SIDECAR, KeptFiles


class EndedError(BaseException):
    """Simulates the end of a process: no code runs after it."""


def content(place: Path) -> tuple[str | None, str | None]:
    body, known = (Path(f"{place}{suffix}") for suffix in ("", SIDECAR))
    return (body.read_text() if body.exists() else None, known.read_text() if known.exists() else None)


def change(files: KeptFiles, place: Path, new: tuple[str | None, str | None]) -> None:
    with files.changing(str(place)):
        for suffix, text in zip(("", SIDECAR), new, strict=True):
            if text is None:
                Path(f"{place}{suffix}").unlink(missing_ok=True)
            else:
                files.write(f"{place}{suffix}", text)


def run_until(step: int, files: KeptFiles, place: Path, new: tuple[str | None, str | None]) -> bool:
    """Change an object, end before the given system call like a killed process, and return whether it was reached."""
    calls, ended = 0, False

    def count(event: str, _: tuple[object, ...]) -> None:
        nonlocal calls, ended
        if watching and event in {"open", "os.link", "os.rename", "os.remove"}:
            if calls >= step:
                ended = True
                raise EndedError
            calls += 1

    watching = True
    sys.addaudithook(count)
    try:
        change(files, place, new)
    except EndedError:
        pass
    finally:
        watching = False
    return ended


OLD, NEW, NONE = ("old", '{"e": 1}'), ("new", '{"e": 2}'), (None, None)


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NONE, NEW), (OLD, NONE)], ids=["replace", "make", "delete"])
def test_wherever_the_process_ends_an_object_is_old_or_new(
    tmp_path: Path, before: tuple[str | None, str | None], after: tuple[str | None, str | None]
) -> None:
    for step in range(100):
        folder = tmp_path / str(step)
        place = folder / "s3" / "key"
        place.parent.mkdir(parents=True)
        change(KeptFiles(folder), place, before)
        ended = run_until(step, KeptFiles(folder), place, after)
        files = KeptFiles(folder)
        assert content(place) in {before, after}, step
        change(files, place, NEW)
        KeptFiles(folder)
        assert content(place) == NEW
        if not ended:
            break
    assert 5 < step < 99


def test_a_change_that_raises_is_undone(tmp_path: Path) -> None:
    files, place = KeptFiles(tmp_path), tmp_path / "key"
    change(files, place, OLD)

    def fail() -> None:
        with files.changing(str(place)):
            files.write(str(place), "new")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert content(place) == OLD


def test_a_file_is_its_users_alone_and_destroys_no_other(tmp_path: Path) -> None:
    files = KeptFiles(tmp_path)
    files.write(str(tmp_path / "a.tmp"), "mine")
    old = os.umask(0)
    try:
        files.write(str(tmp_path / "a"), b"x")
    finally:
        os.umask(old)
    assert (tmp_path / "a.tmp").read_text() == "mine"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
