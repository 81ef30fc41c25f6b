"""A function's third-party packages as one requirements text, from any supported file."""

import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.functions.package_installers import find_uv
from constructs_lib.functions.requirement_lines import LocalPath, digests, lines_of, local_path

_OTHER_LOCKS = {"poetry": "poetry.lock", "pdm": "pdm.lock"}
"""Tools with their own lock file beside `pyproject.toml`, which can export `requirements.txt`."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """The requirements for an installer.

    Args:
        text: In the format of `requirements.txt`; empty if the function needs no package.
        origin: Its source file, for messages.
        base: The folder that relative paths in it start from.
    """

    text: str
    origin: str
    base: Path = Path()

    @classmethod
    def of(cls, folder: Path) -> "Requirements":
        """Read the requirements of a folder.

        `requirements.txt` is used unchanged, even beside the lock of Poetry or PDM. Without it, `pyproject.toml` with
        `uv.lock` is exported without its development dependencies: every package pinned, with hashes.

        Raises:
            ValueError: If there is a `pyproject.toml` without a lock, or both files name packages, or the
                lock cannot be exported.
        """
        plain, project, lock = folder / "requirements.txt", folder / "pyproject.toml", folder / "uv.lock"
        other = next((tool for tool, name in _OTHER_LOCKS.items() if (folder / name).is_file()), "")
        if plain.is_file() and project.is_file() and not other:
            raise ValueError(
                f"{str(folder)!r} has both requirements.txt and pyproject.toml; keep the one that names its packages"
            )
        if plain.is_file():
            return cls(text=plain.read_text(encoding="utf-8"), origin=str(plain), base=folder)
        if not project.is_file():
            return cls(text="", origin=str(folder))
        if other and not lock.is_file():
            raise ValueError(
                f"{str(project)!r} is locked by {other}, whose lock file is not supported; run `{other} export "
                f"--output {folder / 'requirements.txt'}`, or use uv with `uv lock`"
            )
        if not lock.is_file():
            raise ValueError(f"{str(project)!r} has no uv.lock beside it; run `uv lock --project {folder}`")
        return cls(text=_export(folder), origin=str(lock), base=folder)

    @functools.cached_property
    def _entries(self) -> tuple[tuple[str, LocalPath | None], ...]:
        """Each line, with the file or folder of this machine that it names."""
        return tuple((line, local_path(line, base)) for line, base in lines_of(self.text, self.base))

    @property
    def lines(self) -> tuple[str, ...]:
        """The requirements and options in their original text, one per line, without comments.

        Raises:
            ValueError: For a named file or folder that is missing.
        """
        return tuple(line for line, _ in self._entries)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs of the installation: the lines, and the contents of the files and folders that they name."""
        return tuple(self._inputs())

    def _inputs(self) -> Iterator[str]:
        for line, named in self._entries:
            yield line
            if named is not None and named.decides:
                yield from digests(named.path)

    @property
    def installable(self) -> tuple[str, ...]:
        """The lines with full paths, except folders, which are built first."""
        return tuple(named.line if named else line for line, named in self._entries if not _is_source(named))

    @property
    def folders(self) -> tuple[LocalPath, ...]:
        """The named folders: packages in source form."""
        return tuple(named for _, named in self._entries if named is not None and _is_source(named))

    @property
    def hashed(self) -> bool:
        """Whether the lines have hashes, so that every package and its dependencies are fixed."""
        return any("--hash=" in line for line in self.lines)

    @property
    def unpinned(self) -> tuple[str, ...]:
        """The requirements without an exact version, whose result may change at any time."""
        return tuple(
            line
            for line, named in self._entries
            if named is None and not line.startswith("-") and "==" not in line and " @ " not in line
        )


def _is_source(named: LocalPath | None) -> bool:
    return named is not None and named.installed and named.path.is_dir()


def _export(folder: Path) -> str:
    uv = find_uv()
    if uv is None:
        raise ValueError(f"{str(folder / 'uv.lock')!r} can be read by uv only; run `pip install uv`")
    command = [uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-editable", "--no-header"]
    # Paths of other projects of a workspace are written from the current folder.
    done = subprocess.run(
        [*command, "--no-annotate", "--project", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(f"{str(folder / 'uv.lock')!r} could not be read by uv; see its output: {done.stderr.strip()}")
    return done.stdout
