"""Verification codes: six random digits, for one purpose, for a time, for a few tries."""

import hmac
import secrets
from typing import Any, Final

from .errors import expired_code, too_many_attempts, wrong_code
from .world import User

_HOUR: Final = 3600
LIFETIMES: Final = {"sign_up": 24 * _HOUR, "reset": _HOUR, "attribute": 24 * _HOUR}
"""How long a code lives, by what it is for."""
_TRIES: Final = 5


def new_code(digits: int = 6) -> str:
    """Return random digits."""
    return "".join(secrets.choice("0123456789") for _ in range(digits))


def issue(user: User, purpose: str, now: float, *, about: str = "") -> str:
    """Make a code for a user, in place of the one before.

    Args:
        user: The user.
        purpose: `sign_up`, `reset` or `attribute`.
        now: The time in seconds.
        about: The attribute it verifies, if it does.
    """
    code = new_code()
    user.setdefault("_codes", {})[_key(purpose, about)] = {
        "code": code, "expires": now + LIFETIMES[purpose], "tries": 0,
    }  # fmt: skip
    return code


def use(user: User, purpose: str, code: Any, now: float, *, about: str = "") -> None:
    """Use a code up.

    Raises:
        RefusedError: None was sent, it is too old, it is another, or it was tried too often.
    """
    codes = user.get("_codes") or {}
    held = codes.get(_key(purpose, about))
    if held is None or now > held["expires"]:
        raise expired_code()
    if held["tries"] >= _TRIES:
        raise too_many_attempts()
    if not isinstance(code, str) or not hmac.compare_digest(code.encode(), held["code"].encode()):
        held["tries"] += 1
        raise wrong_code()
    del codes[_key(purpose, about)]


def drop(user: User, purpose: str, *, about: str = "") -> None:
    """Forget a code."""
    (user.get("_codes") or {}).pop(_key(purpose, about), None)


def _key(purpose: str, about: str) -> str:
    return f"{purpose}:{about}" if about else purpose
