"""Validation and presentation of shares, independent of the event format and the table."""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from shares import data

__all__ = ["InvalidError", "NewShare", "list_page", "share", "unshare"]

_SHARE_ID: Final = re.compile(r"[0-9a-f]{28}")
_PAGE_SIZE: Final = re.compile(r"[1-9]\d?|100", re.ASCII)
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
"""A lone surrogate, which JSON can contain as an escape, but UTF-8 text, the table and the response cannot."""
_CONTENT_TYPE: Final = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
_TITLE: Final = 120
_NAME: Final = 512
_MOST_NAMED: Final = 5
"""The maximum number of unknown fields that a response names."""
_LARGEST: Final = 5 * 2**40
"""The largest object S3 stores, in bytes."""
_PAGE: Final = 20


class InvalidError(ValueError):
    """Invalid client input; the message states the valid form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewShare:
    """A user's description of a document.

    Args:
        title: 1 to 120 characters.
        document: The document's name, 1 to 512 characters.
        content_type: For example `application/pdf`. None: unspecified.
        size: In bytes. None: unspecified.
    """

    title: str
    document: str
    content_type: str | None = None
    size: int | None = None

    @classmethod
    def parse(cls, body: Any) -> "NewShare":
        """Check a decoded request body.

        Raises:
            InvalidError: With every invalid field.
        """
        if not isinstance(body, Mapping):
            raise InvalidError('the body must be a JSON object such as {"title": "Plan", "document": "plan.pdf"}')
        unknown = sorted(_SURROGATE.sub("\ufffd", name)[:_NAME] for name in body.keys() - set(cls.__slots__))
        wrong = [
            *(f"{name} is not a field of a share" for name in unknown[:_MOST_NAMED]),
            *_wrong_text("title", body.get("title"), _TITLE),
            *_wrong_text("document", body.get("document"), _NAME),
        ]
        kind, size = body.get("content_type"), body.get("size")
        if kind is not None and not (isinstance(kind, str) and _CONTENT_TYPE.fullmatch(kind)):
            wrong.append("content_type must be a media type such as application/pdf")
        # bool is an int in Python, but not a number in JSON.
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _LARGEST):
            wrong.append(f"size must be a whole number from 0 to {_LARGEST}")
        if wrong:
            raise InvalidError("; ".join(wrong))
        return cls(title=body["title"].strip(), document=body["document"].strip(), content_type=kind, size=size)


def share(new: NewShare, *, owner: str) -> dict[str, Any]:
    """Store a share of an owner and return it in the form for its owner."""
    now = time.time()
    item = {
        "share_id": f"{int(now * 1000):012x}{secrets.token_hex(8)}",
        "owner": owner,
        "shared_at": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds"),
        "title": new.title,
        "document": new.document,
        "content_type": new.content_type,
        "size": new.size,
    }
    if not data.add(item):
        raise RuntimeError(f"share ID {item['share_id']} is taken: 64 random bits repeated within a millisecond")
    return _shown(item, viewer=owner)


def list_page(*, limit: str | None, after: str | None, viewer: str | None) -> dict[str, Any]:
    """Return a page of shares, newest first, and the `after` of the next page or None.

    Raises:
        InvalidError: For a limit outside 1 to 100, or an `after` that is not a share ID.
    """
    if limit is not None and not _PAGE_SIZE.fullmatch(limit):
        raise InvalidError("limit must be a whole number from 1 to 100")
    if after is not None:
        _check_id(after)
    items, following = data.newest(limit=int(limit or _PAGE), after=after)
    return {"shares": [_shown(item, viewer=viewer) for item in items], "next": following}


def unshare(share_id: str, *, owner: str | None = None) -> bool:
    """Remove a share of any owner or, with `owner`, of this owner only; return whether it existed.

    Raises:
        InvalidError: For a text that is not a share ID.
    """
    _check_id(share_id)
    return data.remove(share_id, owner=owner)


def _check_id(share_id: str) -> None:
    if not _SHARE_ID.fullmatch(share_id):
        raise InvalidError("a share's ID is 28 hexadecimal digits")


def _wrong_text(name: str, value: Any, longest: int) -> list[str]:
    if isinstance(value, str) and 1 <= len(value.strip()) <= longest and not _SURROGATE.search(value):
        return []
    return [f"{name} must be text of 1 to {longest} characters"]


def _shown(item: Mapping[str, Any], *, viewer: str | None) -> dict[str, Any]:
    """Omit the owner: a guest's identity ID works like a password and must stay private."""
    shown = {name: item.get(name) for name in ("share_id", "title", "document", "content_type", "shared_at")}
    size = item.get("size")
    return {**shown, "size": None if size is None else int(size), "mine": viewer == item["owner"]}
