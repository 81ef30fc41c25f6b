"""Hosted sign-in: the API's steps with a page for each challenge, and a code or tokens at the end.

Source: "The managed login sign-in endpoint" (Amazon Cognito developer guide).
"""

import json
from typing import Final
from urllib.parse import urlencode

from . import challenges, choices, clients, pages, profiles, sign_in, sign_in_steps
from .authorization_codes import Grant, lifetime_from
from .call_context import Call
from .domain_requests import Authorization, Reply, Request, redirect, with_query
from .emulator_interface import EmulatorInterface
from .errors import RefusedError
from .sign_in_steps import Authenticated, ChallengeRequired

_RESPONSE_FIELDS: Final = {
    "PASSWORD": "PASSWORD", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE", "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE", "SMS_OTP": "SMS_OTP_CODE", "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "SELECT_CHALLENGE": "ANSWER", "SELECT_MFA_TYPE": "ANSWER",
}  # fmt: skip
"""The challenge response that a page's field fills; a challenge not listed here has no page."""
_LABELS: Final = {
    "PASSWORD": "Password", "EMAIL_OTP": "Code by e-mail", "SMS_OTP": "Code by SMS", "SMS_MFA": "Code by SMS",
    "SOFTWARE_TOKEN_MFA": "Authenticator app",
}  # fmt: skip


def call_of(emulator: EmulatorInterface, authorization: Authorization, data: dict[str, object] | None = None) -> Call:
    """Return the API call of a page."""
    return Call(
        emulator=emulator,
        operation="InitiateAuth",
        data=data or {},
        pool=authorization.pool,
        client=authorization.client,
    )


