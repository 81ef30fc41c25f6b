"""Administrator operations on accounts.

Source: the `Admin...` operations, `ListUsers` and `ListUsersInGroup` (API reference).
"""

from typing import Any

from . import accounts, forgotten_passwords, messages, passwords, profiles, schema, tokens, triggers, users
from .call_context import Call
from .emulator_interface import User
from .errors import RefusedError, invalid, no_user, not_authorized


def create_user(call: Call) -> dict[str, Any]:
    """Handle `AdminCreateUser`."""
    name = call.data["Username"]
    if call.data.get("MessageAction") == "RESEND":
        return _invite_again(call, name)
    table = schema.as_table(call.data.get("UserAttributes"))
    accounts.check_name(call.pool, name)
    schema.check_admin_write(call.pool, table)
    table = accounts.with_name(call.pool, name, table)
    _refuse_taken(call, name, table)
    _move_aliases(call, table)
    given = call.data.get("TemporaryPassword")
    password = passwords.check(call.pool, given) if given else passwords.temporary(call.pool)
    user = accounts.new_user(call, name, table)
    user["UserStatus"] = "FORCE_CHANGE_PASSWORD"
    answer = triggers.pre_sign_up(
        call.emulator, call.pool, "AdminCreateUser", username=user["Username"], client_id=triggers.NO_CLIENT,
        table=users.attributes(user), validation=schema.as_table(call.data.get("ValidationData")),
        metadata=call.metadata,
    )  # fmt: skip
    for attribute, verify in (("email", answer["autoVerifyEmail"]), ("phone_number", answer["autoVerifyPhone"])):
        if verify and table.get(attribute):
            users.set_verified(user, attribute, call.now)
    passwords.store(call.pool, user, password, call.now)
    _invite(call, user, password)
    _refuse_taken(call, name, table)  # by another user, while the functions ran
    call.pool["_users"][user["Username"]] = user
    call.pool["EstimatedNumberOfUsers"] = len(call.pool["_users"])
    return {"User": users.public(user)}


def _refuse_taken(call: Call, name: str, table: dict[str, str]) -> None:
    aliases = call.pool.get("UsernameAttributes") or []
    named = any(users.same_name(call.pool, each["Username"], name) for each in call.pool["_users"].values())
    if named or any(table.get(alias) and users.holder(call.pool, alias, table[alias]) for alias in aliases):
        raise RefusedError("UsernameExistsException", "User account already exists")


def _move_aliases(call: Call, table: dict[str, str]) -> None:
    verified = {name for name, flag in users.VERIFIED.items() if table.get(flag, "").lower() == "true"}
    for name, value in table.items():
        if name in users.VERIFIED and name not in verified:
            continue
        other = users.holder(call.pool, name, value)
        if other is None:
            continue
        if name not in users.VERIFIED or not call.data.get("ForceAliasCreation"):
            raise users.alias_exists(name)
        users.set_verified(other, name, call.now, verified=False)


def _invite_again(call: Call, name: str) -> dict[str, Any]:
    user = users.find(call.pool, name)
    if user is None:
        raise no_user()
    if user["UserStatus"] != "FORCE_CHANGE_PASSWORD":
        raise RefusedError(
            "UnsupportedUserStateException",
            f"Resend not possible. {user['Username']} status is not FORCE_CHANGE_PASSWORD",
        )
    given = call.data.get("TemporaryPassword")
    password = passwords.check(call.pool, given) if given else passwords.temporary(call.pool)
    passwords.store(call.pool, user, password, call.now)
    _invite(call, user, password)
    return {"User": users.public(user)}


def _invite(call: Call, user: User, password: str) -> None:
    if call.data.get("MessageAction") == "SUPPRESS":
        return
    table = users.attributes(user)
    attribute_of = {"EMAIL": "email", "SMS": "phone_number"}
    # AWS sends an SMS by default; a user without a number gets an e-mail here, as in the AWS console.
    media = (
        call.data.get("DesiredDeliveryMediums")
        or [medium for medium in attribute_of if table.get(attribute_of[medium])][:1]
    )
    for medium in media:
        if table.get(attribute_of[medium]):
            messages.send_code(
                call.emulator,
                call.pool,
                user,
                "AdminCreateUser",
                password,
                attribute_of[medium],
                metadata=call.metadata,
            )


def get_user(call: Call) -> dict[str, Any]:
    """Handle `AdminGetUser`."""
    return profiles.with_factors(call.user, users.public(call.user), dates=True)


