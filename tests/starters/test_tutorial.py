"""The tutorial, done as it says: every command run, every change made, and what it shows is what is said."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.local import emulator_lifecycle
from tests.docs.samples import ROOT, samples
from tests.starters.conftest import BIN, LOCK, brought, run

pytestmark = pytest.mark.slow
PROJECT = "diary"
STATE = ("cd ", ". ")
"""How lines begin that hold for the lines after them."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Give the folder in which the reader begins."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uvx").symlink_to(BIN / "uvx")
    yield tmp_path
    emulator_lifecycle.stop(tmp_path / PROJECT / emulator_lifecycle.FOLDER)


def changed(text: str, diff: str) -> str:
    """Return a file with a change that the tutorial shows."""
    lines = diff.splitlines()
    old, new = ("\n".join(line[1:] for line in lines if line[0] in kinds) for kinds in (" -", " +"))
    assert text.count(old) == 1, f"not there, or not once:\n{old}"
    return text.replace(old, new)


def shows(said: str, expected: str) -> None:
    """Fail unless an output holds each line, in parts where `…` leaves something out."""
    flat = re.sub(r"[\s│]+", " ", said)
    for line in expected.splitlines():
        place = 0
        for part in line.split("…"):
            place = flat.find(part.strip(), place)
            assert place >= 0, f"{part.strip()!r} is not in:\n{said[-9000:]}"


def test_every_step_is_as_it_says(home: Path, wheel: Path, complete: Path) -> None:
    state, said = [f"PATH={home / 'bin'}:$PATH"], ""

    def typed(line: str) -> subprocess.CompletedProcess[str]:
        # Before there is a release, the wheel stands where the package index would be asked.
        released = {"UV_FIND_LINKS": str(wheel.parent), "UV_CONSTRAINT": str(LOCK)}
        return run(["bash", "-ec", "\n".join([*state, line])], home, **released)

    for language, text in samples(ROOT / "docs" / "tutorial.md"):
        if language == "diff":
            stack = home / PROJECT / "stack.py"
            stack.write_text(changed(stack.read_text(encoding="utf-8"), text), encoding="utf-8")
        elif language == "text":
            shows(said, text)
        else:
            assert language == "sh"
            said = ""
            for line in text.replace("\\\n", "").splitlines():
                command, _, status = line.partition("  # exits with ")
                ended = typed(command)
                assert ended.returncode == int(status or 0), (line, ended.stdout[-3000:], ended.stderr[-3000:])
                said += ended.stdout + ended.stderr
                state += [command] if command.startswith(STATE) else []
                if " init " in command:
                    brought(home / PROJECT, complete)
    assert not emulator_lifecycle.exists(home / PROJECT / emulator_lifecycle.FOLDER)
