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
from .sign_in_steps import Asked, Passed

_ANSWERS: Final = {
    "PASSWORD": "PASSWORD", "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE", "SMS_MFA": "SMS_MFA_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE", "SMS_OTP": "SMS_OTP_CODE", "NEW_PASSWORD_REQUIRED": "NEW_PASSWORD",
    "SELECT_CHALLENGE": "ANSWER", "SELECT_MFA_TYPE": "ANSWER",
}  # fmt: skip
"""The challenge response that a page's field fills; a challenge not listed here has no page."""
_LABELS: Final = {
    "PASSWORD": "Password", "EMAIL_OTP": "Code by e-mail", "SMS_OTP": "Code by SMS", "SMS_MFA": "Code by SMS",
    "SOFTWARE_TOKEN_MFA": "Authenticator app",
}  # fmt: skip


def call_of(emulator: EmulatorInterface, asked: Authorization, data: dict[str, object] | None = None) -> Call:
    """Return the API call of a page."""
    return Call(emulator=emulator, operation="InitiateAuth", data=data or {}, pool=asked.pool, client=asked.client)


def first_page(asked: Authorization, token: str, said: str = "", *, status: int = 200) -> Reply:
    """Return the first sign-in page, for the user name."""
    choosing = "ALLOW_USER_AUTH" in clients.allowed_flows(asked.client)
    inner = pages.field("username", "Username")
    if not choosing:
        inner += pages.field("password", "Password", secret=True)
    after = pages.link("Forgot your password?", f"/forgotPassword?{asked.query()}")
    if not (asked.pool.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"):
        after += pages.link("Create an account", f"/signup?{asked.query()}")
    label = "Next" if choosing else "Sign in"
    return pages.page(
        "Sign in", f"/login?{asked.query()}", inner + pages.button(label), token=token, said=said, after=after,
        status=status,
    )  # fmt: skip


def submit(emulator: EmulatorInterface, asked: Authorization, request: Request, token: str) -> Reply:
    """Handle a form of the sign-in pages."""
    form = request.form
    call = call_of(emulator, asked)
    challenge = form.get("challenge", "")
    if not challenge:
        return _begin(call, asked, form.get("username", ""), form.get("password", ""), token)
    if challenge == "MFA_SETUP":
        return _set_up(call, asked, request, token)
    if challenge not in _ANSWERS:
        return first_page(asked, token, "Please sign in again.")
    if challenge == "NEW_PASSWORD_REQUIRED" and form.get("answer") != form.get("again"):
        return _again(asked, request, token, "Passwords do not match.")
    return _go_on(call, asked, request, token)


def _go_on(call: Call, asked: Authorization, request: Request, token: str) -> Reply:
    form = request.form
    challenge = form["challenge"]
    responses = {"USERNAME": form.get("user", ""), _ANSWERS[challenge]: form.get("answer", "")}
    responses |= {name: value for name, value in form.items() if name.startswith("userAttributes.")}
    try:
        outcome = challenges.step(call, challenge, form.get("session", ""), responses)
    except RefusedError as error:
        if call.emulator.sessions.peek(form.get("session", "")) is None:
            return first_page(asked, token, error.message)
        return _again(asked, request, token, error.message)
    return answer(call, asked, outcome, token, form.get("user", ""))


def _begin(call: Call, asked: Authorization, name: str, password: str, token: str) -> Reply:
    try:
        if "ALLOW_USER_AUTH" in clients.allowed_flows(asked.client):
            outcome = choices.begin(call, {"USERNAME": name})
        else:
            outcome = sign_in.by_password(call, {"USERNAME": name, "PASSWORD": password})
    except RefusedError as error:
        return first_page(asked, token, error.message)
    return answer(call, asked, outcome, token, name)


def answer(call: Call, asked: Authorization, outcome: Asked | Passed, token: str, name: str) -> Reply:
    """Return the next page, or the redirect to the client.

    Args:
        call: The call.
        asked: The client's authorization request.
        outcome: The state of the sign-in.
        token: The CSRF token of the next form.
        name: The typed name.
    """
    try:
        if isinstance(outcome, Passed):
            return _done(call, asked, outcome)
        if outcome.challenge == "MFA_SETUP":
            return _ask_set_up(call, asked, outcome, token)
    except RefusedError as error:
        return first_page(asked, token, error.message)
    shown = {"user": name, **outcome.parameters, **_listed(outcome)}
    return _ask(asked, outcome.challenge, outcome.session, shown, token)


def _listed(outcome: Asked) -> dict[str, str]:
    return {"available": json.dumps(outcome.available)} if outcome.available else {}


def _ask(
    asked: Authorization, challenge: str, session: str, shown: dict[str, str], token: str, said: str = ""
) -> Reply:
    kept = {"challenge": challenge, "session": session, "user": shown.get("USER_ID_FOR_SRP") or shown.get("user", "")}
    carried = {name: shown[name] for name in ("available", "MFAS_CAN_CHOOSE", "requiredAttributes") if shown.get(name)}
    inner = pages.hidden(kept | {f"shown.{name}": value for name, value in carried.items()})
    if challenge in ("SELECT_CHALLENGE", "SELECT_MFA_TYPE"):
        listed = pages.choice(shown.get("available") or shown["MFAS_CAN_CHOOSE"])
        inner += "".join(pages.button(_LABELS[each], name="answer", value=each) for each in listed if each in _LABELS)
        return pages.page("Choose how to sign in", f"/login?{asked.query()}", inner, token=token, said=said)
    if challenge == "NEW_PASSWORD_REQUIRED":
        inner += pages.field("answer", "New password", secret=True) + pages.field("again", "Again", secret=True)
        for name in pages.choice(shown.get("requiredAttributes") or "[]"):
            inner += pages.field(name, name.partition(".")[2])
    elif challenge == "PASSWORD":
        inner += pages.field("answer", "Password", secret=True)
    else:
        inner += pages.field("answer", "Code")
    return pages.page("Sign in", f"/login?{asked.query()}", inner + pages.button("Continue"), token=token, said=said)


def _again(asked: Authorization, request: Request, token: str, said: str) -> Reply:
    form = request.form
    shown = {name.removeprefix("shown."): value for name, value in form.items() if name.startswith("shown.")}
    return _ask(asked, form["challenge"], form.get("session", ""), shown | {"user": form.get("user", "")}, token, said)


def _ask_set_up(call: Call, asked: Authorization, outcome: Asked, token: str, said: str = "") -> Reply:
    shared = Call(emulator=call.emulator, operation="AssociateSoftwareToken", data={"Session": outcome.session})
    given = profiles.associate_software_token(shared)
    return _show_secret(asked, given, outcome.parameters["USER_ID_FOR_SRP"], token, said)


def _show_secret(asked: Authorization, given: dict[str, str], user: str, token: str, said: str) -> Reply:
    inner = pages.hidden(
        {"challenge": "MFA_SETUP", "session": given["Session"], "user": user, "secret": given["SecretCode"]}
    )
    inner += pages.field("answer", f"Code of your authenticator app for the secret {given['SecretCode']}")
    return pages.page(
        "Set up your authenticator app", f"/login?{asked.query()}", inner + pages.button("Continue"), token=token,
        said=said,
    )  # fmt: skip


def _set_up(call: Call, asked: Authorization, request: Request, token: str) -> Reply:
    form = request.form
    data = {"Session": form.get("session", ""), "UserCode": form.get("answer", "")}
    try:
        verified = profiles.verify_software_token(
            Call(emulator=call.emulator, operation="VerifySoftwareToken", data=dict(data))
        )
        outcome = challenges.step(call, "MFA_SETUP", verified["Session"], {"USERNAME": form.get("user", "")})
    except RefusedError as error:
        if call.emulator.sessions.peek(data["Session"]) is None:
            return first_page(asked, token, error.message)
        given = {"Session": data["Session"], "SecretCode": form.get("secret", "")}
        return _show_secret(asked, given, form.get("user", ""), token, error.message)
    return answer(call, asked, outcome, token, form.get("user", ""))


def _done(call: Call, asked: Authorization, passed: Passed) -> Reply:
    if asked.response_type == "code":
        sign_in_steps.announce(call, passed)
        grant = Grant(
            pool_id=asked.pool["Id"], client_id=asked.client["ClientId"], username=passed.user["Username"],
            redirect_uri=asked.redirect_uri, scope=asked.scope, nonce=asked.nonce, code_challenge=asked.code_challenge,
            expires=lifetime_from(call.now),
        )  # fmt: skip
        values = {"code": call.emulator.grants.open(grant), "state": asked.state}
        return redirect(with_query(asked.redirect_uri, {name: value for name, value in values.items() if value}))
    hosted = Passed(user=passed.user, source="HostedAuth")
    result = sign_in_steps.finish(call, hosted, scope=asked.scope, nonce=asked.nonce)
    values = {
        "access_token": result["AccessToken"], "id_token": result.get("IdToken", ""), "token_type": "Bearer",
        "expires_in": str(result["ExpiresIn"]), "state": asked.state,
    }  # fmt: skip
    return redirect(f"{asked.redirect_uri}#{urlencode({name: value for name, value in values.items() if value})}")
