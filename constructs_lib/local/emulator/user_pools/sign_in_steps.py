"""State machine of a sign-in: the steps after a password, after a first factor, and at the end.

The API and the hosted pages share these steps; they differ in the result only: tokens, or an authorization code.
Source: "Authentication with Amazon Cognito user pools" (Amazon Cognito developer guide).
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from . import factors, messages, passwords, srp, tokens, triggers, users
from .call_context import Call
from .codes import new_code
from .emulator_interface import User
from .errors import RefusedError, invalid, no_user, not_authorized
from .schema import required
from .sessions import Session

_CODE_LIFETIME: Final = 180


@dataclass(frozen=True, kw_only=True, slots=True)
class ChallengeRequired:
    """The sign-in continues with a challenge.

    The token of its session is empty if the client gets none; `available` are the challenges to choose from, if there
    is a choice.
    """

    challenge: str
    session: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    available: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Authenticated:
    """The sign-in is complete, except for its tokens.

    `source` is the reason for token generation. The device is the remembered one that authenticated; empty if none did.
    """

    user: User
    source: str = "Authentication"
    device_key: str = ""


def ask(
    call: Call,
    username: str,
    challenge: str,
    *,
    parameters: dict[str, str] | None = None,
    facts: dict[str, Any] | None = None,
    available: tuple[str, ...] = (),
    token: str = "",
) -> ChallengeRequired:
    """Open a session and return its challenge.

    `facts` are the values to check the response with, `available` the challenges to choose from. An empty token is a
    random one.
    """
    minutes = int(call.client.get("AuthSessionValidity") or 3)
    session = Session(
        pool_id=call.pool["Id"], client_id=call.client["ClientId"], username=username, challenge=challenge,
        expires=call.now + minutes * 60, facts=facts or {},
    )  # fmt: skip
    opened = call.emulator.sessions.open(session, token=token)
    return ChallengeRequired(
        challenge=challenge, session="" if token else opened, parameters=parameters or {}, available=available
    )


def refuse_state(user: User) -> None:
    """Refuse an account that is disabled or not confirmed, before its password is checked."""
    users.refuse_disabled(user)
    if user["UserStatus"] == "UNCONFIRMED":
        raise RefusedError("UserNotConfirmedException", "User is not confirmed.")


def begin(call: Call, name: str, user: User | None) -> None:
    """Begin a sign-in by a typed name: call the pool's function, also for an unknown user that the client hides.

    Raises:
        RefusedError: For an unknown user that the client does not hide, and an account that may not sign in.
    """
    if user is not None:
        refuse_state(user)
    elif not users.hides_user_existence(call.client):
        raise no_user()
    triggers.pre_authentication(call.emulator, call.pool, user, name, call.client["ClientId"], call.metadata)


def check_password(call: Call, user: User, password: Any) -> None:
    """Check a password, and whether its account needs a new one first.

    Raises:
        RefusedError: If it is wrong, was reset, or there were too many attempts.
    """
    passwords.refuse_locked(user, call.now)
    if user.get("_provider_disabled") or not passwords.matches(user, password):
        passwords.count_failure(user, call.now)
        raise wrong_password()
    passwords.forget_failures(user)
    if user["UserStatus"] == "RESET_REQUIRED":
        raise RefusedError("PasswordResetRequiredException", "Password reset required for the user")


def wrong_password() -> RefusedError:
    """Return the error for a wrong password."""
    return not_authorized("Incorrect username or password.")


def after_password(call: Call, user: User, *, device_key: str = "") -> ChallengeRequired | Authenticated:
    """Return the step after a correct password."""
    if user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
        passwords.refuse_stale_temporary(call.pool, user, call.now)
        attributes = {name: value for name, value in users.attributes(user).items() if name != "sub"}
        lacking = [f"userAttributes.{name}" for name in required(call.pool) if not attributes.get(name)]
        return ask(
            call, user["Username"], "NEW_PASSWORD_REQUIRED",
            parameters={
                "USER_ID_FOR_SRP": user["Username"],
                "requiredAttributes": json.dumps(lacking),
                "userAttributes": json.dumps(attributes),
            },
        )  # fmt: skip
    return after_first_factor(call, user, device_key=device_key)


def after_first_factor(
    call: Call, user: User, *, device_key: str = "", source: str = "Authentication"
) -> ChallengeRequired | Authenticated:
    """Return the step after the first factor: a remembered device, a second factor, or the end."""
    if device_key:
        device = (user.get("_devices") or {}).get(device_key)
        if device is None or "verifier" not in device:
            raise RefusedError("ResourceNotFoundException", "Device does not exist.")
        if device["status"] == "remembered":
            return ask(call, user["Username"], "DEVICE_SRP_AUTH", facts={"device_key": device_key})
    return second_factor(call, user, source=source)


def second_factor(call: Call, user: User, *, source: str = "Authentication") -> ChallengeRequired | Authenticated:
    """Return the challenge for a second factor, if the pool or the user requires one."""
    if factors.must_set_up(call.pool, user):
        can = [each for each in (factors.TOTP,) if each in factors.offered(call.pool)]
        if not can:
            raise invalid("User has no verified email or phone number that the user pool's MFA could use.")
        return ask(
            call, user["Username"], "MFA_SETUP",
            parameters={"MFAS_CAN_SETUP": json.dumps(can), "USER_ID_FOR_SRP": user["Username"]},
            facts={"source": source},
        )  # fmt: skip
    usable = factors.usable(call.pool, user)
    if not usable:
        return Authenticated(user=user, source=source)
    preferred = user.get("_preferred_mfa")
    if preferred not in usable and len(usable) > 1:
        return ask(
            call, user["Username"], "SELECT_MFA_TYPE",
            parameters={"MFAS_CAN_CHOOSE": json.dumps(usable), "USER_ID_FOR_SRP": user["Username"]},
            facts={"source": source, "usable": usable},
        )  # fmt: skip
    return ask_factor(call, user, preferred if preferred in usable else usable[0], source=source)


def ask_factor(call: Call, user: User, factor: str, *, source: str) -> ChallengeRequired:
    """Return the challenge for one second factor, and send its code if it has one."""
    if factor == factors.TOTP:
        shown = {"USER_ID_FOR_SRP": user["Username"], "FRIENDLY_DEVICE_NAME": user.get("_totp_name") or "TOTP"}
        return ask(call, user["Username"], factor, parameters=shown, facts={"source": source})
    return ask_code(call, user, factor, factors.ADDRESSES[factor], source=source)


def ask_code(
    call: Call, user: User, challenge: str, attribute: str, *, source: str, first: bool = False
) -> ChallengeRequired:
    """Send a one-time code and return its challenge.

    The challenge is `SMS_MFA`, `EMAIL_OTP` or `SMS_OTP`. `source` is the reason for token generation; `first` says
    whether it is the first factor.
    """
    code = new_code(8 if first else 6)
    sent = messages.send_code(
        call.emulator, call.pool, user, "Authentication", code, attribute, client_id=call.client["ClientId"],
        metadata=call.metadata,
    )  # fmt: skip
    return ask(
        call, user["Username"], challenge,
        parameters={
            "CODE_DELIVERY_DELIVERY_MEDIUM": sent["DeliveryMedium"],
            "CODE_DELIVERY_DESTINATION": sent["Destination"],
            "USER_ID_FOR_SRP": user["Username"],
        },
        facts={"code": code, "until": call.now + _CODE_LIFETIME, "first": first, "source": source},
    )  # fmt: skip


def ask_srp(
    call: Call, username: str, user: User | None, srp_a: str, *, facts: dict[str, Any], with_session: bool
) -> ChallengeRequired:
    """Return the challenge for the SRP proof of a password; for an unknown user, no proof is valid.

    `srp_a` is the client's public value, `facts` are further values to store. Without a session for the client, the
    secret block replaces it, as in `USER_SRP_AUTH`.
    """
    group = call.pool["Id"].partition("_")[2]
    salt = srp.new_salt()
    has_password = user is not None and bool(user.get("_password"))
    verifier = (
        srp.verifier(group, username, user["_password"], salt) if user and has_password else srp.unknown_verifier()
    )
    shown, proof = srp.challenge(group, username, salt, verifier, srp_a)
    return ask(
        call, username, "PASSWORD_VERIFIER",
        parameters={**shown, "USERNAME": username, "USER_ID_FOR_SRP": username},
        facts={**facts, "proof": proof}, token="" if with_session else shown["SECRET_BLOCK"],
    )  # fmt: skip


def as_answer(
    call: Call, outcome: ChallengeRequired | Authenticated, *, metadata: dict[str, str] | None = None
) -> dict[str, Any]:
    """Return the API's response for an outcome; functions get the metadata, which `InitiateAuth` does not pass."""
    if isinstance(outcome, ChallengeRequired):
        answer: dict[str, Any] = {"ChallengeName": outcome.challenge, "ChallengeParameters": outcome.parameters}
        if outcome.session:
            answer["Session"] = outcome.session
        if outcome.available:
            answer["AvailableChallenges"] = list(outcome.available)
        return answer
    return {"ChallengeParameters": {}, "AuthenticationResult": finish(call, outcome, metadata=metadata)}


