"""Programs are run in turn, compared with the first, and one that fails says what it said."""

import os
import sys
from pathlib import Path

import pytest

from bench.harness import Program, compare, peak_memory, run


def program(name: str, text: str, folder: Path) -> Program:
    return Program(name=name, words=(sys.executable, "-c", text), folder=folder, environment=dict(os.environ))


def test_programs_run_to_warm_up_and_for_their_memory_and_then_in_turn(tmp_path: Path) -> None:
    noted = [program(name, f"open('log', 'a').write('{name}')", tmp_path) for name in "ab"]
    compare(noted, rounds=2)
    assert (tmp_path / "log").read_text() == "aabb" + "abab"


def test_the_first_is_the_baseline_and_work_shows_in_the_ratio(tmp_path: Path) -> None:
    summaries = compare(
        [program("idle", "pass", tmp_path), program("busy", "sum(range(30_000_000))", tmp_path)], rounds=1
    )
    assert (summaries[0].wall_ratio, summaries[0].cpu_ratio) == (1.0, 1.0)
    assert summaries[1].cpu_ratio > 2


def test_memory_is_that_of_a_process_and_its_children_together(tmp_path: Path) -> None:
    hold = "import subprocess, sys, time; held = bytes(range(256)) * 200_000"  # 49 MiB
    alone = f"{hold}; time.sleep(1)"
    with_child = f"{hold}; subprocess.run([sys.executable, '-c', {alone!r}], check=True)"
    one, both = peak_memory(program("one", alone, tmp_path)), peak_memory(program("both", with_child, tmp_path))
    assert 49 < one < 90
    assert both > one + 45


def test_a_failing_program_is_named_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)broken failed.*no such thing"):
        run(program("broken", "raise SystemExit('no such thing')", tmp_path))
