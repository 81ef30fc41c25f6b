"""Notes on the current request until its response. Pure."""

import base64
import binascii
import contextvars
import json
from dataclasses import dataclass, field
from typing import Any, Final

_CLAIMS: Final = ("iss", "aud", "client_id", "token_use", "exp", "scope")
"""The recorded claims of a token, which neither allow its use nor identify a user."""


@dataclass(kw_only=True, slots=True)
class Notes:
    """Decisions on one request.

    Attributes:
        checks: The evaluator's checks with their results.
        token: The values that a route accepts, and the token's claims. Empty: no route required a token.
    """

    checks: list[dict[str, Any]] = field(default_factory=list)
    token: dict[str, Any] = field(default_factory=dict)


_notes: contextvars.ContextVar[Notes | None] = contextvars.ContextVar("request_notes", default=None)


def begin() -> Notes:
    """Start the notes of a request; code called for the request gets them from `current`."""
    notes = Notes()
    _notes.set(notes)
    return notes


def current() -> Notes | None:
    """Return the notes of the current request; None outside a request."""
    return _notes.get()


def claims_of(token: str) -> dict[str, Any] | None:
    """Return a token's unverified claims: issuer, client, use, expiry, scopes; None if the text is not a token."""
    if not token:
        return None
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return {name: claims[name] for name in _CLAIMS if name in claims} if isinstance(claims, dict) else {}
