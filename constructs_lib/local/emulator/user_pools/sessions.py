"""What lies between two steps of a sign-in: bound to user, client, challenge and time, and used once.

A session is taken out when it is answered, so that two answers at once cannot both have it. It goes back only after a
fault that AWS lets be mended, such as a mistyped code; a success or anything else uses it up. Sessions are kept in
memory: a restart ends every sign-in under way, as three minutes do.
"""

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import RefusedError, missing, not_authorized

_TRIES: Final = 5
"""Wrong answers to one challenge before its session is over."""
_REMEMBERED: Final = 10_000


@dataclass(kw_only=True, slots=True)
class Session:
    """One step of a sign-in that waits for its answer.

    Args:
        pool_id: The user pool.
        client_id: The app client.
        username: Whose sign-in it is: the name in the pool, or what was typed where nobody of that name may be told of.
        challenge: The challenge to answer.
        expires: When it is over, in seconds.
        facts: What the answer is compared with; never shown.
        tries: Wrong answers so far.
    """

    pool_id: str
    client_id: str
    username: str
    challenge: str
    expires: float
    facts: dict[str, Any] = field(default_factory=dict)
    tries: int = 0


class Sessions:
    """All sessions of all pools."""

    def __init__(self) -> None:
        self._waiting: dict[str, Session] = {}
        self._used: dict[str, None] = {}
        self._lock = threading.Lock()

    def open(self, session: Session, *, token: str = "") -> str:
        """Keep a session and return its token.

        Args:
            session: The session.
            token: The token, where the client is shown something else that is as hard to guess. Empty: a random one.
        """
        token = token or secrets.token_urlsafe(96)
        with self._lock:
            self._waiting[token] = session
            while len(self._waiting) > _REMEMBERED:
                del self._waiting[next(iter(self._waiting))]
        return token

    def take(self, token: Any, *, client_id: str, pool_id: str, challenge: str, now: float) -> Session:
        """Take a session out for one answer.

        Args:
            token: What the client sent.
            client_id: The client that answers.
            pool_id: Its pool.
            challenge: The challenge it answers.
            now: The time in seconds.

        Raises:
            RefusedError: It is missing, invented, another's, of another challenge, over, or was used.
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
            while len(self._used) > _REMEMBERED:
                del self._used[next(iter(self._used))]
        if now > session.expires:
            raise not_authorized("Invalid session for the user, session is expired.")
        return session

    def peek(self, token: Any) -> Session | None:
        """Return a waiting session without taking it, or None: whose it is, where a call names no client."""
        with self._lock:
            return self._waiting.get(token)

    def give_back(self, token: str, session: Session, error: RefusedError) -> None:
        """Keep a session for another try, unless it was tried too often.

        Args:
            token: The token it was taken with.
            session: What was taken.
            error: The fault; only those that AWS lets be mended give the session back.
        """
        session.tries += 1
        if error.code in _MENDABLE and session.tries < _TRIES:
            with self._lock:
                self._used.pop(token, None)
                self._waiting[token] = session

    def end(self, pool_id: str, username: str) -> None:
        """Forget every session of a user."""
        with self._lock:
            for token, session in list(self._waiting.items()):
                if (session.pool_id, session.username) == (pool_id, username):
                    del self._waiting[token]


_MENDABLE: Final = frozenset(
    {
        "CodeMismatchException",
        "EnableSoftwareTokenMFAException",
        "InvalidParameterException",
        "InvalidPasswordException",
        "PasswordHistoryPolicyViolationException",
    }
)
"""Faults of an answer after which the same session may be answered again."""
