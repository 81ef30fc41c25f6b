"""The available starters: every folder with a `starter.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The installed package contains files that are beside the library in a checkout.
_INSIDE: Final = Path(__file__).parent
_CHECKOUT: Final = Path(__file__).parents[2]
_INSTALLED: Final = (_INSIDE / "files").is_dir()
_FILES: Final = _INSIDE / "files" if _INSTALLED else _CHECKOUT / "starters"
_SOURCES: Final = _INSIDE / "sources" if _INSTALLED else _CHECKOUT
_PACKAGED_ONCE: Final = {"lambda_src/caller.py": _INSIDE.parent / "memberships" / "runtime" / "caller.py"}
"""Files that another part of the installed package contains, because a file is packaged once."""
_COMMON: Final = "common"
_ABOUT: Final = "starter.json"
_FOR_ALL: Final = {"cdk.json": "cdk.json"}
"""The files of this repository in every project, by their place there."""
_DOT: Final = "dot-"
"""The prefix that replaces a leading dot of a project's names, so that they have no effect here."""
_MADE: Final = ("__pycache__", ".DS_Store")


@checked
@dataclass(frozen=True, slots=True)
class Starter:
    """A project template.

    Args:
        name: Its name: `documents`.
        title: A description in one line.
        copies: The files and folders of this repository that it has, by their place in the project.
    """

    name: str
    title: str = field(kw_only=True)
    copies: Mapping[str, str] = field(kw_only=True)

    def files(self) -> dict[str, Path]:
        """Return its files by their place in the project."""
        found = dict(_below(_FILES / _COMMON))
        found |= {place: path for place, path in _below(_FILES / self.name) if place != _ABOUT}
        for place, copied in {**_FOR_ALL, **self.copies}.items():
            path = source(copied)
            found |= {f"{place}/{inner}": each for inner, each in _below(path)} if path.is_dir() else {place: path}
        return found


def starters() -> dict[str, Starter]:
    """Return every starter by its name."""
    found = {}
    for about in sorted(_FILES.glob(f"*/{_ABOUT}")):
        about_starter = json.loads(about.read_text(encoding="utf-8"))
        name = about.parent.name
        found[name] = Starter(name, title=about_starter["title"], copies=about_starter["copies"])
    return found


@checked
def source(place: str) -> Path:
    """Return a file or folder of this repository that starters contain, in a checkout or an installation.

    Args:
        place: Its path in the repository: `lambda_src/shares`.
    """
    return _PACKAGED_ONCE.get(place, _SOURCES / place) if _INSTALLED else _SOURCES / place


def _below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not set(parts) & set(_MADE):
            yield "/".join(f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in parts), path
