"""The samples that pages show, in the order in which they stand there."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [
    ROOT / "README.md",
    *sorted(each for each in (ROOT / "docs").rglob("*.md") if "_build" not in each.parts),
]
_FENCE: Final = re.compile(r"^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: Path, *languages: str) -> list[str]:
    """Return a page's fenced samples of some languages."""
    found = _FENCE.finditer(page.read_text(encoding="utf-8"))
    return [match["text"] for match in found if match["language"] in languages]


def name_of(page: Path) -> str:
    """Return what a test calls a page."""
    return page.relative_to(ROOT).as_posix()
