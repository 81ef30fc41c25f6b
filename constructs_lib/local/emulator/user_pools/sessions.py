"""Sessions between two steps of a sign-in: bound to user, client, challenge and time, and valid once.

A response removes its session, so that two concurrent responses cannot both use it. The session is restored only after
an error that AWS lets the client correct, such as a wrong code; a success or any other error consumes it. Sessions are
in memory: a restart ends every sign-in in progress, as does the limit of three minutes.
"""

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import RefusedError, missing, not_authorized

_TRIES: Final = 5
"""The number of wrong responses that ends a session."""
_MOST_STORED: Final = 10_000


@dataclass(kw_only=True, slots=True)
class Session:
    """Step of a sign-in that waits for its response.

    Args:
        pool_id: The user pool.
        client_id: The app client.
        username: The name in the pool, or the typed name of an unknown user, which must stay undisclosed.
        challenge: The challenge.
        expires: The expiry time, in seconds.
        facts: The values to check the response with; never shown.
        tries: The number of wrong responses so far.
    """

    pool_id: str
    client_id: str
    username: str
    challenge: str
    expires: float
    facts: dict[str, Any] = field(default_factory=dict)
    tries: int = 0


class Sessions:
    """Sessions of all pools."""

    def __init__(self) -> None:
        self._waiting: dict[str, Session] = {}
        self._used: dict[str, None] = {}
        self._lock = threading.Lock()

    def open(self, session: Session, *, token: str = "") -> str:
        """Store a session and return its token; a given token is another unguessable value that the client gets."""
        token = token or secrets.token_urlsafe(96)
        with self._lock:
            self._waiting[token] = session
            while len(self._waiting) > _MOST_STORED:
                del self._waiting[next(iter(self._waiting))]
        return token

    def take(self, token: Any, *, client_id: str, pool_id: str, challenge: str, now: float) -> Session:
        """Remove and return the session of a token for one response to its challenge.

        Raises:
            RefusedError: If the session is missing, unknown, another client's, of another challenge, expired, or used.
        """
        if not token:
            raise missing("Session")
        with self._lock:
            if token in self._used:
                raise not_authorized("Invalid session for the user, session can only be used once.")
            session = self._waiting.get(token)
            if session is None or (session.client_id, session.pool_id, session.challenge) != (
                client_id, pool_id, challenge,
            ):  # fmt: skip
                raise not_authorized("Invalid session for the user.")
            del self._waiting[token]
            self._used[token] = None
            while len(self._used) > _MOST_STORED:
                del self._used[next(iter(self._used))]
        if now > session.expires:
            raise not_authorized("Invalid session for the user, session is expired.")
        return session

    def peek(self, token: Any) -> Session | None:
        """Return a waiting session without removing it, or None; for calls that name no client."""
        with self._lock:
            return self._waiting.get(token)

    def restore(self, token: str, session: Session, error: RefusedError) -> None:
        """Store a session again after an error that AWS lets the client correct, up to the limit of attempts."""
        session.tries += 1
        if error.code in _RETRYABLE and session.tries < _TRIES:
            with self._lock:
                self._used.pop(token, None)
                self._waiting[token] = session

    def end(self, pool_id: str, username: str) -> None:
        """Delete every session of a user."""
        with self._lock:
            for token, session in list(self._waiting.items()):
                if (session.pool_id, session.username) == (pool_id, username):
                    del self._waiting[token]


_RETRYABLE: Final = frozenset(
    {
        "CodeMismatchException",
        "EnableSoftwareTokenMFAException",
        "InvalidParameterException",
        "InvalidPasswordException",
        "PasswordHistoryPolicyViolationException",
    }
)
"""Errors of a response after which the same session accepts another response."""
