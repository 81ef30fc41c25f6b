"""Forgotten and changed passwords.

Source: `ForgotPassword`, `ConfirmForgotPassword` and `ChangePassword` (API reference).
"""

from typing import Any

from . import codes, messages, passwords, sign_in, sign_in_steps, tokens, triggers, users
from .call_context import Call, named
from .emulator_interface import Pool, User
from .errors import invalid, missing, not_authorized


def forgot_password(call: Call) -> dict[str, Any]:
    """Handle `ForgotPassword`."""
    user = users.find(call.pool, call.data["Username"]) or _migrated(call)
    if user is None and users.hides_user_existence(call.client):
        return {"CodeDeliveryDetails": messages.details(call.data["Username"], "email")}
    user = user or named(call)
    users.refuse_disabled(user)
    return {"CodeDeliveryDetails": send_reset_code(call, user)}


def send_reset_code(call: Call, user: User) -> dict[str, str]:
    """Send the code that lets a user choose a new password.

    Raises:
        RefusedError: If only an administrator may reset it, or there is no verified address or number.
    """
    if user["UserStatus"] in ("FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"):
        raise not_authorized("User password cannot be reset in the current state.")
    name = _recovery(call.pool, user)
    if name is None:
        raise invalid("Cannot reset password for the user as there is no registered/verified email or phone_number")
    code = codes.issue(user, "reset", call.now)
    return messages.send_code(
        call.emulator, call.pool, user, "ForgotPassword", code, name,
        client_id=call.client.get("ClientId", triggers.NO_CLIENT), metadata=call.metadata,
    )  # fmt: skip


def _recovery(pool: Pool, user: User) -> str | None:
    attribute_of = {"verified_email": "email", "verified_phone_number": "phone_number"}
    listed = (pool.get("AccountRecoverySetting") or {}).get("RecoveryMechanisms") or [
        {"Name": "verified_phone_number", "Priority": 1}, {"Name": "verified_email", "Priority": 2},
    ]  # fmt: skip
    ordered = [each["Name"] for each in sorted(listed, key=lambda each: int(each.get("Priority", 1)))]
    if "admin_only" in ordered:
        raise not_authorized("Contact administrator to reset password.")
    return next(
        (
            attribute_of[each]
            for each in ordered
            if each in attribute_of and users.is_verified(user, attribute_of[each])
        ),
        None,
    )


def _migrated(call: Call) -> User | None:
    answer = triggers.user_migration(
        call.emulator, call.pool, "ForgotPassword", call.data["Username"], call.client["ClientId"], password=None,
        metadata=call.metadata,
    )  # fmt: skip
    if answer is None:
        return None
    user = sign_in.create_migrated_user(call, call.data["Username"], answer)
    user["UserStatus"] = "RESET_REQUIRED"
    return user


def confirm_forgot_password(call: Call) -> dict[str, Any]:
    """Handle `ConfirmForgotPassword`."""
    user = named(call)
    users.refuse_disabled(user)
    # Before the code is consumed, so that a password that breaks a rule can be corrected.
    password = passwords.check(call.pool, call.data["Password"])
    codes.use(user, "reset", call.data["ConfirmationCode"], call.now)
    passwords.store(call.pool, user, password, call.now)
    passwords.forget_failures(user)
    user["UserStatus"] = "CONFIRMED"
    tokens.end_all(call.emulator, user)
    call.emulator.sessions.end(call.pool["Id"], user["Username"])
    triggers.post_confirmation(
        call.emulator, call.pool, user, "ConfirmForgotPassword", call.client["ClientId"], call.metadata
    )
    return {}


def change_password(call: Call) -> dict[str, Any]:
    """Handle `ChangePassword`."""
    user = call.user
    if user.get("_password"):
        if not call.data.get("PreviousPassword"):
            raise missing("OldPassword")
        passwords.refuse_locked(user, call.now)
        if not passwords.matches(user, call.data["PreviousPassword"]):
            passwords.count_failure(user, call.now)
            raise sign_in_steps.wrong_password()
        passwords.forget_failures(user)
    passwords.store(call.pool, user, passwords.check(call.pool, call.data["ProposedPassword"]), call.now)
    return {}
