"""Authorization codes: bound to a client, a redirect URI and a code challenge, valid once within five minutes."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import Final

_SECONDS: Final = 300
_MOST_STORED: Final = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Grant of an authorization code.

    The code challenge is empty if the request had none; `expires` is in seconds.
    """

    pool_id: str
    client_id: str
    username: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    expires: float


class Grants:
    """Authorization codes of all pools."""

    def __init__(self) -> None:
        self._waiting: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def open(self, grant: Grant) -> str:
        """Store a grant and return its code."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._waiting[code] = grant
            while len(self._waiting) > _MOST_STORED:
                del self._waiting[next(iter(self._waiting))]
        return code

    def redeem(self, code: str, *, client_id: str, redirect_uri: str, verifier: str, now: float) -> Grant | None:
        """Consume a code and return its grant; None if it is not this client's, or has expired.

        A code is consumed even if another client sends it or the verifier is wrong.
        """
        with self._lock:
            grant = self._waiting.pop(code, None)
        if grant is None or now > grant.expires:
            return None
        if (grant.client_id, grant.redirect_uri) != (client_id, redirect_uri):
            return None
        if grant.code_challenge:
            digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
            fits = base64.urlsafe_b64encode(digest).rstrip(b"=")
            if not hmac.compare_digest(fits, grant.code_challenge.encode()):
                return None
        elif verifier:
            return None
        return grant


def lifetime_from(now: float) -> float:
    """Return the expiry time of a code created now."""
    return now + _SECONDS