def update_user_attributes(call: Call) -> dict[str, Any]:
    """Handle `AdminUpdateUserAttributes`: an administrator may verify an address in the same call."""
    table = schema.as_table(call.data["UserAttributes"])
    schema.check_admin_write(call.pool, table)
    schema.check_mutable(call.pool, table, users.attributes(call.user))
    attributes = users.attributes(call.user) | table
    for name, flag in users.VERIFIED.items():
        if flag in table and table[flag] and not attributes.get(name):
            raise invalid(f"{name} is required to verify/un-verify {name}")
    vouched = {name for name, flag in users.VERIFIED.items() if table.get(flag, "").lower() == "true"}
    users.refuse_taken(
        call.pool,
        {**{name: value for name, value in table.items() if name not in users.VERIFIED},
         **{name: attributes[name] for name in vouched}},
        ignoring=call.user, verified=True,
    )  # fmt: skip
    users.refuse_taken(call.pool, table, ignoring=call.user, verified=False)
    if vouched:
        # Verified at once, without a code.
        plain = {name: value for name, value in table.items() if name in vouched}
        users.set_attributes(call.user, users.attributes(call.user) | plain, call.now)
        for name in vouched:
            (call.user.get("_pending") or {}).pop(name, None)
        table = {name: value for name, value in table.items() if name not in vouched}
    profiles.change(call, call.user, table)
    return {}


def delete_user_attributes(call: Call) -> dict[str, Any]:
    """Handle `AdminDeleteUserAttributes`."""
    return profiles.remove(call, call.user, call.data["UserAttributeNames"])


def confirm_sign_up(call: Call) -> dict[str, Any]:
    """Handle `AdminConfirmSignUp`, which verifies no address."""
    users.refuse_disabled(call.user)
    if call.user["UserStatus"] != "UNCONFIRMED":
        raise not_authorized(f"User cannot be confirmed. Current status is {call.user['UserStatus']}")
    call.user["UserStatus"] = "CONFIRMED"
    call.user["UserLastModifiedDate"] = call.now
    (call.user.get("_codes") or {}).pop("sign_up", None)
    triggers.post_confirmation(call.emulator, call.pool, call.user, "ConfirmSignUp", triggers.NO_CLIENT, call.metadata)
    return {}


def set_user_password(call: Call) -> dict[str, Any]:
    """Handle `AdminSetUserPassword`."""
    if call.user["UserStatus"] == "EXTERNAL_PROVIDER":
        raise invalid("Cannot set a password for a federated user.")
    passwords.store(call.pool, call.user, passwords.check(call.pool, call.data["Password"]), call.now)
    call.user["UserStatus"] = "CONFIRMED" if call.data.get("Permanent") else "FORCE_CHANGE_PASSWORD"
    passwords.forget_failures(call.user)
    return {}


def reset_user_password(call: Call) -> dict[str, Any]:
    """Handle `AdminResetUserPassword`."""
    users.refuse_disabled(call.user)
    forgotten_passwords.send_reset_code(call, call.user)
    call.user["UserStatus"] = "RESET_REQUIRED"
    tokens.end_all(call.emulator, call.user)
    return {}


def disable_user(call: Call) -> dict[str, Any]:
    """Handle `AdminDisableUser`: every sign-in ends."""
    call.user |= {"Enabled": False, "UserLastModifiedDate": call.now}
    tokens.end_all(call.emulator, call.user)
    call.emulator.sessions.end(call.pool["Id"], call.user["Username"])
    return {}


def enable_user(call: Call) -> dict[str, Any]:
    """Handle `AdminEnableUser`."""
    call.user |= {"Enabled": True, "UserLastModifiedDate": call.now}
    return {}


def delete_software_token(call: Call) -> dict[str, Any]:
    """Handle `AdminDeleteSoftwareToken`."""
    if not call.user.get("_totp_secret"):
        raise RefusedError("ResourceNotFoundException", "No software token is associated with the user.")
    for name in ("_totp_secret", "_totp_used", "_totp_name", "_totp_pending"):
        call.user.pop(name, None)
    call.user["_mfa_enabled"] = [each for each in call.user.get("_mfa_enabled") or [] if each != "SOFTWARE_TOKEN_MFA"]
    if call.user.get("_preferred_mfa") == "SOFTWARE_TOKEN_MFA":
        call.user["_preferred_mfa"] = ""
    return {}
