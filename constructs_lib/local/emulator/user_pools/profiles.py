"""Self-service operations of signed-in users, by access token.

Source: the operations of the same names (API reference); "Verifying updates to email addresses and phone numbers"
(Amazon Cognito developer guide).
"""

from dataclasses import replace
from typing import Any

from . import choices, codes, factors, messages, schema, sign_in_steps, tokens, users
from .call_context import Call, by_token
from .emulator_interface import Pool, User
from .errors import RefusedError, expired_code, invalid, missing, not_authorized
from .sessions import Session


def get_user(call: Call) -> dict[str, Any]:
    """Handle `GetUser`: the attributes that the client may read."""
    return with_factors(call.user, users.public(call.user, readable=schema.readable(call.pool, call.client)))


def with_factors(user: User, shown: dict[str, Any], *, dates: bool = False) -> dict[str, Any]:
    """Return a user in the form of `GetUser` and `AdminGetUser`."""
    answer = {"Username": shown["Username"], "UserAttributes": shown["Attributes"]}
    if dates:
        answer |= {key: shown[key] for key in ("UserCreateDate", "UserLastModifiedDate", "Enabled", "UserStatus")}
    if factors.enabled(user):
        answer["UserMFASettingList"] = factors.enabled(user)
    if user.get("_preferred_mfa"):
        answer["PreferredMfaSetting"] = user["_preferred_mfa"]
    return answer


def update_user_attributes(call: Call) -> dict[str, Any]:
    """Handle `UpdateUserAttributes`: a changed address or number is unverified until its code is entered."""
    table = schema.as_table(call.data["UserAttributes"])
    schema.check_write(call.pool, call.client, table)
    schema.check_mutable(call.pool, table, users.attributes(call.user))
    users.refuse_taken(call.pool, table, ignoring=call.user, verified=False)
    _refuse_empty(call.pool, table)
    return {"CodeDeliveryDetailsList": change(call, call.user, table)}


def _refuse_empty(pool: Pool, table: dict[str, str]) -> None:
    kept = set(schema.required(pool)) | set(pool.get("UsernameAttributes") or [])
    for name in kept & {name for name, value in table.items() if not value}:
        raise invalid(f"Attributes did not conform to the schema: {name}: The attribute is required\n")


def change(call: Call, user: User, table: dict[str, str]) -> list[dict[str, str]]:
    """Write attributes, and return the destinations of codes; an empty value deletes an attribute."""
    attributes = users.attributes(user)
    settings = call.pool.get("UserAttributeUpdateSettings") or {}
    first_verified = set(settings.get("AttributesRequireVerificationBeforeUpdate") or [])
    changed = {name for name in users.VERIFIED if name in table and table[name] != attributes.get(name)}
    waiting = {name for name in changed & first_verified if table[name]}
    user["_pending"] = {**(user.get("_pending") or {}), **{name: table[name] for name in waiting}}
    written = attributes | {name: value for name, value in table.items() if name not in waiting}
    for name in changed - waiting:
        user["_pending"].pop(name, None)
        codes.drop(user, "attribute", about=name)
        if users.VERIFIED[name] not in table:
            written[users.VERIFIED[name]] = "false"
    for name, value in table.items():
        if value == "":
            written.pop(name, None)
            written.pop(users.VERIFIED.get(name, ""), None)
    users.set_attributes(user, written, call.now)
    verified_attributes = set(call.pool.get("AutoVerifiedAttributes") or [])
    return [
        _send(call, user, name, "UpdateUserAttribute")
        for name in sorted(changed)
        if name in waiting or (table[name] and name in verified_attributes and not users.is_verified(user, name))
    ]


def _send(call: Call, user: User, name: str, source: str) -> dict[str, str]:
    to = (user.get("_pending") or {}).get(name) or users.attributes(user)[name]
    code = codes.issue(user, "attribute", call.now, about=name)
    user["_codes"][f"attribute:{name}"]["value"] = to
    return messages.send_code(
        call.emulator, call.pool, user, source, code, name, to=to,
        client_id=call.client.get("ClientId", "CLIENT_ID_NOT_APPLICABLE"), metadata=call.metadata,
    )  # fmt: skip


def delete_user_attributes(call: Call) -> dict[str, Any]:
    """Handle `DeleteUserAttributes`."""
    names = call.data["UserAttributeNames"]
    schema.check_write(call.pool, call.client, dict.fromkeys(names, ""))
    return remove(call, call.user, names)


def remove(call: Call, user: User, names: list[str]) -> dict[str, Any]:
    """Delete attributes."""
    schema.check_delete(call.pool, names)
    gone = {*names, *(users.VERIFIED[name] for name in names if name in users.VERIFIED)}
    users.set_attributes(
        user, {name: value for name, value in users.attributes(user).items() if name not in gone}, call.now
    )
    for name in names:
        (user.get("_pending") or {}).pop(name, None)
        codes.drop(user, "attribute", about=name)
    return {}


def get_user_attribute_verification_code(call: Call) -> dict[str, Any]:
    """Handle `GetUserAttributeVerificationCode`."""
    name = call.data["AttributeName"]
    if name not in users.VERIFIED:
        raise invalid(f"Invalid attribute name {name}: only email and phone_number can be verified.")
    if not (users.attributes(call.user).get(name) or (call.user.get("_pending") or {}).get(name)):
        raise invalid(f"User does not have {name}.")
    return {"CodeDeliveryDetails": _send(call, call.user, name, "VerifyUserAttribute")}


