"""Sessions of a load balancer that authenticates users: an encrypted cookie, and a nonce during the sign-in.

Sources: "Authenticate users using an Application Load Balancer" (Elastic Load Balancing): the session is in the
cookie, encrypted with the load balancer's key; "How do I troubleshoot authentication issues in my Application
Load Balancer?" (AWS re:Post): the nonce in the state must match the cookie `AWSALBAuthNonce`. Pure.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken

NONCE: Final = "AWSALBAuthNonce"
_COOKIE: Final = "AWSELBAuthSessionCookie"
_WEEK: Final = 604_800
_LOGIN_SECONDS: Final = 900
"""The time limit for a sign-in ("HTTP 401: Unauthorized": 15 minutes for the sign-in)."""
_LARGEST: Final = 3_900
"""The maximum length of a cookie's value: browsers keep 4 KiB, including name and attributes."""
_SHARDS: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """Sign-in configuration of a listener rule.

    Args:
        balancer: The load balancer's ARN.
        issuer: The token issuer.
        authorize: The authorization endpoint.
        token: The token endpoint.
        user_info: The user-info endpoint.
        client_id: The client ID.
        client_secret: The client secret.
        scope: The requested scopes.
        cookie: The cookie's name, before its number.
        seconds: The lifetime of a session, in seconds.
        otherwise: The action for a request without a session: `authenticate`, `deny` or `allow`.
        extra: Further parameters of the authorization request.
    """

    balancer: str
    issuer: str
    authorize: str
    token: str
    user_info: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = "openid"
    cookie: str = _COOKIE
    seconds: int = _WEEK
    otherwise: str = "authenticate"
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def binding(self) -> list[str]:
        """The values that bind a session: it is invalid for another load balancer, pool or client."""
        return [self.balancer, self.issuer, self.client_id, self.cookie]


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Session of a signed-in user.

    The claims are the response of the user-info endpoint; `until` is in seconds since 1970.
    """

    claims: Mapping[str, Any]
    access_token: str = field(repr=False)
    until: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """Sign-in in progress.

    The nonce is that in the browser's cookie; `ends` is in seconds since 1970.
    """

    sign_in: SignIn
    url: str
    redirect_uri: str
    nonce: str = field(repr=False)
    ends: float


class Sessions:
    """Sessions of this emulator's load balancers, encrypted with a random key."""

    def __init__(self) -> None:
        self._seal = Fernet(Fernet.generate_key())
        self._pending: dict[str, Pending] = {}

    def begin(self, sign_in: SignIn, *, url: str, redirect_uri: str, now: float) -> tuple[str, str]:
        """Start a sign-in; return the state for the redirect and the cookie for the browser."""
        self._pending = {state: each for state, each in self._pending.items() if each.ends > now}
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._pending[state] = Pending(
            sign_in=sign_in, url=url, redirect_uri=redirect_uri, nonce=nonce, ends=now + _LOGIN_SECONDS
        )
        return state, f"{NONCE}={nonce}; Path=/; Max-Age={_LOGIN_SECONDS}; Secure; HttpOnly"

    def resume(self, state: str, *, balancer: str, cookies: Mapping[str, str], now: float) -> Pending | None:
        """Remove and return a sign-in; None if its state is unknown, expired or of another browser or balancer."""
        pending = self._pending.pop(state, None)
        if pending is None or pending.ends <= now or pending.sign_in.balancer != balancer:
            return None
        same = hmac.compare_digest(pending.nonce.encode(), cookies.get(NONCE, "").encode())
        return pending if same else None

    def cookies(self, sign_in: SignIn, session: Session) -> list[str]:
        """Return a session as one or more cookies."""
        content = {
            "for": sign_in.binding,
            "claims": dict(session.claims),
            "access_token": session.access_token,
            "until": session.until,
        }
        text = self._seal.encrypt(json.dumps(content).encode()).decode()
        shards = [text[start : start + _LARGEST] for start in range(0, len(text), _LARGEST)]
        attributes = f"Path=/; Max-Age={sign_in.seconds}; Secure; HttpOnly"
        return [f"{sign_in.cookie}-{number}={shard}; {attributes}" for number, shard in enumerate(shards)]

    def session(self, sign_in: SignIn, cookies: Mapping[str, str], *, now: float) -> Session | None:
        """Return a browser's session; None without one, or with one that is expired or not this rule's."""
        text = "".join(cookies.get(f"{sign_in.cookie}-{number}", "") for number in range(_SHARDS))
        try:
            content = json.loads(self._seal.decrypt(text.encode()))
        except (InvalidToken, UnicodeEncodeError):
            return None
        if content["for"] != sign_in.binding or content["until"] <= now:
            return None
        return Session(claims=content["claims"], access_token=content["access_token"], until=content["until"])
