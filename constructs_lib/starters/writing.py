"""Writes a project: a starter's files with its names, into an empty folder."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.starters.starters import Starter

LIBRARY: Final = "cognito-app-constructs"
_EXTRAS: Final = "[local,proof,testing,validation]"
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
_PERSON: Final = re.compile(r"[A-Za-z]{2,20}")
_WORDS: Final = re.compile(r"[-_]+|(?<=[a-z0-9])(?=[A-Z])")
_REQUIREMENT: Final = re.compile(rf"{LIBRARY}\s*(\[[^\]]*\])?\s*([<>=!~].*)?")
_RESERVED: Final = ("editor", "guest", "person", "deployed", "template", "found", "colleague")
"""Names that the tests of a project use themselves."""


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """The names of a project and its users.

    Args:
        app: The project's name, of letters, digits and hyphens: `my-app` makes the stack `MyApp`.
        people: The two users in its tests.

    Raises:
        ValueError: For a name that a stack, or a user in a test, cannot have.
    """

    app: str
    people: tuple[str, str]

    def __post_init__(self) -> None:
        """Check the names."""
        if not _NAME.fullmatch(self.app):
            raise ValueError(
                f"name {self.app!r} is not valid; use letters, digits and hyphens, beginning with a letter, such as "
                "my-app"
            )
        one, two = (each.lower() for each in self.people)
        for each in self.people:
            if not _PERSON.fullmatch(each) or each.lower() in _RESERVED:
                raise ValueError(f"people={each!r} is not valid; use a name of 2 to 20 letters, such as Alice")
        if one == two:
            raise ValueError(f"people={one!r} is one name for both; use two different names")

    def written(self, text: str) -> str:
        """Return a starter's text with these names."""
        words = [each for each in _WORDS.split(self.app) if each]
        one, two = self.people
        # Whole words at once, so that a name that contains another is not replaced twice.
        names = {
            "MyApp": "".join(each[:1].upper() + each[1:] for each in words),
            "my-app": "-".join(words).lower(),
            "Alice": one.capitalize(),
            "alice": one.lower(),
            "Bob": two.capitalize(),
            "bob": two.lower(),
        }
        return re.sub("|".join(map(re.escape, names)), lambda match: names[match.group()], text)


@checked
def requirement(library: str | None = None) -> str:
    """Return the line of `requirements.txt` for this library with the extras of a project.

    Args:
        library: A wheel or checkout on this machine, an address, or a requirement such as
            `cognito-app-constructs>=0.1`. None: the version that is running.

    Raises:
        ValueError: If it is none of these.
    """
    if library is None:
        return f"{LIBRARY}{_EXTRAS}=={version(LIBRARY)}"
    if "://" in library or library.startswith("git+"):
        return f"{LIBRARY}{_EXTRAS} @ {library}"
    match = _REQUIREMENT.fullmatch(library)
    if match:
        return f"{LIBRARY}{match.group(1) or _EXTRAS}{match.group(2) or ''}"
    path = Path(library).resolve()
    if path.exists():
        return f"{LIBRARY}{_EXTRAS} @ {path.as_uri()}"
    raise ValueError(
        f"library {library!r} is not a file or folder here; name a path, a URL, or a requirement such as "
        f"{LIBRARY}=={version(LIBRARY)}"
    )


@checked
def write(starter: Starter, folder: Path, names: Names, library: str) -> list[str]:
    """Write a project and return the paths of its files.

    Args:
        starter: The starter.
        folder: The folder of the project; it is created if it does not exist.
        names: The names of the project and its users.
        library: The line of `requirements.txt` for this library, as `requirement` returns it.

    Raises:
        ValueError: If the folder is not empty; existing files are never overwritten.
        OSError: If a file cannot be written; what was written is removed, so that it can be repeated.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name an empty folder, or one that does not exist")
    existing = next(iter(sorted(folder.iterdir())), None) if folder.is_dir() else None
    if existing is not None:
        raise ValueError(
            f"{folder} is not empty and contains {existing.name}; name an empty folder, or one that does not exist"
        )
    files = starter.files()
    texts = {place: _text(place, path, starter, names, library) for place, path in files.items()}
    existed = folder.is_dir()
    written: list[Path] = []
    try:
        for place, text in texts.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            # A file that was created in the meantime is not overwritten.
            with target.open("x", encoding="utf-8", newline="\n") as file:
                written.append(target)
                file.write(text)
    except BaseException:
        _remove(written, folder, existed=existed)
        raise
    return list(files)


def _remove(written: Sequence[Path], folder: Path, *, existed: bool) -> None:
    """Remove files and the folders that are empty then; never a file of another program."""
    for path in written:
        path.unlink(missing_ok=True)
    below = sorted((each for each in folder.rglob("*") if each.is_dir()), reverse=True)
    for each in (*below, *([] if existed else [folder])):
        with suppress(OSError):
            each.rmdir()


def _text(place: str, path: Path, starter: Starter, names: Names, library: str) -> str:
    text = names.written(path.read_text(encoding="utf-8"))
    if place == "requirements.txt":
        return text.replace("LIBRARY", library)
    if place == "README.md":
        return text.replace("PURPOSE", f"{starter.title[:1].upper()}{starter.title[1:]}.")
    return text
