"""One part of the benchmark, run as a user does: what it finds is in the page, in the data and in the plot's place."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from bench import analysis, templates
from bench.__main__ import PARTS, main


@pytest.mark.slow
def test_a_part_is_measured_and_written_and_the_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {
        name: make for name, make in templates.TEMPLATES.items() if name.startswith(("32 combinations", "`examples"))
    }
    monkeypatch.setattr(templates, "TEMPLATES", few)
    monkeypatch.setattr(analysis, "_SIZES", (30,))
    kept = {"title": "Kept", "note": "", "columns": ["", "ms"], "rows": [["a", 1]]}
    (tmp_path / "performance.json").write_text(json.dumps({"machine": {}, "sections": {"kept": kept}}))
    done = CliRunner().invoke(main, ["analysis", "--rounds", "1", "--into", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert list(json.loads((tmp_path / "performance.json").read_text())["sections"]) == [
        "kept",
        "analysis",
        "templates",
    ]
    page = (tmp_path / "performance.md").read_text()
    assert "### Kept" in page
    assert "| 30 resources |" in page
    assert page.count("by `python -m bench analysis --rounds 1`, at a load of ") == 2
    assert [name for name in few if f"| {name} |" not in page] == []
    assert len(few) == 2
    assert (tmp_path / "performance.svg").exists()


def test_a_part_that_finds_nothing_writes_into_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PARTS, "analysis", lambda _: [])
    into = tmp_path / "new" / "folder"
    done = CliRunner().invoke(main, ["analysis", "--into", str(into)])
    assert done.exit_code == 0, done.output
    assert sorted(each.name for each in into.iterdir()) == ["performance.json", "performance.md", "performance.svg"]


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    done = CliRunner().invoke(main, ["everything"])
    assert done.exit_code == 2
    assert all(part in done.output for part in PARTS)


ENDLESS = """
import os, sys
from pathlib import Path
from bench import __main__ as bench
from bench.harness import Program, compare

words = ("sh", "-c", f"echo >> runs; if [ $(wc -l < runs) -eq {sys.argv[1]} ]; then sleep 600 & sleep 600; fi")
program = Program(name="endless", words=words, folder=Path.cwd(), environment=dict(os.environ))
bench.PARTS["app"] = lambda rounds: compare([program], rounds=rounds)
sys.argv[1:] = ["app", "--into", "docs"]
bench.start()
"""


@pytest.mark.parametrize("run", [1, 2, 3], ids=["that warms up", "watched for its memory", "timed"])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_during_a_run_ends_the_benchmark_and_all_it_started_with_a_plain_line(
    tmp_path: Path, run: int, sent: int
) -> None:
    command = [sys.executable, "-c", ENDLESS, str(run)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as bench:
        while len(started := psutil.Process(bench.pid).children(recursive=True)) < 3:
            assert bench.poll() is None
            time.sleep(0.05)
        bench.send_signal(sent)
        try:
            _, said = bench.communicate(timeout=30)
        finally:
            _, alive = psutil.wait_procs(started, timeout=0)
            for each in alive:
                each.kill()
            bench.kill()
    assert alive == []
    assert bench.returncode == 130
    runs = [f"  run {each} of 7: endless" for each in range(1, run + 1)]
    assert said.splitlines() == ["... app", *runs, "interrupted: app is not measured"]
