"""`USER_AUTH`: the user chooses among passwords and one-time codes, or goes on from a confirmed sign-up.

Source: "Choice-based authentication" in "Authentication flows" (Amazon Cognito developer guide).
"""

from typing import Any, Final

from . import clients, factors, srp, steps, triggers, users
from .calls import Call
from .errors import RefusedError, invalid, missing, no_user, not_authorized
from .steps import Asked, Passed
from .world import User

SIGN_UP: Final = "SIGN_UP"
"""The session that `SignUp` gives, for `ConfirmSignUp` to go on with."""
CONFIRMED: Final = "CONFIRMED"
"""The session that `ConfirmSignUp` gives, for `InitiateAuth` to go on with."""
CODES: Final = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}


def first_factors(call: Call, user: User | None) -> list[str]:
    """Return what somebody may sign in with.

    One-time codes are none where the pool requires a second factor or the user has one: they would stand for both.

    Args:
        call: The call.
        user: Who signs in; None for an unknown one, who is shown what the pool allows.
    """
    policy = (call.pool.get("Policies") or {}).get("SignInPolicy") or {}
    allowed = policy.get("AllowedFirstAuthFactors") or ["PASSWORD"]
    found = ["PASSWORD", "PASSWORD_SRP"] if "PASSWORD" in allowed and (user is None or user.get("_password")) else []
    second = call.pool.get("MfaConfiguration") == "ON" or (user is not None and factors.usable(call.pool, user))
    for challenge, attribute in CODES.items():
        held = user is None or users.attributes(user).get(attribute)
        if challenge in allowed and held and not second:
            found.append(challenge)
    return found


def begin(call: Call, parameters: dict[str, str]) -> Asked | Passed:
    """Begin: with the preferred challenge where it is among the user's, else with the choice."""
    user = users.find(call.pool, parameters["USERNAME"], by_sub=False)
    if user is None and not users.hides(call.client):
        raise no_user()
    if user is not None:
        steps.refuse_state(user)
    triggers.pre_authentication(
        call.world, call.pool, user, parameters["USERNAME"], call.client["ClientId"], call.metadata
    )
    available = first_factors(call, user)
    if not available:
        raise invalid("No available challenges for the user.")
    preferred = parameters.get("PREFERRED_CHALLENGE")
    name = user["Username"] if user else parameters["USERNAME"]
    if preferred in available:
        return challenge(call, name, user, preferred, parameters)
    return steps.ask(call, name, "SELECT_CHALLENGE", facts={"available": available}, available=tuple(available))


def challenge(call: Call, name: str, user: User | None, chosen: str, given: dict[str, str]) -> Asked | Passed:
    """Go on with a chosen challenge, and through it where the answer came along.

    Args:
        call: The call.
        name: The name in the pool, or what was typed.
        user: The user, or None for an unknown one.
        chosen: The challenge.
        given: What came along: a password, or SRP's public value.
    """
    if chosen == "PASSWORD":
        return password(call, user, given) if given.get("PASSWORD") else steps.ask(call, name, "PASSWORD")
    if chosen == "PASSWORD_SRP":
        if not given.get("SRP_A"):
            return steps.ask(call, name, "PASSWORD_SRP")
        facts = {"device_key": given.get("DEVICE_KEY", ""), "flow": "USER_AUTH"}
        return steps.ask_srp(call, name, user, srp.check_a(given["SRP_A"]), facts=facts, with_session=True)
    if user is None:
        # As a known one is answered, with a code that nobody gets.
        shown = {"CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL" if chosen == "EMAIL_OTP" else "SMS",
                 "CODE_DELIVERY_DESTINATION": "****"}  # fmt: skip
        return steps.ask(call, name, chosen, parameters=shown, facts={"code": None, "until": 0, "first": True})
    return steps.ask_code(call, user, chosen, CODES[chosen], source="Authentication", first=True)


def password(call: Call, user: User | None, given: dict[str, str]) -> Asked | Passed:
    """Go on with a password."""
    if user is None:
        raise steps.wrong(call)
    steps.check_password(call, user, given["PASSWORD"])
    return steps.after_password(call, user, device_key=given.get("DEVICE_KEY", ""))


def continue_sign_up(call: Call, parameters: dict[str, str]) -> Passed:
    """Sign in who has just confirmed their sign-up, by the session that `ConfirmSignUp` gave."""
    if not parameters.get("USERNAME"):
        raise missing("USERNAME")
    session = call.world.sessions.take(
        call.data["Session"], client_id=call.client["ClientId"], pool_id=call.pool["Id"], challenge=CONFIRMED,
        now=call.now,
    )  # fmt: skip
    user = users.find(call.pool, parameters["USERNAME"], by_sub=False)
    if user is None or user["Username"] != session.username:
        raise not_authorized("Invalid session for the user.")
    steps.refuse_state(user)
    if factors.must_set_up(call.pool, user) or factors.usable(call.pool, user):
        raise RefusedError("UnsupportedOperationException", "MFA is required: sign in with a password.")
    return Passed(user=user)


def sign_up_session(call: Call, user: User, kind: str) -> dict[str, Any]:
    """Return the `Session` of a sign-up, where the client has `USER_AUTH`."""
    if "ALLOW_USER_AUTH" not in clients.allowed_flows(call.client):
        return {}
    return {"Session": steps.ask(call, user["Username"], kind).session}
