"""Passwords: the pool's policy, temporary ones, and the lock after wrong ones.

Source: "Password requirements" and "Lockout behavior for failed sign-in attempts" (Amazon Cognito developer guide).
"""

import hmac
import secrets
import string
from typing import Any, Final

from .errors import RefusedError, invalid, not_authorized
from .world import Pool, User

_SYMBOLS: Final = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
_DAY: Final = 86400
_FREE_FAILURES: Final = 5
_LONGEST_LOCK: Final = 900


def policy(pool: Pool) -> dict[str, Any]:
    """Return a pool's password policy."""
    return dict((pool.get("Policies") or {}).get("PasswordPolicy") or {})


def check(pool: Pool, password: Any) -> str:
    """Return a password that the pool's policy allows.

    Raises:
        RefusedError: `InvalidPasswordException` with the first rule it breaks.
    """
    if not isinstance(password, str):
        raise invalid("Missing required parameter Password")
    rules = policy(pool)
    for broken, message in (
        (len(password) < int(rules.get("MinimumLength", 8)), "Password not long enough"),
        (_asked(rules, "Uppercase") and not any(c in string.ascii_uppercase for c in password),
         "Password must have uppercase characters"),
        (_asked(rules, "Lowercase") and not any(c in string.ascii_lowercase for c in password),
         "Password must have lowercase characters"),
        (_asked(rules, "Numbers") and not any(c in string.digits for c in password),
         "Password must have numeric characters"),
        (_asked(rules, "Symbols") and not any(c in _SYMBOLS for c in password),
         "Password must have symbol characters"),
    ):  # fmt: skip
        if broken:
            raise RefusedError("InvalidPasswordException", f"Password did not conform with policy: {message}")
    return password


def _asked(rules: dict[str, Any], what: str) -> bool:
    return bool(rules.get(f"Require{what}", False))


def temporary(pool: Pool) -> str:
    """Return a new temporary password that the policy allows."""
    length = max(int(policy(pool).get("MinimumLength", 8)), 12)
    letters = string.ascii_letters + string.digits
    random = "".join(secrets.choice(letters) for _ in range(length - 4))
    needed = [secrets.choice(kind) for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!@#%")]
    return "".join(needed) + random


def store(pool: Pool, user: User, password: str, now: float) -> None:
    """Give a user a password.

    Raises:
        RefusedError: `PasswordHistoryPolicyViolationException` when they had it lately.
    """
    kept = int(policy(pool).get("PasswordHistorySize") or 0)
    history = [user.get("_password") or "", *user.get("_former_passwords", [])][:kept]
    if kept and any(hmac.compare_digest(password.encode(), former.encode()) for former in history):
        raise RefusedError(
            "PasswordHistoryPolicyViolationException",
            "Password has previously been used. Please choose a different password.",
        )
    if kept:
        user["_former_passwords"] = [former for former in history if former][: kept - 1] if kept > 1 else []
    user["_password"] = password
    user["_password_set"] = now
    user["UserLastModifiedDate"] = now


def refuse_stale_temporary(pool: Pool, user: User, now: float) -> None:
    """Refuse a temporary password that is too old."""
    days = policy(pool).get("TemporaryPasswordValidityDays")
    if days is None:
        days = (pool.get("AdminCreateUserConfig") or {}).get("UnusedAccountValidityDays", 7)
    since = float(user.get("_password_set") or user["UserCreateDate"])
    if now > since + int(days or 7) * _DAY:
        raise not_authorized("Temporary password has expired and must be reset by an administrator.")


def matches(user: User, password: Any) -> bool:
    """Whether a user's password is this one; a user without a password has none that matches."""
    held = user.get("_password")
    return bool(held) and isinstance(password, str) and hmac.compare_digest(password.encode(), str(held).encode())


def refuse_locked(user: User, now: float) -> None:
    """Refuse whoever typed too many wrong passwords or codes lately."""
    if now < float((user.get("_failures") or {}).get("until", 0)):
        raise not_authorized("Password attempts exceeded")


def count_failure(user: User, now: float) -> None:
    """Note a wrong password or code: after five each doubles the lock, a second at first and 15 minutes at most."""
    failures = user.setdefault("_failures", {"count": 0, "until": 0})
    failures["count"] += 1
    beyond = failures["count"] - _FREE_FAILURES
    if beyond >= 0:
        failures["until"] = now + min(2 ** min(beyond, 20), _LONGEST_LOCK)


def forget_failures(user: User) -> None:
    """Note a right one."""
    user.pop("_failures", None)
