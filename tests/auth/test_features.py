"""The feature table of sign-in says nothing that no test shows."""

import re
from pathlib import Path
from typing import Final

FEATURES: Final = Path(__file__).parents[2] / "docs" / "features.md"


def test_each_row_leads_to_a_test_that_exists() -> None:
    section = FEATURES.read_text().partition("## Sign-in\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ") and "Shown by" not in line]
    links = [re.findall(r"\[([^]]+)\]\(([^)]+)\)", row) for row in rows]
    assert len(rows) > 60
    assert [row for row, found in zip(rows, links, strict=True) if not found] == []
    missing = [
        name
        for found in links
        for name, path in found
        if f"def test_{name.replace(' ', '_')}(" not in (FEATURES.parent / path).read_text()
    ]
    assert missing == []
