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


def samples(page: Path) -> list[tuple[str, str]]:
    """Return a page's fenced samples in order, each with its language."""
    return [(match["language"], match["text"]) for match in _FENCE.finditer(page.read_text(encoding="utf-8"))]


def blocks(page: Path, *languages: str) -> list[str]:
    """Return a page's samples of some languages."""
    return [text for language, text in samples(page) if language in languages]


def name_of(page: Path) -> str:
    """Return what a test calls a page."""
    return page.relative_to(ROOT).as_posix()
