"""Permissions in a shared folder, independent of the event format."""

import re
import secrets
from http import HTTPStatus
from typing import Any, Final

from folders import data

RIGHTS: Final = frozenset({"read", "write", "share"})
LARGEST: Final = 10 * 2**20
"""The maximum size of a file, in bytes."""
_TYPES: Final = re.compile(r"image/(png|jpeg|webp)|application/pdf|text/plain")
_ID: Final = re.compile(r"[\w-]{16}")
_MEMBER: Final = re.compile(r"[\w:-]{1,128}")
_FILE: Final = re.compile(r"[^/\x00-\x1f\x7f]{1,200}")


class RefusedError(Exception):
    """A request that cannot be granted.

    Args:
        status: The HTTP status.
        message: The message for the caller.
    """

    def __init__(self, status: HTTPStatus, message: str) -> None:
        """Store the status and the message."""
        super().__init__(message)
        self.status = status


def create(caller: str, name: Any) -> dict[str, Any]:
    """Create a new folder, whose only member is the caller."""
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 100:  # noqa: PLR2004 - the limits in the message
        raise RefusedError(HTTPStatus.BAD_REQUEST, "name must be text of 1 to 100 characters")
    folder = secrets.token_urlsafe(12)
    data.add(member=caller, folder=folder, name=name.strip(), may=RIGHTS)
    return {"folder": folder, "name": name.strip(), "may": sorted(RIGHTS)}


def invite(caller: str, folder: str, member: str, may: Any) -> None:
    """Add a member, or change a member's permissions."""
    entry = _entry(caller, folder, "share")
    if not isinstance(may, list) or not may or not RIGHTS.issuperset(map(str, may)):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"may must list some of {', '.join(sorted(RIGHTS))}")
    if not _MEMBER.fullmatch(member):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "that is not a member's ID")
    if member == caller:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "you cannot change your own permissions")
    data.add(member=member, folder=folder, name=entry["name"], may=may)


def dismiss(caller: str, folder: str, member: str) -> None:
    """Remove a member from the list; every member may leave."""
    _entry(caller, folder, "share" if member != caller else None)
    data.remove(member=member, folder=folder)


def members(caller: str, folder: str) -> list[dict[str, Any]]:
    """Return the members."""
    _entry(caller, folder, "share")
    return [{"member": entry["member"], "may": sorted(entry["may"])} for entry in data.members(folder)]


def files(caller: str, folder: str) -> list[dict[str, Any]]:
    """Return the files of a folder."""
    _entry(caller, folder, "read")
    return data.files(folder)


def download(caller: str, folder: str, name: str) -> dict[str, Any]:
    """Return a URL for one file."""
    _entry(caller, folder, "read")
    return {"url": data.download_url(folder, _file(name))}


def upload(caller: str, folder: str, name: Any, content_type: Any) -> dict[str, Any]:
    """Return a form for one file."""
    _entry(caller, folder, "write")
    if not isinstance(content_type, str) or not _TYPES.fullmatch(content_type):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "content_type must be that of PNG, JPEG, WebP, PDF or plain text")
    return data.upload_form(folder, _file(name), content_type=content_type, largest=LARGEST)


def delete(caller: str, folder: str, name: str) -> None:
    """Delete one file."""
    _entry(caller, folder, "write")
    data.delete_file(folder, _file(name))


def _entry(caller: str, folder: str, right: str | None) -> dict[str, Any]:
    """Return the caller's entry; a caller who is not a member does not learn that the folder exists."""
    entry = data.membership(member=caller, folder=folder) if _ID.fullmatch(folder) else None
    if entry is None:
        raise RefusedError(HTTPStatus.NOT_FOUND, "there is no such folder")
    if right is not None and right not in entry["may"]:
        raise RefusedError(HTTPStatus.FORBIDDEN, f"you may not {right} here")
    return entry


def _file(name: Any) -> str:
    if not isinstance(name, str) or not _FILE.fullmatch(name):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "a file's name is 1 to 200 characters without '/'")
    return name
