"""Second factors of pools and users, the factor that a sign-in requires, and one-time passwords.

Source: "Adding MFA to a user pool" (Amazon Cognito developer guide); RFC 6238 for the codes of authenticator apps.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Mapping
from typing import Any, Final

from .emulator_interface import Pool, User
from .errors import RefusedError, invalid
from .users import attributes, is_verified

TOTP: Final = "SOFTWARE_TOKEN_MFA"
SMS: Final = "SMS_MFA"
EMAIL: Final = "EMAIL_OTP"
SETTINGS: Final = {"SMSMfaSettings": SMS, "SoftwareTokenMfaSettings": TOTP, "EmailMfaSettings": EMAIL}
ADDRESSES: Final = {SMS: "phone_number", EMAIL: "email"}
_STEP: Final = 30
_DRIFT: Final = (-1, 0, 1)


def offered(pool: Pool) -> frozenset[str]:
    """Return the enabled second factors of a pool."""
    if pool.get("MfaConfiguration", "OFF") == "OFF":
        return frozenset()
    found = set(pool.get("_enabled_mfas") or []) & {TOTP, SMS, EMAIL}
    if (pool.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled"):
        found.add(TOTP)
    if pool.get("SmsMfaConfiguration"):
        found.add(SMS)
    if pool.get("EmailMfaConfiguration"):
        found.add(EMAIL)
    return frozenset(found)


def enabled(user: User) -> list[str]:
    """Return the enabled factors of a user."""
    return list(user.get("_mfa_enabled") or [])


def usable(pool: Pool, user: User) -> list[str]:
    """Return the factors that a sign-in of this user may require.

    If the pool requires a factor, a verified number or address counts even if the user has not enabled it.
    """
    chosen = set(enabled(user))
    if pool.get("MfaConfiguration") == "ON":
        chosen |= {each for each, name in ADDRESSES.items() if is_verified(user, name)}
    table = attributes(user)
    return [
        each
        for each in (SMS, TOTP, EMAIL)
        if each in chosen & offered(pool) and (user.get("_totp_secret") if each == TOTP else table.get(ADDRESSES[each]))
    ]


def must_set_up(pool: Pool, user: User) -> bool:
    """Return whether a sign-in must first set up a factor."""
    return pool.get("MfaConfiguration") == "ON" and not usable(pool, user)


def new_secret() -> str:
    """Return a secret for an authenticator app."""
    return base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")


def code_at(secret: str, step: int) -> str:
    """Return an authenticator's code for a time step."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def matching_step(secret: str, code: Any, now: float) -> int | None:
    """Return the time step of a code, with a drift of one step to either side, or None."""
    if not isinstance(code, str):
        return None
    step = int(now // _STEP)
    return next(
        (
            step + drift
            for drift in _DRIFT
            if hmac.compare_digest(code_at(secret, step + drift).encode(), code.encode())
        ),
        None,
    )


def use_totp(user: User, code: Any, now: float) -> bool:
    """Return whether a code is the user's; each code is valid once.

    Raises:
        RefusedError: `ExpiredCodeException` if it was used before.
    """
    step = matching_step(user["_totp_secret"], code, now)
    if step is None:
        return False
    if step <= int(user.get("_totp_used", 0)):
        raise RefusedError("ExpiredCodeException", "Your software token has already been used once.")
    user["_totp_used"] = step
    return True


def set_preference(pool: Pool, user: User, data: Mapping[str, Any]) -> None:
    """Enable or disable a user's factors.

    Raises:
        RefusedError: If a factor is not set up, or more than one is preferred.
    """
    settings = {factor: data[name] for name, factor in SETTINGS.items() if data.get(name)}
    if sum(bool(each.get("PreferredMfa")) for each in settings.values()) > 1:
        raise invalid("Only one MFA method can be preferred.")
    chosen, preferred = set(enabled(user)), user.get("_preferred_mfa") or ""
    for factor, setting in settings.items():
        on = setting.get("Enabled", factor in chosen)
        if on:
            _refuse_not_set_up(pool, user, factor)
            chosen.add(factor)
        else:
            chosen.discard(factor)
        if setting.get("PreferredMfa"):
            if not on:
                raise invalid("User cannot prefer an MFA method that is not enabled.")
            preferred = factor
        elif preferred == factor and (not on or setting.get("PreferredMfa") is False):
            preferred = ""
    user["_mfa_enabled"] = [each for each in (SMS, TOTP, EMAIL) if each in chosen]
    user["_preferred_mfa"] = preferred


def _refuse_not_set_up(pool: Pool, user: User, factor: str) -> None:
    if factor == TOTP and not user.get("_totp_secret"):
        raise invalid("User has not verified software token mfa")
    if factor != TOTP and not attributes(user).get(ADDRESSES[factor]):
        raise invalid(f"User does not have delivery config set to turn on {factor}")
    if pool.get("MfaConfiguration", "OFF") != "OFF" and factor not in offered(pool):
        raise invalid(f"{factor} is not enabled for the user pool.")
