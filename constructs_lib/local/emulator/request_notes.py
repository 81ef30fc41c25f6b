"""What is noted about the request at hand until it is answered. Pure."""

import base64
import binascii
import contextvars
import json
from dataclasses import dataclass, field
from typing import Any, Final

_CLAIMS: Final = ("iss", "aud", "client_id", "token_use", "exp", "scope")
"""What is kept of a token: nothing by which anybody could use it, or is named in it."""


@dataclass(kw_only=True, slots=True)
class Notes:
    """What was decided about one request.

    Attributes:
        checks: Each question to the evaluator with its answer.
        token: What a route accepts and what the token says. Empty: no route asked for one.
    """

    checks: list[dict[str, Any]] = field(default_factory=list)
    token: dict[str, Any] = field(default_factory=dict)


_notes: contextvars.ContextVar[Notes | None] = contextvars.ContextVar("request_notes", default=None)


def begin() -> Notes:
    """Begin the notes of a request; whatever is called for it finds them."""
    notes = Notes()
    _notes.set(notes)
    return notes


def current() -> Notes | None:
    """Return the notes of the request at hand; None outside of one."""
    return _notes.get()


def claims_of(token: str) -> dict[str, Any] | None:
    """Return what a token says of itself, whoever signed it: issuer, client, use, end, scopes; None for no token.

    Args:
        token: The token; empty for none.
    """
    if not token:
        return None
    try:
        body = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return {name: said[name] for name in _CLAIMS if name in said} if isinstance(said, dict) else {}
