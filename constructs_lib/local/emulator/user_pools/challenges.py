"""`RespondToAuthChallenge` and `AdminRespondToAuthChallenge`: one function for each challenge.

The session is taken before the response is evaluated; the user is the session's, regardless of the response. Source:
`RespondToAuthChallenge` (API reference).
"""

import hmac
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from . import choices, custom_auth, devices, factors, passwords, schema, sign_in_steps, srp, users
from .call_context import Call, check_secret_hash
from .emulator_interface import User
from .errors import RefusedError, expired_code, invalid, missing, not_authorized
from .sessions import Session
from .sign_in_steps import Authenticated, ChallengeRequired

Responses: TypeAlias = dict[str, str]
Responder: TypeAlias = Callable[[Call, Session, User, Responses], ChallengeRequired | Authenticated]

_PREFIX: Final = "userAttributes."


def respond(call: Call) -> dict[str, Any]:
    """Handle either operation."""
    name = call.data["ChallengeName"]
    responses: Responses = dict(call.data.get("ChallengeResponses") or {})
    if name not in RESPONDERS:
        raise invalid(f"{name} is not supported by this operation.")
    check_secret_hash(call.client, responses.get("USERNAME"), responses.get("SECRET_HASH"), answering=True)
    if name == "PASSWORD_VERIFIER":
        srp.check_form(responses, "USERNAME")
    elif not responses.get("USERNAME"):
        raise missing("USERNAME")
    token = call.data.get("Session")
    if name == "PASSWORD_VERIFIER" and not token:
        token = responses["PASSWORD_CLAIM_SECRET_BLOCK"]
    return sign_in_steps.as_answer(call, step(call, name, token, responses), metadata=call.metadata)


def step(call: Call, name: str, token: Any, responses: Responses) -> ChallengeRequired | Authenticated:
    """Consume the session of a challenge by its token, check the responses, and return the next step.

    Raises:
        RefusedError: If the session does not match, or a response is wrong.
    """
    session = _take(call, token, name)
    try:
        user = _user_of(call, session, responses)
        return RESPONDERS[name](call, session, user, responses)
    except RefusedError as error:
        call.emulator.sessions.restore(str(token), session, error)
        raise


def _take(call: Call, token: Any, name: str) -> Session:
    try:
        return call.emulator.sessions.take(
            token, client_id=call.client["ClientId"], pool_id=call.pool["Id"], challenge=name, now=call.now
        )
    except RefusedError as error:
        if name == "PASSWORD_VERIFIER" and not call.data.get("Session"):
            # To the client, a secret block is not a session: a mismatch is reported as a wrong proof.
            raise sign_in_steps.wrong_password() from error
        raise


def _user_of(call: Call, session: Session, responses: Responses) -> User:
    """Return the session's user, if the response names the same user."""
    user: User | None = call.pool["_users"].get(session.username)
    if user is None:
        # An unknown user, which the client must not learn: every response is wrong.
        if session.challenge == custom_auth.NAME:
            return _unknown_user(session)
        raise sign_in_steps.wrong_password()
    named = users.find(call.pool, responses["USERNAME"])
    if named is not user:
        raise not_authorized("Invalid session for the user.")
    sign_in_steps.refuse_state(user)
    return user


def _unknown_user(session: Session) -> User:
    return {"Username": session.username, "Attributes": [], "UserStatus": "", "_unknown_user": True}