def first_page(authorization: Authorization, token: str, message: str = "", *, status: int = 200) -> Reply:
    """Return the first sign-in page, for the user name."""
    choosing = "ALLOW_USER_AUTH" in clients.allowed_flows(authorization.client)
    inner = pages.field("username", "Username")
    if not choosing:
        inner += pages.field("password", "Password", secret=True)
    after = pages.link("Forgot your password?", f"/forgotPassword?{authorization.query()}")
    if not (authorization.pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
        after += pages.link("Create an account", f"/signup?{authorization.query()}")
    label = "Next" if choosing else "Sign in"
    return pages.page(
        "Sign in", f"/login?{authorization.query()}", inner + pages.button(label), token=token, message=message,
        after=after, status=status,
    )  # fmt: skip


def submit(emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str) -> Reply:
    """Handle a form of the sign-in pages."""
    form = request.form
    call = call_of(emulator, authorization)
    challenge = form.get("challenge", "")
    if not challenge:
        return _begin(call, authorization, form.get("username", ""), form.get("password", ""), token)
    if challenge == "MFA_SETUP":
        return _set_up(call, authorization, request, token)
    if challenge not in _RESPONSE_FIELDS:
        return first_page(authorization, token, "Please sign in again.")
    if challenge == "NEW_PASSWORD_REQUIRED" and form.get("answer") != form.get("again"):
        return _again(authorization, request, token, "Passwords do not match.")
    return _continue(call, authorization, request, token)


def _continue(call: Call, authorization: Authorization, request: Request, token: str) -> Reply:
    form = request.form
    challenge = form["challenge"]
    responses = {"USERNAME": form.get("user", ""), _RESPONSE_FIELDS[challenge]: form.get("answer", "")}
    responses |= {name: value for name, value in form.items() if name.startswith("userAttributes.")}
    try:
        outcome = challenges.step(call, challenge, form.get("session", ""), responses)
    except RefusedError as error:
        if call.emulator.sessions.peek(form.get("session", "")) is None:
            return first_page(authorization, token, error.message)
        return _again(authorization, request, token, error.message)
    return answer(call, authorization, outcome, token, form.get("user", ""))


def _begin(call: Call, authorization: Authorization, name: str, password: str, token: str) -> Reply:
    try:
        if "ALLOW_USER_AUTH" in clients.allowed_flows(authorization.client):
            outcome = choices.begin(call, {"USERNAME": name})
        else:
            outcome = sign_in.by_password(call, {"USERNAME": name, "PASSWORD": password})
    except RefusedError as error:
        return first_page(authorization, token, error.message)
    return answer(call, authorization, outcome, token, name)


def answer(
    call: Call, authorization: Authorization, outcome: ChallengeRequired | Authenticated, token: str, name: str
) -> Reply:
    """Return the next page, with a CSRF token in its form, or the redirect to the client."""
    try:
        if isinstance(outcome, Authenticated):
            return _done(call, authorization, outcome)
        if outcome.challenge == "MFA_SETUP":
            return _ask_set_up(call, authorization, outcome, token)
    except RefusedError as error:
        return first_page(authorization, token, error.message)
    shown = {"user": name, **outcome.parameters, **_listed(outcome)}
    return _ask(authorization, outcome.challenge, outcome.session, shown, token)


def _listed(outcome: ChallengeRequired) -> dict[str, str]:
    return {"available": json.dumps(outcome.available)} if outcome.available else {}


def _ask(
    authorization: Authorization, challenge: str, session: str, shown: dict[str, str], token: str, message: str = ""
) -> Reply:
    kept = {"challenge": challenge, "session": session, "user": shown.get("USER_ID_FOR_SRP") or shown.get("user", "")}
    carried = {name: shown[name] for name in ("available", "MFAS_CAN_CHOOSE", "requiredAttributes") if shown.get(name)}
    inner = pages.hidden(kept | {f"shown.{name}": value for name, value in carried.items()})
    if challenge in ("SELECT_CHALLENGE", "SELECT_MFA_TYPE"):
        listed = pages.choice(shown.get("available") or shown["MFAS_CAN_CHOOSE"])
        inner += "".join(pages.button(_LABELS[each], name="answer", value=each) for each in listed if each in _LABELS)
        return pages.page(
            "Choose how to sign in", f"/login?{authorization.query()}", inner, token=token, message=message
        )
    if challenge == "NEW_PASSWORD_REQUIRED":
        inner += pages.field("answer", "New password", secret=True) + pages.field("again", "Again", secret=True)
        for name in pages.choice(shown.get("requiredAttributes") or "[]"):
            inner += pages.field(name, name.partition(".")[2])
    elif challenge == "PASSWORD":
        inner += pages.field("answer", "Password", secret=True)
    else:
        inner += pages.field("answer", "Code")
    return pages.page(
        "Sign in", f"/login?{authorization.query()}", inner + pages.button("Continue"), token=token, message=message
    )


def _again(authorization: Authorization, request: Request, token: str, message: str) -> Reply:
    form = request.form
    shown = {name.removeprefix("shown."): value for name, value in form.items() if name.startswith("shown.")}
    return _ask(
        authorization,
        form["challenge"],
        form.get("session", ""),
        shown | {"user": form.get("user", "")},
        token,
        message,
    )


def _ask_set_up(call: Call, authorization: Authorization, outcome: ChallengeRequired, token: str) -> Reply:
    shared = Call(emulator=call.emulator, operation="AssociateSoftwareToken", data={"Session": outcome.session})
    given = profiles.associate_software_token(shared)
    return _show_secret(authorization, given, outcome.parameters["USER_ID_FOR_SRP"], token, "")


def _show_secret(authorization: Authorization, given: dict[str, str], user: str, token: str, message: str) -> Reply:
    inner = pages.hidden(
        {"challenge": "MFA_SETUP", "session": given["Session"], "user": user, "secret": given["SecretCode"]}
    )
    inner += pages.field("answer", f"Code of your authenticator app for the secret {given['SecretCode']}")
    return pages.page(
        "Set up your authenticator app", f"/login?{authorization.query()}", inner + pages.button("Continue"),
        token=token, message=message,
    )  # fmt: skip


def _set_up(call: Call, authorization: Authorization, request: Request, token: str) -> Reply:
    form = request.form
    data = {"Session": form.get("session", ""), "UserCode": form.get("answer", "")}
    try:
        verified = profiles.verify_software_token(
            Call(emulator=call.emulator, operation="VerifySoftwareToken", data=dict(data))
        )
        outcome = challenges.step(call, "MFA_SETUP", verified["Session"], {"USERNAME": form.get("user", "")})
    except RefusedError as error:
        if call.emulator.sessions.peek(data["Session"]) is None:
            return first_page(authorization, token, error.message)
        given = {"Session": data["Session"], "SecretCode": form.get("secret", "")}
        return _show_secret(authorization, given, form.get("user", ""), token, error.message)
    return answer(call, authorization, outcome, token, form.get("user", ""))


def _done(call: Call, authorization: Authorization, passed: Authenticated) -> Reply:
    if authorization.response_type == "code":
        sign_in_steps.call_post_authentication(call, passed)
        grant = Grant(
            pool_id=authorization.pool["Id"],
            client_id=authorization.client["ClientId"],
            username=passed.user["Username"],
            redirect_uri=authorization.redirect_uri,
            scope=authorization.scope,
            nonce=authorization.nonce,
            code_challenge=authorization.code_challenge,
            expires=lifetime_from(call.now),
        )
        values = {"code": call.emulator.grants.open(grant), "state": authorization.state}
        return redirect(
            with_query(authorization.redirect_uri, {name: value for name, value in values.items() if value})
        )
    hosted = Authenticated(user=passed.user, source="HostedAuth")
    result = sign_in_steps.finish(call, hosted, scope=authorization.scope, nonce=authorization.nonce)
    values = {
        "access_token": result["AccessToken"], "id_token": result.get("IdToken", ""), "token_type": "Bearer",
        "expires_in": str(result["ExpiresIn"]), "state": authorization.state,
    }  # fmt: skip
    return redirect(
        f"{authorization.redirect_uri}#{urlencode({name: value for name, value in values.items() if value})}"
    )
