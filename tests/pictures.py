"""Pictures of pages for people to look at, with `PICTURES=yes`: without a GPU each takes a browser half a second."""

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

FOLDER: Final = Path(__file__).parents[1] / "test-output"


def keep_picture(page: Page, name: str) -> None:
    """Write a picture of a page below `test-output`, if pictures are asked for."""
    if os.environ.get("PICTURES") == "yes":
        page.screenshot(path=FOLDER / f"{name}.png")
