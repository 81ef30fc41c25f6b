"""The sessions of a load balancer that signs people in: a sealed cookie, and a nonce while somebody is on the way.

Sources: "Authenticate users using an Application Load Balancer" (Elastic Load Balancing): the session lies in the
cookie, encrypted by a key that the load balancer has; "How do I troubleshoot authentication issues in my Application
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
"""How long somebody may be on the way ("HTTP 401: Unauthorized": 15 minutes for the sign-in)."""
_LARGEST: Final = 3_900
"""What of a cookie is its value: browsers keep 4 KiB, name and attributes included."""
_SHARDS: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """What a rule says of signing people in.

    Args:
        balancer: The load balancer's ARN.
        issuer: Who signs the tokens.
        authorize: Where people sign in.
        token: Where codes are traded.
        user_info: Where claims are told.
        client_id: The client.
        client_secret: Its secret.
        scope: The scopes asked for.
        cookie: The cookie's name, before its number.
        seconds: How long a session lasts.
        otherwise: What becomes of a request without a session: `authenticate`, `deny` or `allow`.
        extra: Parameters that are sent along.
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
        """What a session is for: another load balancer, pool or client has no use of it."""
        return [self.balancer, self.issuer, self.client_id, self.cookie]


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Somebody who has signed in.

    Args:
        claims: What the user-info endpoint said.
        access_token: The access token.
        until: When it ends, in seconds since 1970.
    """

    claims: Mapping[str, Any]
    access_token: str = field(repr=False)
    until: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """Somebody on the way to sign in.

    Args:
        sign_in: What sent them.
        url: Where they wanted to go.
        redirect_uri: Where they come back to.
        nonce: What their browser was given.
        ends: When they are too late, in seconds since 1970.
    """

    sign_in: SignIn
    url: str
    redirect_uri: str
    nonce: str = field(repr=False)
    ends: float


class Sessions:
    """All sessions of this emulator's load balancers: sealed by a key that it makes and nobody else has."""

    def __init__(self) -> None:
        self._seal = Fernet(Fernet.generate_key())
        self._pending: dict[str, Pending] = {}

    def begin(self, sign_in: SignIn, *, url: str, redirect_uri: str, now: float) -> tuple[str, str]:
        """Remember somebody who is sent away; return the state that goes along and the cookie for their browser."""
        self._pending = {state: each for state, each in self._pending.items() if each.ends > now}
        state, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._pending[state] = Pending(
            sign_in=sign_in, url=url, redirect_uri=redirect_uri, nonce=nonce, ends=now + _LOGIN_SECONDS
        )
        return state, f"{NONCE}={nonce}; Path=/; Max-Age={_LOGIN_SECONDS}; Secure; HttpOnly"

    def back(self, state: str, *, balancer: str, cookies: Mapping[str, str], now: float) -> Pending | None:
        """Return who comes back, once; None for a state that is nobody's, another's browser's or balancer's, or old."""
        pending = self._pending.pop(state, None)
        if pending is None or pending.ends <= now or pending.sign_in.balancer != balancer:
            return None
        same = hmac.compare_digest(pending.nonce.encode(), cookies.get(NONCE, "").encode())
        return pending if same else None

    def cookies(self, sign_in: SignIn, session: Session) -> list[str]:
        """Return a session as cookies, as many as it takes."""
        said = {
            "for": sign_in.binding,
            "claims": dict(session.claims),
            "access_token": session.access_token,
            "until": session.until,
        }
        text = self._seal.encrypt(json.dumps(said).encode()).decode()
        shards = [text[start : start + _LARGEST] for start in range(0, len(text), _LARGEST)]
        attributes = f"Path=/; Max-Age={sign_in.seconds}; Secure; HttpOnly"
        return [f"{sign_in.cookie}-{number}={shard}; {attributes}" for number, shard in enumerate(shards)]

    def session(self, sign_in: SignIn, cookies: Mapping[str, str], *, now: float) -> Session | None:
        """Return the session that a browser has; None without one, or with one that is not this rule's, now."""
        text = "".join(cookies.get(f"{sign_in.cookie}-{number}", "") for number in range(_SHARDS))
        try:
            said = json.loads(self._seal.decrypt(text.encode()))
        except (InvalidToken, UnicodeEncodeError):
            return None
        if said["for"] != sign_in.binding or said["until"] <= now:
            return None
        return Session(claims=said["claims"], access_token=said["access_token"], until=said["until"])
