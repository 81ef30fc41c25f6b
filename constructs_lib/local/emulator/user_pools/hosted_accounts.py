"""Hosted pages for sign-up and forgotten passwords.

Source: `/signup`, `/confirm` and `/forgotPassword` in "Managed login and the classic hosted UI" (Amazon Cognito
developer guide).
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from . import accounts, forgotten_passwords, hosted_sign_in, pages, schema
from .call_context import Call
from .domain_requests import Authorization, Reply, Request
from .emulator_interface import EmulatorInterface
from .errors import RefusedError
from .requests import check_request

Page: TypeAlias = Callable[[Authorization, str, str, str], Reply]
_ATTRIBUTE: Final = "attribute."


def sign_up_page(authorization: Authorization, token: str, name: str = "", message: str = "") -> Reply:
    """Return the sign-up page: a name, a password, and the pool's required attributes."""
    kinds = set(authorization.pool.get("UsernameAttributes") or [])
    inner = pages.field("username", "E-mail" if kinds == {"email"} else "Username", value=name)
    inner += pages.field("password", "Password", secret=True)
    required = [*schema.required(authorization.pool), *(authorization.pool.get("AutoVerifiedAttributes") or [])]
    for attribute in dict.fromkeys(required):
        if attribute not in kinds:
            inner += pages.field(f"{_ATTRIBUTE}{attribute}", attribute)
    return pages.page(
        "Create an account",
        f"/signup?{authorization.query()}",
        inner + pages.button("Sign up"),
        token=token,
        message=message,
    )


def confirm_page(authorization: Authorization, token: str, name: str = "", message: str = "") -> Reply:
    """Return the page for the confirmation code of a new account."""
    inner = pages.field("username", "Username", value=name) + pages.field("code", "Code")
    inner += pages.button("Confirm")
    return pages.page(
        "Confirm your account", f"/confirm?{authorization.query()}", inner, token=token, message=message,
        after=f'<form method="post" action="/resendcode?{_escaped(authorization)}">'
        f"{pages.hidden({'_csrf': token, 'username': name})}{pages.button('Send another code')}</form>",
    )  # fmt: skip


def forgot_page(authorization: Authorization, token: str, name: str = "", message: str = "") -> Reply:
    """Return the page for the user name of a forgotten password."""
    inner = pages.field("username", "Username", value=name) + pages.button("Send a code")
    return pages.page(
        "Forgot your password?", f"/forgotPassword?{authorization.query()}", inner, token=token, message=message
    )


def reset_page(authorization: Authorization, token: str, name: str = "", message: str = "") -> Reply:
    """Return the page for the reset code and a new password."""
    inner = pages.field("username", "Username", value=name) + pages.field("code", "Code")
    inner += pages.field("new_password", "New password", secret=True) + pages.button("Change password")
    return pages.page(
        "Change your password", f"/confirmForgotPassword?{authorization.query()}", inner, token=token, message=message
    )


def sign_up(emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str) -> Reply:
    """Handle the sign-up form."""
    form = request.form
    named = [
        {"Name": name.removeprefix(_ATTRIBUTE), "Value": value}
        for name, value in form.items()
        if name.startswith(_ATTRIBUTE) and value
    ]
    data = {"Username": form.get("username", ""), "Password": form.get("password", ""), "UserAttributes": named}

    def done(made: dict[str, Any]) -> Reply:
        if made["UserConfirmed"]:
            return hosted_sign_in.first_page(authorization, token, "Your account is confirmed: sign in.")
        return confirm_page(authorization, token, data["Username"] if isinstance(data["Username"], str) else "")

    return _answer(emulator, authorization, request, token, "SignUp", accounts.sign_up, data, done, sign_up_page)


def confirm(emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str) -> Reply:
    """Handle the form with the confirmation code."""
    data = {"Username": request.form.get("username", ""), "ConfirmationCode": request.form.get("code", "")}

    def done(_: dict[str, Any]) -> Reply:
        return hosted_sign_in.first_page(authorization, token, "Your account is confirmed: sign in.")

    return _answer(
        emulator, authorization, request, token, "ConfirmSignUp", accounts.confirm_sign_up, data, done, confirm_page
    )


def resend(emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str) -> Reply:
    """Send another code."""
    name = request.form.get("username", "")

    def done(_: dict[str, Any]) -> Reply:
        return confirm_page(authorization, token, name, "Another code was sent.")

    return _answer(
        emulator, authorization, request, token, "ResendConfirmationCode", accounts.resend_confirmation_code,
        {"Username": name}, done, confirm_page,
    )  # fmt: skip


def forgot(emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str) -> Reply:
    """Handle the form of a forgotten password."""
    name = request.form.get("username", "")

    def done(_: dict[str, Any]) -> Reply:
        return reset_page(authorization, token, name)

    return _answer(
        emulator,
        authorization,
        request,
        token,
        "ForgotPassword",
        forgotten_passwords.forgot_password,
        {"Username": name},
        done,
        forgot_page,
    )


def reset(emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str) -> Reply:
    """Handle the form with the reset code and the new password."""
    form = request.form
    data = {
        "Username": form.get("username", ""), "ConfirmationCode": form.get("code", ""),
        "Password": form.get("new_password", ""),
    }  # fmt: skip

    def done(_: dict[str, Any]) -> Reply:
        return hosted_sign_in.first_page(authorization, token, "Your password is changed: sign in.")

    return _answer(
        emulator,
        authorization,
        request,
        token,
        "ConfirmForgotPassword",
        forgotten_passwords.confirm_forgot_password,
        data,
        done,
        reset_page,
    )


def _answer(
    emulator: EmulatorInterface, authorization: Authorization, request: Request, token: str, operation: str,
    perform: Callable[[Call], dict[str, Any]], data: dict[str, Any],
    done: Callable[[dict[str, Any]], Reply], again: Page,
) -> Reply:  # fmt: skip
    data["ClientId"] = authorization.client["ClientId"]
    call = Call(emulator=emulator, operation=operation, data=data, pool=authorization.pool, client=authorization.client)
    try:
        check_request(operation, data)
        return done(perform(call))
    except RefusedError as error:
        return again(authorization, token, request.form.get("username", ""), error.message)


def _escaped(authorization: Authorization) -> str:
    return authorization.query().replace("&", "&amp;")
