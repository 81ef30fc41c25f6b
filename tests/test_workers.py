"""Tests are shared out among workers so that what is costly to make is made once."""

from pathlib import Path

import pytest

from tests.conftest import LONGEST, TOGETHER

ROOT = Path(__file__).parents[1]
FILES = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]


@pytest.mark.parametrize("start", [*LONGEST, *(start for starts in TOGETHER.values() for start in starts)])
def test_what_is_named_is_there(start: str) -> None:
    assert any(file.startswith(start) for file in FILES)


@pytest.mark.parametrize(
    ("fixture", "worker"), [("documents: " + "Documents", "documents"), ("deployed: " + "Deployed", "cloud")]
)
def test_files_that_use_what_is_deployed_once_are_run_by_one_worker(fixture: str, worker: str) -> None:
    using = [file for file in FILES if fixture in (ROOT / file).read_text(encoding="utf-8")]
    assert len(using) > 3
    assert [file for file in using if not file.startswith(TOGETHER[worker])] == []
