"""The lines of requirement files, and the files and folders of this machine that they name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator


_CONTINUED: Final = re.compile(r"\\\n")
_COMMENT: Final = re.compile(r"(^|\s)#.*$")
_EDITABLE: Final = re.compile(r"^(?:-e|--editable)(?:\s+|=)")
_NESTED: Final = re.compile(r"^(?:-r|--requirement)(?:\s+|=)(\S+)$")
_LOOKED_AT: Final = re.compile(r"^(-f|--find-links|-c|--constraint)(?:\s+|=)(\S+)$")
_NAMED: Final = re.compile(r"^[\w.-]+(?:\[[^\]]*\])?\s*@\s*file:(?://)?(?=[./~])")
_PARTS: Final = re.compile(r"^(?P<path>[^;\[]+?)(?P<extras>\[[^\]]*\])?(?P<rest>\s*;.*|\s+--.*)?$")
_ARCHIVES: Final = (".whl", ".zip", ".tar.gz")
_LEFT_OUT: Final = frozenset({"__pycache__", "build", "dist", ".git", ".venv"})
_DEEPEST: Final = 8
"""The maximum nesting depth of requirement files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalPath:
    """A file or folder that a line names.

    Args:
        path: Its path.
        before: The text before it in a line with its full path, such as `--find-links `.
        after: The text after it: extras, markers, hashes.
        installed: Whether it is a package; False for a folder with packages (`--find-links`), and for constraints.
    """

    path: Path
    before: str
    after: str
    installed: bool = True

    @property
    def decides(self) -> bool:
        """Whether its content determines the installed packages: false for folders with pinned packages."""
        return self.installed or self.path.is_file()

    @property
    def line(self) -> str:
        """The line with the full path, independent of the current folder."""
        return f"{self.before}{self.path}{self.after}"


def local_path(line: str, base: Path) -> LocalPath | None:
    """Return the file or folder of this machine that a line of requirements names; None if it names none.

    The line has no comments; relative paths start from `base`.

    Raises:
        ValueError: If there is no such file or folder.
    """
    found = None
    if option := _LOOKED_AT.match(line):
        if "://" not in option[2]:
            name = "--find-links" if option[1] in {"-f", "--find-links"} else "--constraint"
            found = LocalPath(path=(base / option[2]).resolve(), before=f"{name} ", after="", installed=False)
    else:
        found = _package(_NAMED.sub("", _EDITABLE.sub("", line)), line, base)
    if found is not None and not found.path.exists():
        raise ValueError(
            f"requirement {line!r} names {str(found.path)!r}, which does not exist; write a path that starts from "
            f"{str(base)!r}"
        )
    return found


def _package(text: str, line: str, base: Path) -> LocalPath | None:
    parts = _PARTS.match(text)
    if parts is None or "://" in parts["path"] or text.startswith("-"):
        return None
    path = parts["path"].strip()
    written_as_path = text != line or path.startswith((".", "/", "~")) or path.endswith(_ARCHIVES) or "/" in path
    if not written_as_path or "@" in path:
        return None
    place = (base / Path(unquote(path)).expanduser()).resolve()
    return LocalPath(path=place, before="", after=f"{parts['extras'] or ''}{parts['rest'] or ''}")


def lines_of(text: str, base: Path, *, deep: int = 0) -> Iterator[tuple[str, Path]]:
    """Yield each line, without comments, with the folder its paths start from; included files (`-r`) in their place.

    Raises:
        ValueError: For a missing included file, or files that are nested too deeply.
    """
    if deep > _DEEPEST:
        raise ValueError(
            f"requirements of {str(base)!r} include each other more than {_DEEPEST} levels deep; remove the circular -r"
        )
    stripped = (_COMMENT.sub("", line).strip() for line in _CONTINUED.sub(" ", text).splitlines())
    for line in filter(None, stripped):
        nested = _NESTED.match(line)
        if nested is None or "://" in nested[1]:
            yield line, base
            continue
        file = base / nested[1]
        if not file.is_file():
            raise ValueError(
                f"requirement {line!r} names {str(file)!r}, which does not exist; write a path that starts from "
                f"{str(base)!r}"
            )
        yield from lines_of(file.read_text(encoding="utf-8"), file.parent, deep=deep + 1)


def digests(path: Path) -> Iterator[str]:
    """Yield the names and contents of a file or folder, independent of this machine, to detect changes."""
    if path.is_file():
        yield f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        return
    for file in sorted(path.rglob("*")):
        place = file.relative_to(path)
        if file.is_file() and not _LEFT_OUT.intersection(place.parts) and place.suffix != ".pyc":
            yield f"{place.as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}"
