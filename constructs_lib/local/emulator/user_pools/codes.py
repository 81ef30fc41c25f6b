"""Verification codes: six random digits, with a purpose, an expiry and a limit of attempts."""

import hmac
import secrets
from typing import Any, Final

from .emulator_interface import User
from .errors import expired_code, too_many_attempts, wrong_code

_HOUR: Final = 3600
LIFETIMES: Final = {"sign_up": 24 * _HOUR, "reset": _HOUR, "attribute": 24 * _HOUR}
"""The lifetime of a code, by purpose."""
_TRIES: Final = 5


def new_code(digits: int = 6) -> str:
    """Return random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))


def issue(user: User, purpose: str, now: float, *, about: str = "") -> str:
    """Return a new code for a user, which replaces the previous one.

    The purpose is `sign_up`, `reset`, or `attribute` with the attribute that the code verifies.
    """
    code = new_code()
    user.setdefault("_codes", {})[_key(purpose, about)] = {
        "code": code, "expires": now + LIFETIMES[purpose], "tries": 0,
    }  # fmt: skip
    return code


def use(user: User, purpose: str, code: Any, now: float, *, about: str = "") -> None:
    """Consume a code.

    Raises:
        RefusedError: If no code was sent, it has expired, it is wrong, or there were too many attempts.
    """
    codes = user.get("_codes") or {}
    stored = codes.get(_key(purpose, about))
    if stored is None or now > stored["expires"]:
        raise expired_code()
    if stored["tries"] >= _TRIES:
        raise too_many_attempts()
    if not isinstance(code, str) or not hmac.compare_digest(code.encode(), stored["code"].encode()):
        stored["tries"] += 1
        raise wrong_code()
    del codes[_key(purpose, about)]


def drop(user: User, purpose: str, *, about: str = "") -> None:
    """Delete a code."""
    (user.get("_codes") or {}).pop(_key(purpose, about), None)


def _key(purpose: str, about: str) -> str:
    return f"{purpose}:{about}" if about else purpose
