"""Sign-up.

Source: `SignUp`, `ConfirmSignUp` and `ResendConfirmationCode` (API reference); "Verifying contact
information" (Amazon Cognito developer guide).
"""

import re
from typing import Any, Final
from uuid import uuid4

from . import choices, clients, codes, messages, passwords, schema, triggers, users
from .call_context import Call, named
from .emulator_interface import Pool, User
from .errors import RefusedError, invalid, missing, not_authorized

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE: Final = re.compile(r"\+[0-9]{3,18}")


def sign_up(call: Call) -> dict[str, Any]:
    """Handle `SignUp`."""
    if (call.pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
        raise not_authorized("SignUp is not permitted for this user pool")
    name = call.data["Username"]
    table = schema.as_table(call.data.get("UserAttributes"))
    check_name(call.pool, name)
    password = _first_password(call)
    schema.check_write(call.pool, call.client, table)
    table = with_name(call.pool, name, table)
    schema.check_required(call.pool, table)
    _refuse_taken(call.pool, name, table)
    user = new_user(call, name, table)
    at_once = triggers.pre_sign_up(
        call.emulator, call.pool, "SignUp", username=user["Username"], client_id=call.client["ClientId"], table=table,
        validation=schema.as_table(call.data.get("ValidationData")), metadata=call.metadata,
    )  # fmt: skip
    _verify_at_once(call, user, at_once)
    user["UserStatus"] = "CONFIRMED" if at_once["autoConfirmUser"] else "UNCONFIRMED"
    if password:
        passwords.store(call.pool, user, password, call.now)
    answer: dict[str, Any] = {"UserConfirmed": at_once["autoConfirmUser"], "UserSub": users.sub(user)}
    sent = None if at_once["autoConfirmUser"] else _send_sign_up_code(call, user, "SignUp")
    _refuse_taken(call.pool, name, table)  # by another user, while the functions ran
    call.pool["_users"][user["Username"]] = user
    if at_once["autoConfirmUser"]:
        triggers.post_confirmation(
            call.emulator, call.pool, user, "ConfirmSignUp", call.client["ClientId"], call.metadata
        )
    if sent:
        answer["CodeDeliveryDetails"] = sent
    kind = choices.CONFIRMED if at_once["autoConfirmUser"] else choices.SIGN_UP
    return answer | choices.sign_up_session(call, user, kind)


def _refuse_taken(pool: Pool, name: str, table: dict[str, str]) -> None:
    if users.find(pool, name) is not None and not _is_free(pool, name):
        raise RefusedError("UsernameExistsException", "User already exists")
    for alias in pool.get("UsernameAttributes") or []:
        if table.get(alias) and users.holder(pool, alias, table[alias]):
            raise RefusedError("UsernameExistsException", f"An account with the given {alias} already exists.")
    users.refuse_taken(pool, table, ignoring=None, verified=False)


def _first_password(call: Call) -> str:
    if call.data.get("Password"):
        return passwords.check(call.pool, call.data["Password"])
    codes_allowed = any(each in choices.first_factors(call, None) for each in choices.CODES)
    if not codes_allowed or "ALLOW_USER_AUTH" not in clients.allowed_flows(call.client):
        raise missing("Password")
    return ""


def _is_free(pool: Pool, name: str) -> bool:
    """Return whether a name exists as an alias only, so that it is available as a user name."""
    return not pool.get("UsernameAttributes") and all(
        not users.same_name(pool, user["Username"], name) for user in pool["_users"].values()
    )


def check_name(pool: Pool, name: str) -> None:
    """Refuse a user name that is not of the pool's sign-in kind."""
    kinds = set(pool.get("UsernameAttributes") or [])
    if not kinds:
        if {"email"} & set(pool.get("AliasAttributes") or []) and _EMAIL.fullmatch(name):
            raise invalid("Username cannot be of email format, since user pool is configured for email alias.")
        return
    fits = ("email" in kinds and _EMAIL.fullmatch(name)) or ("phone_number" in kinds and _PHONE.fullmatch(name))
    if not fits:
        raise invalid(
            "Username should be either an email or a phone number."
            if len(kinds) > 1
            else f"Username should be {'an email' if 'email' in kinds else 'a phone number'}."
        )


def with_name(pool: Pool, name: str, table: dict[str, str]) -> dict[str, str]:
    """Return the attributes with the address or number that is the account's user name.

    Raises:
        RefusedError: If the attributes have another value.
    """
    alias = _alias(pool, name)
    if alias is None:
        return table
    if table.get(alias) and not users.same_name(pool, table[alias], name):
        what = "email" if alias == "email" else "phone number"
        raise invalid(f"User {what} should be empty or same as username, since username attribute is {alias}.")
    return {**table, alias: name}


def _alias(pool: Pool, name: str) -> str | None:
    kinds = pool.get("UsernameAttributes") or []
    if not kinds:
        return None
    return "phone_number" if "phone_number" in kinds and _PHONE.fullmatch(name) else "email"


def new_user(call: Call, name: str, table: dict[str, str]) -> User:
    """Return an account that is not in a pool yet."""
    identifier = str(uuid4())
    user: User = {
        "Username": identifier if call.pool.get("UsernameAttributes") else name, "Attributes": [],
        "UserCreateDate": call.now, "UserLastModifiedDate": call.now, "Enabled": True, "UserStatus": "UNCONFIRMED",
        "_password": "", "_groups": [],
    }  # fmt: skip
    if call.pool.get("UsernameAttributes"):
        user["_signs_in_as"] = name
    users.set_attributes(user, {"sub": identifier, **{key: value for key, value in table.items() if value}}, call.now)
    return user


def _verify_at_once(call: Call, user: User, at_once: dict[str, bool]) -> None:
    table = users.attributes(user)
    for name, verify in (("email", at_once["autoVerifyEmail"]), ("phone_number", at_once["autoVerifyPhone"])):
        if verify and not table.get(name):
            raise RefusedError("InvalidLambdaResponseException", f"Cannot verify {name}: the user has none.")
        if table.get(name):
            table[users.VERIFIED[name]] = "true" if verify else "false"
    users.refuse_taken(
        call.pool, {name: table[name] for name in users.VERIFIED if table.get(users.VERIFIED[name]) == "true"},
        ignoring=user, verified=True,
    )  # fmt: skip
    users.set_attributes(user, table, call.now)


def _send_sign_up_code(call: Call, user: User, source: str) -> dict[str, str] | None:
    table = users.attributes(user)
    # AWS prefers the number if both are verified automatically.
    verified_attributes = call.pool.get("AutoVerifiedAttributes") or []
    name = next((each for each in ("phone_number", "email") if each in verified_attributes and table.get(each)), None)
    if name is None:
        return None
    code = codes.issue(user, "sign_up", call.now)
    user["_codes"]["sign_up"]["about"] = name
    return messages.send_code(
        call.emulator, call.pool, user, source, code, name, client_id=call.client["ClientId"], metadata=call.metadata
    )


def confirm_sign_up(call: Call) -> dict[str, Any]:
    """Handle `ConfirmSignUp`."""
    user = named(call)
    users.refuse_disabled(user)
    if user["UserStatus"] != "UNCONFIRMED":
        raise not_authorized(f"User cannot be confirmed. Current status is {user['UserStatus']}")
    if call.data.get("Session"):
        session = call.emulator.sessions.take(
            call.data["Session"], client_id=call.client["ClientId"], pool_id=call.pool["Id"],
            challenge=choices.SIGN_UP, now=call.now,
        )  # fmt: skip
        if session.username != user["Username"]:
            raise not_authorized("Invalid session for the user.")
    about = ((user.get("_codes") or {}).get("sign_up") or {}).get("about", "email")
    value = users.attributes(user).get(about, "")
    other = users.holder(call.pool, about, value, ignoring=user) if value else None
    code = dict((user.get("_codes") or {}).get("sign_up") or {})
    codes.use(user, "sign_up", call.data["ConfirmationCode"], call.now)
    if other is not None:
        if not call.data.get("ForceAliasCreation"):
            user["_codes"]["sign_up"] = code
            raise users.alias_exists(about)
        users.set_verified(other, about, call.now, verified=False)
    users.set_verified(user, about, call.now)
    user["UserStatus"] = "CONFIRMED"
    triggers.post_confirmation(call.emulator, call.pool, user, "ConfirmSignUp", call.client["ClientId"], call.metadata)
    return choices.sign_up_session(call, user, choices.CONFIRMED)


def resend_confirmation_code(call: Call) -> dict[str, Any]:
    """Handle `ResendConfirmationCode`."""
    user = users.find(call.pool, call.data["Username"])
    if user is None and users.hides_user_existence(call.client):
        return {"CodeDeliveryDetails": messages.details(call.data["Username"], "email")}
    user = named(call)
    users.refuse_disabled(user)
    if user["UserStatus"] != "UNCONFIRMED":
        raise invalid("User is already confirmed.")
    sent = _send_sign_up_code(call, user, "ResendCode")
    if sent is None:
        raise invalid("Auto verification not turned on.")
    return {"CodeDeliveryDetails": sent}
