"""Private files of a project's emulator: the record of a running one, and the administrator's keys."""

import json
import os
import secrets
import string
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

_RECORD: Final = "cloud.json"
_KEYS: Final = "keys.json"
_KEY_LETTERS: Final = string.ascii_uppercase + "234567"


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """The administrator's random access key for one project's cloud."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A running emulator.

    `state` is the folder of its kept state; empty if it keeps none. The secret access key is in the project's keys
    file.
    """

    pid: int
    http: str
    https: str
    ca: str
    region: str
    account: str
    state: str
    access_key: str


def private_folder(folder: Path) -> None:
    """Create a folder with access for its user only, or restrict an existing one.

    Raises:
        OSError: If it cannot be created.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def write_privately(path: Path, content: str) -> None:
    """Write a file atomically, with access for its user only.

    Raises:
        OSError: If it cannot be written.
    """
    # Created with mode 0600.
    number, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with open(number, "w", encoding="utf-8") as file:  # noqa: PTH123 - open already
            file.write(content)
        Path(draft).replace(path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)  # noqa: PTH108 - a str
        raise


def keys_file(folder: Path) -> Path:
    """Return the path of the file with a project's administrator keys."""
    return folder / _KEYS


def keys(folder: Path) -> Keys | None:
    """Return the administrator's keys of a project, or None if there are no readable ones."""
    found = _read(keys_file(folder), Keys)
    return Keys(**found) if found else None


def make_keys(folder: Path) -> Keys:
    """Return the administrator's keys of a project; create them if there are no readable ones.

    Raises:
        OSError: If they cannot be written.
    """
    found = keys(folder)
    if found is None:
        access_key = "LKIA" + "".join(secrets.choice(_KEY_LETTERS) for _ in range(16))
        found = Keys(access_key=access_key, secret_key=secrets.token_urlsafe(30))
        write_privately(keys_file(folder), json.dumps(asdict(found)))
    return found


def read(folder: Path) -> Record | None:
    """Return the record of a project's emulator, or None if there is no readable one."""
    found = _read(folder / _RECORD, Record)
    return Record(**found) if found else None


def write(folder: Path, record: Record) -> None:
    """Write the record of a project's emulator.

    Raises:
        OSError: If it cannot be written.
    """
    write_privately(folder / _RECORD, json.dumps(asdict(record), indent=2))


def forget(folder: Path) -> None:
    """Remove the record of a project's emulator. A failure is ignored, because `running` checks the process too."""
    with suppress(OSError):
        (folder / _RECORD).unlink(missing_ok=True)


def _read(path: Path, kind: type[Keys | Record]) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    expected = {field.name: field.type for field in fields(kind)}
    if not isinstance(found, dict) or found.keys() != expected.keys():
        return None
    return found if all(type(found[name]) is kind for name, kind in expected.items()) else None