def verify_user_attribute(call: Call) -> dict[str, Any]:
    """Handle `VerifyUserAttribute`: a changed address takes effect now, unless another user holds it."""
    name, user = call.data["AttributeName"], call.user
    if name not in users.VERIFIED:
        raise invalid(f"Invalid attribute name {name}: only email and phone_number can be verified.")
    code = dict((user.get("_codes") or {}).get(f"attribute:{name}") or {})
    codes.use(user, "attribute", call.data["Code"], call.now, about=name)
    pending = (user.get("_pending") or {}).get(name)
    value = pending or users.attributes(user).get(name)
    if value != code.get("value") or value is None:
        raise expired_code()
    if users.holder(call.pool, name, value, ignoring=user) is not None:
        raise users.alias_exists(name)
    users.set_attributes(user, users.attributes(user) | {name: value}, call.now)
    (user.get("_pending") or {}).pop(name, None)
    users.set_verified(user, name, call.now)
    return {}


def delete_user(call: Call) -> dict[str, Any]:
    """Handle `DeleteUser` and `AdminDeleteUser`."""
    tokens.end_all(call.emulator, call.user)
    call.emulator.sessions.end(call.pool["Id"], call.user["Username"])
    del call.pool["_users"][call.user["Username"]]
    call.pool["EstimatedNumberOfUsers"] = len(call.pool["_users"])
    return {}


def global_sign_out(call: Call) -> dict[str, Any]:
    """Handle `GlobalSignOut` and `AdminUserGlobalSignOut`."""
    tokens.end_all(call.emulator, call.user)
    return {}


def revoke_token(call: Call) -> dict[str, Any]:
    """Handle `RevokeToken`."""
    secret, given = call.client.get("ClientSecret"), call.data.get("ClientSecret")
    if secret and secret != given:
        raise RefusedError("UnauthorizedException", "Invalid client secret")
    tokens.revoke(call.emulator, call.pool, call.client, call.data["Token"])
    return {}


def set_mfa_preference(call: Call) -> dict[str, Any]:
    """Handle `SetUserMFAPreference` and `AdminSetUserMFAPreference`."""
    factors.set_preference(call.pool, call.user, call.data)
    return {}


def set_user_settings(call: Call) -> dict[str, Any]:
    """Handle `SetUserSettings` and `AdminSetUserSettings`, which support SMS only."""
    on = any(each.get("DeliveryMedium") == "SMS" for each in call.data["MFAOptions"])
    factors.set_preference(call.pool, call.user, {"SMSMfaSettings": {"Enabled": on}})
    return {}


def get_user_auth_factors(call: Call) -> dict[str, Any]:
    """Handle `GetUserAuthFactors` and `AdminGetUserAuthFactors`."""
    found = [each for each in choices.first_factors(call, call.user) if each != "PASSWORD_SRP"]
    shown = with_factors(call.user, users.public(call.user))
    del shown["UserAttributes"]
    return shown | {"ConfiguredUserAuthFactors": found}


def associate_software_token(call: Call) -> dict[str, Any]:
    """Handle `AssociateSoftwareToken`, by an access token or by the session of an `MFA_SETUP` challenge."""
    session = _owner(call)
    _refuse_without_totp(call.pool)
    secret = factors.new_secret()
    if session is None:
        call.user["_totp_pending"] = secret
        return {"SecretCode": secret}
    return {"SecretCode": secret, "Session": _next(call, session, secret=secret)}


def verify_software_token(call: Call) -> dict[str, Any]:
    """Handle `VerifySoftwareToken`: the first correct code assigns the secret to the user."""
    session = _owner(call)
    _refuse_without_totp(call.pool)
    secret = call.user.get("_totp_pending") if session is None else session.facts.get("secret")
    try:
        step = _matching_step(call, secret)
    except RefusedError as error:
        if session is not None:
            call.emulator.sessions.restore(call.data["Session"], session, error)
        raise
    call.user.pop("_totp_pending", None)
    call.user |= {
        "_totp_secret": secret, "_totp_used": step, "_totp_name": call.data.get("FriendlyDeviceName") or "",
    }  # fmt: skip
    if session is None:
        return {"Status": "SUCCESS"}
    factors.set_preference(call.pool, call.user, {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}})
    return {"Status": "SUCCESS", "Session": _next(call, session, verified=True)}


def _matching_step(call: Call, secret: str | None) -> int:
    if not secret:
        raise RefusedError("SoftwareTokenMFANotFoundException", "No software token is associated with the user.")
    step = factors.matching_step(secret, call.data["UserCode"], call.now)
    if step is None:
        raise RefusedError("EnableSoftwareTokenMFAException", "Code mismatch")
    return step


def _owner(call: Call) -> Session | None:
    """Find the user of the token; return the session if the call uses one."""
    by, other = call.data.get("AccessToken"), call.data.get("Session")
    if bool(by) == bool(other):
        raise invalid("Only one of AccessToken and Session may be given.") if by else missing("AccessToken")
    if by:
        by_token(call)
        return None
    session = call.emulator.sessions.peek(other)
    pool = call.emulator.pool(session.pool_id) if session else None
    client = users.client_of(pool, session.client_id) if pool and session else None
    if session is None or pool is None or client is None:
        raise not_authorized("Invalid session for the user.")
    opened = call.emulator.sessions.take(
        other, client_id=client["ClientId"], pool_id=pool["Id"], challenge="MFA_SETUP", now=call.now
    )
    user = pool["_users"].get(opened.username)
    if user is None:
        raise not_authorized("Invalid session for the user.")
    sign_in_steps.refuse_state(user)
    call.pool, call.client, call.user = pool, client, user
    return opened


def _next(call: Call, session: Session, **facts: Any) -> str:
    return call.emulator.sessions.open(replace(session, tries=0, facts={**session.facts, **facts}))


def _refuse_without_totp(pool: Pool) -> None:
    if factors.TOTP not in factors.offered(pool) and pool.get("MfaConfiguration", "OFF") != "OFF":
        raise RefusedError(
            "SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"
        )
