"""A function's own code: its files, their paths in the package, and their digest."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

ALWAYS_EXCLUDED: Final = ("__pycache__", "*.pyc", "*.pyo", ".*", "node_modules", "cdk.out")
"""Names that are never packaged: compiled files (they differ between machines), caches, hidden files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """The files of an entry folder and its shared files.

    A folder with an `__init__.py` is a Python package and keeps its name (`shares/handler.py`, imported as
    `shares.handler`); the content of any other entry folder is at the top level (`handler.py`). Each shared file or
    folder is at the top level under its own name.

    Args:
        entry: The folder.
        shared: Further files or folders. Default: the entry alone.
        exclude: Patterns of file or folder names, or of paths relative to the folder, to omit in addition to
            `ALWAYS_EXCLUDED`. Default: no others.

    Raises:
        ValueError: If a path is missing, no file is left to package, or two files have one path in the package.
    """

    entry: Path
    shared: Sequence[Path] = ()
    exclude: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.entry.is_dir():
            raise ValueError(f"entry {str(self.entry)!r} is not a folder; name the folder that contains handler.py")
        for path in self.shared:
            if not path.exists():
                raise ValueError(f"shared {str(path)!r} does not exist; name a Python file or a folder")

    @property
    def prefix(self) -> str:
        """The folder of the entry's files in the package: its own name for a Python package, else empty."""
        return self.entry.resolve().name if (self.entry / "__init__.py").is_file() else ""

    def files(self) -> dict[str, Path]:
        """Return the files by their path in the package, with `/` between folders, sorted."""
        found: dict[str, Path] = {}
        for landing, file in self._pairs():
            if landing in found:
                raise ValueError(
                    f"{str(found[landing])!r} and {str(file)!r} have the same path {landing!r} in the package; rename "
                    "one, or remove one with exclude="
                )
            found[landing] = file
        if not found:
            raise ValueError(
                f"entry {str(self.entry)!r} contains no file to package, or only files of exclude=; add handler.py"
            )
        return dict(sorted(found.items()))

    def digest(self) -> str:
        """Return a SHA-256 of paths and contents, independent of the machine and of file times."""
        digest = hashlib.sha256()
        for landing, file in self.files().items():
            digest.update(f"{landing}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
        return digest.hexdigest()

    def copy_to(self, folder: Path) -> None:
        """Copy every file to its path in the package below `folder`.

        Raises:
            ValueError: If an installed package already has a file there.
        """
        for landing, file in self.files().items():
            destination = folder / landing
            if destination.exists():
                raise ValueError(f"{str(file)!r} would overwrite {landing!r} of an installed package; rename it")
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, destination)

    def _pairs(self) -> Iterator[tuple[str, Path]]:
        for path in self._walk(self.entry):
            yield (Path(self.prefix) / path.relative_to(self.entry)).as_posix(), path
        for shared in self.shared:
            if shared.is_file():
                yield shared.name, shared
                continue
            for path in self._walk(shared):
                yield (Path(shared.resolve().name) / path.relative_to(shared)).as_posix(), path

    def _walk(self, root: Path) -> Iterator[Path]:
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root)
            if path.is_file() and not self._left_out(relative):
                yield path

    def _left_out(self, relative: Path) -> bool:
        names: Iterable[str] = relative.parts
        if any(fnmatch(name, pattern) for name in names for pattern in (*ALWAYS_EXCLUDED, *self.exclude)):
            return True
        return any(fnmatch(relative.as_posix(), pattern) for pattern in self.exclude)
