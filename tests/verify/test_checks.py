"""Every check is found by its presence, with a unique name and its level."""

import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from constructs_lib.verify import Check, all_checks, levels
from constructs_lib.verify.levels import two

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"


def _module(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(text, encoding="utf-8")


_CHECK = """
from constructs_lib.verify.checks import Check
CHECKS = (Check(name={name!r}, level={level}, title="It holds.", run=lambda context: ()),)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(two, "__path__", [*two.__path__, str(tmp_path)])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith(f"{two.__name__}.planted")]:
        del sys.modules[name]


def test_a_module_in_a_levels_folder_is_run(folder: Path) -> None:
    _module(folder, "planted", _CHECK.format(name="planted", level=2))
    assert "planted" in {check.name for check in all_checks()}


def test_the_run_that_the_page_shows_has_every_check_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    lines = [line.partition(" s  ")[2] for line in page.splitlines()]
    assert [each.name for each in all_checks() if f"{each.name}: {each.title}" not in lines] == []
    assert f": {len(all_checks())} checks.\n" in page


def test_a_module_without_checks_is_refused(folder: Path) -> None:
    _module(folder, "planted_empty", "")
    with pytest.raises(ValueError, match="planted_empty has no CHECKS"):
        all_checks()


def test_a_check_of_another_level_is_refused(folder: Path) -> None:
    _module(folder, "planted_elsewhere", _CHECK.format(name="planted", level=1))
    with pytest.raises(ValueError, match="has level 1; set level=2"):
        all_checks()


def test_two_checks_of_one_name_are_refused(folder: Path) -> None:
    _module(folder, "planted_one", _CHECK.format(name="planted", level=2))
    _module(folder, "planted_two", _CHECK.format(name="planted", level=2))
    with pytest.raises(ValueError, match="two checks are named planted"):
        all_checks()


def test_levels_run_one_after_the_other() -> None:
    found = [check.level for check in all_checks()]
    assert found == sorted(found)
    assert isinstance(levels, types.ModuleType)
    assert all(isinstance(check, Check) for check in all_checks())
