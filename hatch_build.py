"""What the package says of where it comes from: its addresses, and a README whose links work on a package index."""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Addresses(MetadataHookInterface):
    """Reads the repository's address from PROJECT_URL, which the release workflow sets; without it there is none."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README and the addresses to the package's metadata."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        url = os.environ.get("PROJECT_URL", "").rstrip("/")
        metadata["readme"] = {"content-type": "text/markdown", "text": with_whole_links(text, url) if url else text}
        metadata["urls"] = addresses(url) if url else {}


def addresses(url: str) -> dict[str, str]:
    """Return the addresses that belong to a repository, by the labels that package indexes know."""
    return {
        "Homepage": url,
        "Source": url,
        "Documentation": f"{url}/tree/HEAD/docs",
        "Issues": f"{url}/issues",
        "Changelog": f"{url}/blob/HEAD/CHANGELOG.md",
    }


def with_whole_links(text: str, url: str) -> str:
    """Make links to files of the repository whole."""
    return re.sub(r"\]\((?![a-z]+:|#)([^)]+)\)", rf"]({url}/blob/HEAD/\1)", text)
