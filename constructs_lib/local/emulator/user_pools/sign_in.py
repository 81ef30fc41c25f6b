"""`InitiateAuth` and `AdminInitiateAuth`: the start of a sign-in, by flow.

Source: `InitiateAuth` and `AdminInitiateAuth` (API reference); `ExplicitAuthFlows` of `CreateUserPoolClient`.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from . import (
    choices,
    clients,
    custom_auth,
    passwords,
    refresh_tokens,
    schema,
    sign_in_steps,
    srp,
    tokens,
    triggers,
    users,
)
from .call_context import Call, check_secret_hash
from .emulator_interface import User
from .errors import RefusedError, invalid, missing
from .sign_in_steps import Authenticated, ChallengeRequired

_REFRESHING: Final = ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN")


def initiate(call: Call) -> dict[str, Any]:
    """Handle either operation."""
    flow = call.data["AuthFlow"]
    parameters = dict(call.data.get("AuthParameters") or {})
    if flow in _REFRESHING:
        return _refresh(call, parameters)
    check_secret_hash(call.client, parameters.get("USERNAME"), parameters.get("SECRET_HASH"))
    needed, begin, refusal = _flow(call, flow)
    if needed not in clients.allowed_flows(call.client):
        raise invalid(refusal)
    if flow == "USER_AUTH" and call.data.get("Session"):
        return sign_in_steps.as_answer(call, choices.continue_sign_up(call, parameters))
    if not parameters.get("USERNAME"):
        raise missing("USERNAME")
    return sign_in_steps.as_answer(call, begin(call, parameters))


def _flow(
    call: Call, flow: str
) -> tuple[str, Callable[[Call, dict[str, str]], ChallengeRequired | Authenticated], str]:
    if flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH") and call.admin:
        return "ALLOW_ADMIN_USER_PASSWORD_AUTH", by_password, "Auth flow not enabled for this client"
    if flow == "USER_PASSWORD_AUTH" and not call.admin:
        return "ALLOW_USER_PASSWORD_AUTH", by_password, "USER_PASSWORD_AUTH flow not enabled for this client"
    shared: dict[str, Callable[[Call, dict[str, str]], ChallengeRequired | Authenticated]] = {
        "USER_SRP_AUTH": _by_srp, "CUSTOM_AUTH": custom_auth.begin, "USER_AUTH": choices.begin,
    }  # fmt: skip
    if flow in shared:
        return f"ALLOW_{flow}", shared[flow], f"{flow} is not enabled for the client."
    raise invalid("Initiate Auth method not supported.")


def by_password(call: Call, parameters: dict[str, str]) -> ChallengeRequired | Authenticated:
    """Start with a name and a password."""
    if not parameters.get("PASSWORD"):
        raise missing("PASSWORD")
    name, password = parameters["USERNAME"], parameters["PASSWORD"]
    user = users.find(call.pool, name, by_sub=False) or _migrated(call, name, password)
    sign_in_steps.begin(call, name, user)
    if user is None:
        raise sign_in_steps.wrong_password()
    sign_in_steps.check_password(call, user, password)
    return sign_in_steps.after_password(call, user, device_key=parameters.get("DEVICE_KEY", ""))


def _by_srp(call: Call, parameters: dict[str, str]) -> ChallengeRequired | Authenticated:
    srp_a = srp.check_a(parameters.get("SRP_A"))
    user = users.find(call.pool, parameters["USERNAME"], by_sub=False)
    sign_in_steps.begin(call, parameters["USERNAME"], user)
    facts = {"device_key": parameters.get("DEVICE_KEY", ""), "flow": "USER_SRP_AUTH"}
    name = user["Username"] if user else parameters["USERNAME"]
    return sign_in_steps.ask_srp(call, name, user, srp_a, facts=facts, with_session=False)


def _refresh(call: Call, parameters: dict[str, str]) -> dict[str, Any]:
    if "ALLOW_REFRESH_TOKEN_AUTH" not in clients.allowed_flows(call.client):
        raise invalid("REFRESH_TOKEN_AUTH is not enabled for the client.")
    if (call.client.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED":
        raise RefusedError(
            "UnsupportedOperationException", "Refresh token rotation is enabled: use GetTokensFromRefreshToken."
        )
    if not parameters.get("REFRESH_TOKEN"):
        raise missing("REFRESH_TOKEN")
    claims = refresh_tokens.claims_of(call.emulator, call.pool, parameters["REFRESH_TOKEN"])
    user = tokens.user_of(call.pool, claims) if claims else None
    if user is not None:
        name = users.sub(user) if call.pool.get("UsernameAttributes") else user["Username"]
        check_secret_hash(call.client, name, parameters.get("SECRET_HASH"), answering=True)
    result = tokens.refresh(call.emulator, call.pool, call.client, parameters["REFRESH_TOKEN"], call.metadata or None)
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def get_tokens_from_refresh_token(call: Call) -> dict[str, Any]:
    """Handle `GetTokensFromRefreshToken`, the only way to refresh tokens for a client with rotation."""
    result = tokens.refresh(call.emulator, call.pool, call.client, call.data["RefreshToken"], call.metadata or None)
    return {"AuthenticationResult": result}


def _migrated(call: Call, name: str, password: str) -> User | None:
    answer = triggers.user_migration(
        call.emulator, call.pool, "Authentication", name, call.client["ClientId"], password=password,
        metadata=call.metadata,
    )  # fmt: skip
    if answer is None:
        return None
    user = create_migrated_user(call, name, answer)
    if answer.get("finalUserStatus") == "CONFIRMED":
        passwords.store(call.pool, user, passwords.check(call.pool, password), call.now)
    else:
        user["UserStatus"] = "RESET_REQUIRED"
        user["_password"] = password
    return user


def create_migrated_user(call: Call, name: str, answer: dict[str, Any]) -> User:
    """Create the account that a migration function returned.

    Raises:
        RefusedError: If the name is another user's, or the pool's schema does not allow the account.
    """
    table = {str(key): str(value) for key, value in answer["userAttributes"].items()}
    username = table.pop("username", name)
    if users.find(call.pool, username) is not None:
        raise RefusedError("InvalidLambdaResponseException", "User already exists")
    try:
        schema.check_admin_write(call.pool, table)
        users.refuse_taken(call.pool, table, ignoring=None, verified=True)
    except RefusedError as error:
        raise RefusedError("InvalidLambdaResponseException", error.message) from error
    alias = next((each for each in call.pool.get("UsernameAttributes") or [] if table.get(each) == name), None)
    identifier = str(uuid4())
    user: User = {
        "Username": identifier if call.pool.get("UsernameAttributes") else username,
        "Attributes": [], "UserCreateDate": call.now, "UserLastModifiedDate": call.now, "Enabled": True,
        "UserStatus": "CONFIRMED", "_password": "", "_groups": [],
    }  # fmt: skip
    if alias:
        user["_signs_in_as"] = name
    users.set_attributes(user, {"sub": identifier, **table}, call.now)
    call.pool["_users"][user["Username"]] = user
    return user