def finish(
    call: Call,
    passed: Authenticated,
    *,
    metadata: dict[str, str] | None = None,
    scope: str | None = None,
    nonce: str = "",
) -> dict[str, Any]:
    """Call the post authentication function and issue the tokens."""
    new = new_device(call, passed)
    call_post_authentication(call, passed, metadata=metadata, new=bool(new))
    result = tokens.sign_in(
        call.emulator, call.pool, call.client, passed.user, source=passed.source, metadata=metadata, scope=scope,
        nonce=nonce, device_key=passed.device_key or (new or {}).get("DeviceKey", ""),
    )  # fmt: skip
    return {**result, "NewDeviceMetadata": new} if new else result


def call_post_authentication(
    call: Call, passed: Authenticated, *, metadata: dict[str, str] | None = None, new: bool = False
) -> None:
    """Call the post authentication function."""
    triggers.post_authentication(
        call.emulator, call.pool, passed.user, call.client["ClientId"], metadata or {}, new_device=new
    )


def new_device(call: Call, passed: Authenticated) -> dict[str, str] | None:
    """Return the keys of a new device, if the pool remembers devices."""
    if not call.pool.get("DeviceConfiguration") or passed.device_key:
        return None
    region = call.pool["Id"].rpartition("_")[0]
    key, group = f"{region}_{uuid4()}", f"-{uuid4().hex[:8]}"
    passed.user.setdefault("_devices", {})[key] = {"group": group, "created": call.now, "status": "pending"}
    return {"DeviceKey": key, "DeviceGroupKey": group}
