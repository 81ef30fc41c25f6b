"""Every test that the documents name is there, under the name that the row says, or as a whole file by its path."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
LINK = re.compile(r"\[([^\]]+)\]\((\.\./tests/[^)]+\.py)\)")


def named() -> Iterator[tuple[str, str, str]]:
    """Yield each document, the words of a link to a test, and the test's file."""
    for page in sorted(DOCS.rglob("*.md")):
        for words, file in LINK.findall(page.read_text(encoding="utf-8")):
            yield page.relative_to(DOCS).as_posix(), words, file


def _tests_in(file: Path) -> set[str]:
    return {
        each.name
        for each in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_")
    }


def test_rows_name_tests() -> None:
    assert len([page for page, _, _ in named() if page == "features.md"]) > 150


def test_each_of_the_twelve_systems_is_shown() -> None:
    text = (DOCS / "features.md").read_text(encoding="utf-8")
    table = text.partition("## The twelve systems")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 12
    assert [row for row in rows if not LINK.search(row)] == []


@pytest.mark.parametrize("page", sorted({page for page, _, _ in named()}))
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    wrong = []
    for where, words, file in named():
        path = (DOCS / where).parent / file
        name = f"test_{re.sub(r'[^a-z0-9]+', '_', words.lower()).strip('_')}"
        whole = words.strip("`") in file
        if where == page and not (path.is_file() and (whole or name in _tests_in(path))):
            wrong.append(f"{name} in {file}")
    assert wrong == []
