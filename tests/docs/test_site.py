"""The documentation is made without a warning, and its pages load nothing from outside."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADING = re.compile(r"""<(?:script|img|iframe|source)[^>]*\ssrc=["'](https?:)?//|<link[^>]*\shref=["'](https?:)?//""")


@pytest.mark.slow
def test_the_site_is_made_without_a_warning_and_loads_nothing_from_outside(tmp_path: Path) -> None:
    done = subprocess.run([ROOT / ".ci" / "docs", tmp_path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        assert not LOADING.search(page.read_text(encoding="utf-8")), page
    for style in tmp_path.rglob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style
    assert (tmp_path / "searchindex.js").exists()
