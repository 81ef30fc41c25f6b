"""What a project knows of its emulator, for its user alone: the record of a running one, the administrator's keys."""

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
    """The administrator's access key of one project's cloud, as random as an account's.

    Args:
        access_key: The access key ID.
        secret_key: The secret access key.
    """

    access_key: str
    secret_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A running emulator.

    Args:
        pid: Its process.
        http: Its address over HTTP.
        https: Its address over HTTPS.
        ca: The certificate of its authority.
        region: Its region.
        account: Its account.
        state: Folder of its kept state; empty when nothing is kept.
        access_key: The access key ID of its administrator. The secret key is in the project's keys.
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
    """Make a folder that its user alone may look into; one that others may look into is closed.

    Raises:
        OSError: It cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def write_privately(path: Path, content: str) -> None:
    """Write a file for its user alone, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    # Made with mode 0600.
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
    """Return where the administrator's keys of a project are."""
    return folder / _KEYS


def keys(folder: Path) -> Keys | None:
    """Return the administrator's keys of a project, or None when there are none that can be read."""
    found = _read(keys_file(folder), Keys)
    return Keys(**found) if found else None


def make_keys(folder: Path) -> Keys:
    """Return the administrator's keys of a project; makes them when there are none that can be read.

    Raises:
        OSError: They cannot be written.
    """
    found = keys(folder)
    if found is None:
        access_key = "LKIA" + "".join(secrets.choice(_KEY_LETTERS) for _ in range(16))
        found = Keys(access_key=access_key, secret_key=secrets.token_urlsafe(30))
        write_privately(keys_file(folder), json.dumps(asdict(found)))
    return found


def read(folder: Path) -> Record | None:
    """Return the record of a project's emulator, or None when there is none that can be read."""
    found = _read(folder / _RECORD, Record)
    return Record(**found) if found else None


def write(folder: Path, record: Record) -> None:
    """Write the record of a project's emulator.

    Raises:
        OSError: It cannot be written.
    """
    write_privately(folder / _RECORD, json.dumps(asdict(record), indent=2))


def forget(folder: Path) -> None:
    """Remove the record of a project's emulator. One that cannot be removed says nothing: its process is looked for."""
    with suppress(OSError):
        (folder / _RECORD).unlink(missing_ok=True)


def _read(path: Path, kind: type[Keys | Record]) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    wanted = {field.name: field.type for field in fields(kind)}
    if not isinstance(found, dict) or found.keys() != wanted.keys():
        return None
    return found if all(type(found[name]) is kind for name, kind in wanted.items()) else None
