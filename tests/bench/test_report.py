"""Results are kept as data, and the page shows them between its marks and nowhere else."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.harness import Summary
from bench.report import read_json, write_json, write_markdown, write_plot
from bench.sections import Section, replaced, section_of

SUMMARY = Summary(name="A & B, this library", wall=1.234, cpu=2.0, peak=100.4, wall_ratio=0.5, cpu_ratio=0.25)
COMPARED = section_of("app", "The app", "How.", [SUMMARY], {SUMMARY.name: 23}, {"Peer": "npm ci"})
SIZES = Section(name="growth", title="Growth", note="Note.", columns=("", "bytes"), rows=(("1", 12345),))


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "performance.json"
    assert read_json(path) == ({}, [])
    write_json(path, {"Node": "v24"}, [COMPARED, SIZES])
    assert read_json(path) == ({"Node": "v24"}, [COMPARED, SIZES])
    assert json.loads(path.read_text())["sections"]["app"]["rows"][0][1] == 23


def test_a_section_that_ran_again_takes_its_own_place_and_the_others_stay() -> None:
    again = section_of("app", "The app", "How.", [], {})
    assert replaced([COMPARED, SIZES], again) == [again, SIZES]
    assert replaced([COMPARED], SIZES) == [COMPARED, SIZES]


def test_a_peer_that_is_not_installed_has_a_row_with_the_command_that_installs_it() -> None:
    assert COMPARED.rows[1][0] == "Peer: not installed, run `npm ci`"
    assert len(COMPARED.rows[1]) == len(COMPARED.columns)


def test_the_page_changes_between_its_marks_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nAfter\n")
    write_markdown(page, {"Node": "v24"}, [SIZES])
    text = page.read_text()
    assert text.startswith("Before\n")
    assert text.endswith("\nAfter\n")
    assert "old" not in text
    assert "| 1 | 12,345 |" in text


def test_a_page_without_marks_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Nothing")
    with pytest.raises(ValueError, match="has no"):
        write_markdown(page, {}, [])
    assert page.read_text() == "Nothing"


def test_the_plot_is_well_formed_and_has_a_bar_for_each_program_that_ran(tmp_path: Path) -> None:
    path = tmp_path / "plot.svg"
    write_plot(path, [COMPARED, SIZES])
    root = ET.fromstring(path.read_text())  # noqa: S314 - written here
    assert len(root.findall("{http://www.w3.org/2000/svg}rect")) == 2
