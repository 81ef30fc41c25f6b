"""Authorization codes: bound to a client, an address and a proof, good for five minutes, used once."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import Final

_SECONDS: Final = 300
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a code stands for.

    Args:
        pool_id: The pool.
        client_id: The app client.
        username: Who signed in.
        redirect_uri: Where the code was sent.
        scope: The scopes.
        nonce: The request's.
        code_challenge: What the verifier must fit; empty when the request had none.
        expires: When it is over, in seconds.
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
    """All codes of all pools."""

    def __init__(self) -> None:
        self._waiting: dict[str, Grant] = {}
        self._lock = threading.Lock()

    def open(self, grant: Grant) -> str:
        """Keep a grant and return its code."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._waiting[code] = grant
            while len(self._waiting) > _REMEMBERED:
                del self._waiting[next(iter(self._waiting))]
        return code

    def redeem(self, code: str, *, client_id: str, redirect_uri: str, verifier: str, now: float) -> Grant | None:
        """Use a code up, and return what it stands for; None when it is not this client's, or over.

        A code that another client sends, or that comes with a wrong verifier, is used up all the same.
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
    """Return when a code made now is over."""
    return now + _SECONDS
