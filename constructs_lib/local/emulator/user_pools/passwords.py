"""Passwords: the pool's policy, temporary passwords, and lockout after failed attempts.

Source: "Password requirements" and "Lockout behavior for failed sign-in attempts" (Amazon Cognito developer guide).
"""

import hmac
import secrets
import string
from typing import Any, Final

from .emulator_interface import Pool, User
from .errors import RefusedError, invalid, not_authorized

_SYMBOLS: Final = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
_DAY: Final = 86400
_FREE_FAILURES: Final = 5
_LONGEST_LOCK: Final = 900


def policy(pool: Pool) -> dict[str, Any]:
    """Return a pool's password policy."""
    return dict((pool.get("Policies") or {}).get("PasswordPolicy") or {})


def check(pool: Pool, password: Any) -> str:
    """Check a password against the pool's policy, and return it.

    Raises:
        RefusedError: `InvalidPasswordException` with the first rule it breaks.
    """
    if not isinstance(password, str):
        raise invalid("Missing required parameter Password")
    rules = policy(pool)
    for broken, message in (
        (len(password) < int(rules.get("MinimumLength", 8)), "Password not long enough"),
        (_required(rules, "Uppercase") and not any(c in string.ascii_uppercase for c in password),
         "Password must have uppercase characters"),
        (_required(rules, "Lowercase") and not any(c in string.ascii_lowercase for c in password),
         "Password must have lowercase characters"),
        (_required(rules, "Numbers") and not any(c in string.digits for c in password),
         "Password must have numeric characters"),
        (_required(rules, "Symbols") and not any(c in _SYMBOLS for c in password),
         "Password must have symbol characters"),
    ):  # fmt: skip
        if broken:
            raise RefusedError("InvalidPasswordException", f"Password did not conform with policy: {message}")
    return password


def _required(rules: dict[str, Any], what: str) -> bool:
    return bool(rules.get(f"Require{what}", False))


def temporary(pool: Pool) -> str:
    """Return a new temporary password that the policy allows."""
    length = max(int(policy(pool).get("MinimumLength", 8)), 12)
    letters = string.ascii_letters + string.digits
    random = "".join(secrets.choice(letters) for _ in range(length - 4))
    needed = [secrets.choice(kind) for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!@#%")]
    return "".join(needed) + random


def store(pool: Pool, user: User, password: str, now: float) -> None:
    """Set a user's password.

    Raises:
        RefusedError: `PasswordHistoryPolicyViolationException` if the password history contains it.
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
    """Refuse an expired temporary password."""
    days = policy(pool).get("TemporaryPasswordValidityDays")
    if days is None:
        days = (pool.get("AdminCreateUserConfig") or {}).get("UnusedAccountValidityDays", 7)
    since = float(user.get("_password_set") or user["UserCreateDate"])
    if now > since + int(days or 7) * _DAY:
        raise not_authorized("Temporary password has expired and must be reset by an administrator.")


def matches(user: User, password: Any) -> bool:
    """Return whether a password matches a user's; False for a user without a password."""
    stored = user.get("_password")
    return bool(stored) and isinstance(password, str) and hmac.compare_digest(password.encode(), str(stored).encode())


def refuse_locked(user: User, now: float) -> None:
    """Refuse a user who is locked out after too many wrong passwords or codes."""
    if now < float((user.get("_failures") or {}).get("until", 0)):
        raise not_authorized("Password attempts exceeded")


def count_failure(user: User, now: float) -> None:
    """Count a wrong password or code: after five, each doubles the lockout, from one second up to 15 minutes."""
    failures = user.setdefault("_failures", {"count": 0, "until": 0})
    failures["count"] += 1
    beyond = failures["count"] - _FREE_FAILURES
    if beyond >= 0:
        failures["until"] = now + min(2 ** min(beyond, 20), _LONGEST_LOCK)


def forget_failures(user: User) -> None:
    """Reset the count after a correct one."""
    user.pop("_failures", None)