def _new_password(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
    del session
    if not responses.get("NEW_PASSWORD"):
        raise missing("NEW_PASSWORD")
    given = {name.removeprefix(_PREFIX): value for name, value in responses.items() if name.startswith(_PREFIX)}
    attributes = users.attributes(user)
    for name, value in given.items():
        if attributes.get(name) and attributes[name] != value:
            raise not_authorized(f"Cannot modify an already provided {name}")
    schema.check_write(call.pool, call.client, given)
    schema.check_mutable(call.pool, given, attributes)
    for name in schema.required(call.pool):
        if not (attributes | given).get(name):
            raise invalid(f"Invalid attributes given, {name} is missing")
    users.refuse_taken(call.pool, given, ignoring=user, verified=False)
    passwords.store(call.pool, user, passwords.check(call.pool, responses["NEW_PASSWORD"]), call.now)
    if given:
        users.set_attributes(user, attributes | given, call.now)
    user["UserStatus"] = "CONFIRMED"
    return sign_in_steps.after_first_factor(call, user, source="NewPasswordChallenge")


def _password_verifier(
    call: Call, session: Session, user: User, responses: Responses
) -> ChallengeRequired | Authenticated:
    custom = session.facts.get("flow") == "CUSTOM_AUTH"
    passwords.refuse_locked(user, call.now)
    if user.get("_provider_disabled") or not srp.proves(session.facts["proof"], responses):
        passwords.count_failure(user, call.now)
        raise sign_in_steps.wrong_password()
    passwords.forget_failures(user)
    if user["UserStatus"] == "RESET_REQUIRED":
        raise RefusedError("PasswordResetRequiredException", "Password reset required for the user")
    if custom:
        return custom_auth.after_proof(call, session, user, proved=True)
    device = responses.get("DEVICE_KEY") or session.facts.get("device_key") or ""
    return sign_in_steps.after_password(call, user, device_key=device)


def _password(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
    del session
    if not responses.get("PASSWORD"):
        raise missing("PASSWORD")
    return choices.password(call, user, responses)


def _password_srp(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
    return choices.challenge(
        call, session.username, user, "PASSWORD_SRP", {**responses, "SRP_A": srp.check_a(responses.get("SRP_A"))}
    )


def _select_challenge(
    call: Call, session: Session, user: User, responses: Responses
) -> ChallengeRequired | Authenticated:
    chosen = responses.get("ANSWER")
    if not chosen:
        raise missing("ANSWER")
    if chosen not in session.facts["available"]:
        raise invalid("Selected challenge is not available.")
    return choices.challenge(call, session.username, user, chosen, responses)


def _select_factor(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired:
    chosen = responses.get("ANSWER")
    if not chosen:
        raise missing("ANSWER")
    if chosen not in session.facts["usable"]:
        raise RefusedError("MFAMethodNotFoundException", "The MFA method is not set up for the user.")
    return sign_in_steps.ask_factor(call, user, chosen, source=session.facts["source"])


def _totp(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
    if not responses.get("SOFTWARE_TOKEN_MFA_CODE"):
        raise missing("SOFTWARE_TOKEN_MFA_CODE")
    passwords.refuse_locked(user, call.now)
    if not user.get("_totp_secret"):
        raise RefusedError("SoftwareTokenMFANotFoundException", "Software token MFA is not set up for the user.")
    if not factors.use_totp(user, responses["SOFTWARE_TOKEN_MFA_CODE"], call.now):
        passwords.count_failure(user, call.now)
        raise RefusedError("CodeMismatchException", "Invalid code received for user")
    passwords.forget_failures(user)
    return Authenticated(user=user, source=session.facts["source"])


def _code(name: str) -> Responder:
    def answered(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
        if not responses.get(name):
            raise missing(name)
        passwords.refuse_locked(user, call.now)
        code = session.facts.get("code")
        if code is None or not hmac.compare_digest(code.encode(), responses[name].encode()):
            passwords.count_failure(user, call.now)
            raise RefusedError("CodeMismatchException", "Invalid code or auth state for the user.")
        if call.now > session.facts["until"]:
            raise expired_code()
        passwords.forget_failures(user)
        return Authenticated(user=user, source=session.facts["source"])

    return answered


def _set_up(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
    del responses
    if not session.facts.get("verified"):
        raise invalid("The software token is not verified: call VerifySoftwareToken with this session first.")
    del call
    return Authenticated(user=user, source=session.facts["source"])


def _custom(call: Call, session: Session, user: User, responses: Responses) -> ChallengeRequired | Authenticated:
    if not responses.get("ANSWER"):
        raise missing("ANSWER")
    return custom_auth.answer_challenge(call, session, None if user.get("_unknown_user") else user, responses)


RESPONDERS: Final[dict[str, Responder]] = {
    "NEW_PASSWORD_REQUIRED": _new_password,
    "PASSWORD_VERIFIER": _password_verifier,
    "PASSWORD": _password,
    "PASSWORD_SRP": _password_srp,
    "SELECT_CHALLENGE": _select_challenge,
    "SELECT_MFA_TYPE": _select_factor,
    "SOFTWARE_TOKEN_MFA": _totp,
    "SMS_MFA": _code("SMS_MFA_CODE"),
    "EMAIL_OTP": _code("EMAIL_OTP_CODE"),
    "SMS_OTP": _code("SMS_OTP_CODE"),
    "MFA_SETUP": _set_up,
    "CUSTOM_CHALLENGE": _custom,
    "DEVICE_SRP_AUTH": devices.srp_auth,
    "DEVICE_PASSWORD_VERIFIER": devices.password_verifier,
}
"""The supported challenges. `WEB_AUTHN` is not supported here, `ADMIN_NO_SRP_AUTH` not on AWS either."""
