"""`USER_AUTH`: the user selects a password or a one-time code, or continues a confirmed sign-up.

Source: "Choice-based authentication" in "Authentication flows" (Amazon Cognito developer guide).
"""

from typing import Any, Final

from . import clients, factors, sign_in_steps, srp, users
from .call_context import Call
from .emulator_interface import User
from .errors import RefusedError, invalid, missing, not_authorized
from .sign_in_steps import Authenticated, ChallengeRequired

SIGN_UP: Final = "SIGN_UP"
"""The session that `SignUp` returns for `ConfirmSignUp`."""
CONFIRMED: Final = "CONFIRMED"
"""The session that `ConfirmSignUp` returns for `InitiateAuth`."""
CODES: Final = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}


def first_factors(call: Call, user: User | None) -> list[str]:
    """Return the first factors that a user may sign in with.

    One-time codes are excluded if the pool requires a second factor or the user has one: they would replace both.
    For an unknown user, None, they are the pool's factors.
    """
    policy = (call.pool.get("Policies") or {}).get("SignInPolicy") or {}
    allowed = policy.get("AllowedFirstAuthFactors") or ["PASSWORD"]
    found = ["PASSWORD", "PASSWORD_SRP"] if "PASSWORD" in allowed and (user is None or user.get("_password")) else []
    second = call.pool.get("MfaConfiguration") == "ON" or (user is not None and factors.usable(call.pool, user))
    for challenge, attribute in CODES.items():
        has_address = user is None or users.attributes(user).get(attribute)
        if challenge in allowed and has_address and not second:
            found.append(challenge)
    return found


def begin(call: Call, parameters: dict[str, str]) -> ChallengeRequired | Authenticated:
    """Start with the preferred challenge if it is among the user's, else with the selection."""
    user = users.find(call.pool, parameters["USERNAME"], by_sub=False)
    sign_in_steps.begin(call, parameters["USERNAME"], user)
    available = first_factors(call, user)
    if not available:
        raise invalid("No available challenges for the user.")
    preferred = parameters.get("PREFERRED_CHALLENGE")
    name = user["Username"] if user else parameters["USERNAME"]
    if preferred in available:
        return challenge(call, name, user, preferred, parameters)
    return sign_in_steps.ask(call, name, "SELECT_CHALLENGE", facts={"available": available}, available=tuple(available))


def challenge(
    call: Call, name: str, user: User | None, chosen: str, given: dict[str, str]
) -> ChallengeRequired | Authenticated:
    """Continue with the selected challenge, and evaluate its response if the call contains it.

    The name of an unknown user is the typed one. `given` is the response in the call: a password, or SRP's public
    value.
    """
    if chosen == "PASSWORD":
        return password(call, user, given) if given.get("PASSWORD") else sign_in_steps.ask(call, name, "PASSWORD")
    if chosen == "PASSWORD_SRP":
        if not given.get("SRP_A"):
            return sign_in_steps.ask(call, name, "PASSWORD_SRP")
        facts = {"device_key": given.get("DEVICE_KEY", ""), "flow": "USER_AUTH"}
        return sign_in_steps.ask_srp(call, name, user, srp.check_a(given["SRP_A"]), facts=facts, with_session=True)
    if user is None:
        # The same response as for a known user, with a code that is not sent.
        shown = {"CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL" if chosen == "EMAIL_OTP" else "SMS",
                 "CODE_DELIVERY_DESTINATION": "****"}  # fmt: skip
        return sign_in_steps.ask(call, name, chosen, parameters=shown, facts={"code": None, "until": 0, "first": True})
    return sign_in_steps.ask_code(call, user, chosen, CODES[chosen], source="Authentication", first=True)


def password(call: Call, user: User | None, given: dict[str, str]) -> ChallengeRequired | Authenticated:
    """Continue with a password."""
    if user is None:
        raise sign_in_steps.wrong_password()
    sign_in_steps.check_password(call, user, given["PASSWORD"])
    return sign_in_steps.after_password(call, user, device_key=given.get("DEVICE_KEY", ""))


def continue_sign_up(call: Call, parameters: dict[str, str]) -> Authenticated:
    """Sign in a user who has just confirmed their sign-up, by the session of `ConfirmSignUp`."""
    if not parameters.get("USERNAME"):
        raise missing("USERNAME")
    session = call.emulator.sessions.take(
        call.data["Session"], client_id=call.client["ClientId"], pool_id=call.pool["Id"], challenge=CONFIRMED,
        now=call.now,
    )  # fmt: skip
    user = users.find(call.pool, parameters["USERNAME"], by_sub=False)
    if user is None or user["Username"] != session.username:
        raise not_authorized("Invalid session for the user.")
    sign_in_steps.refuse_state(user)
    if factors.must_set_up(call.pool, user) or factors.usable(call.pool, user):
        raise RefusedError("UnsupportedOperationException", "MFA is required: sign in with a password.")
    return Authenticated(user=user)


def sign_up_session(call: Call, user: User, kind: str) -> dict[str, Any]:
    """Return the `Session` of a sign-up, if the client has `USER_AUTH`."""
    if "ALLOW_USER_AUTH" not in clients.allowed_flows(call.client):
        return {}
    return {"Session": sign_in_steps.ask(call, user["Username"], kind).session}
