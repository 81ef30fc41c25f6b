"""Programs are run in turn, compared with the first, and one that fails says what it said."""

import os
import sys
from pathlib import Path

import pytest

from bench.harness import Program, compare, run


def program(name: str, text: str, folder: Path) -> Program:
    return Program(name=name, words=(sys.executable, "-c", text), folder=folder, environment=dict(os.environ))


def test_programs_run_once_to_warm_up_and_then_in_turn(tmp_path: Path) -> None:
    noted = [program(name, f"open('log', 'a').write('{name}')", tmp_path) for name in "ab"]
    compare(noted, rounds=2)
    assert (tmp_path / "log").read_text() == "ab" + "abab"


def test_the_first_is_the_baseline_and_work_shows_in_the_ratio(tmp_path: Path) -> None:
    summaries = compare(
        [program("idle", "pass", tmp_path), program("busy", "sum(range(30_000_000))", tmp_path)], rounds=1
    )
    assert (summaries[0].wall_ratio, summaries[0].cpu_ratio) == (1.0, 1.0)
    assert summaries[1].cpu_ratio > 2
    assert summaries[1].peak > 1


def test_a_failing_program_is_named_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)broken failed.*no such thing"):
        run(program("broken", "raise SystemExit('no such thing')", tmp_path))
