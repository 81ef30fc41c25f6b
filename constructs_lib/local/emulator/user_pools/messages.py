"""E-mails and SMS of a pool: texts, the `CustomMessage` trigger, and custom senders.

Source: "Custom message", "Custom email sender" and "Custom SMS sender Lambda trigger" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping
from typing import Any, Final

from . import triggers
from .emulator_interface import EmulatorInterface, Message, Pool, User
from .errors import RefusedError, invalid
from .users import attributes

_MEDIA: Final = {"email": "EMAIL", "phone_number": "SMS"}
_TEXTS: Final = {
    "SignUp": "verification", "ResendCode": "verification", "UpdateUserAttribute": "verification",
    "VerifyUserAttribute": "verification", "ForgotPassword": "reset", "AdminCreateUser": "invitation",
    "Authentication": "authentication",
}  # fmt: skip
"""The purpose of each event; an unknown event has no text."""
_DEFAULTS: Final = {
    "verification": ("Your verification code", "Your verification code is {####}"),
    "reset": ("Your verification code", "Your password reset code is {####}"),
    "invitation": ("Your temporary password", "Your username is {username} and temporary password is {####}"),
    "authentication": ("Your sign-in code", "Your authentication code is {####}"),
}


def send_code(
    emulator: EmulatorInterface,
    pool: Pool,
    user: User,
    source: str,
    code: str,
    attribute: str,
    *,
    to: str | None = None,
    client_id: str = triggers.NO_CLIENT,
    metadata: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Send a code, and return the API's `CodeDeliveryDetails`.

    `source` is the purpose, such as `SignUp`, as in `CustomMessage_SignUp`, and the code may be the temporary password
    of an invitation. Without `to`, the address or number is the user's.

    Raises:
        RefusedError: If a function fails or returns a text without the code.
    """
    address = to or attributes(user)[attribute]
    medium = _MEDIA[attribute]
    subject, body = _text(pool, source, medium)
    shown = _shown_name(pool, user)
    custom = _custom_text(emulator, pool, user, source, client_id, metadata or {})
    if medium == "EMAIL":
        subject, body = custom.get("emailSubject") or subject, custom.get("emailMessage") or body
    else:
        body = custom.get("smsMessage") or body
    if not _by_custom_sender(emulator, pool, user, source, medium, code, client_id, metadata or {}):
        emulator.send(
            Message(
                medium=medium,
                to=address,
                subject=_filled(subject, shown, code),
                body=_filled(body, shown, code),
                kind=f"Cognito_{source}",
                username=user["Username"],
            )
        )
    return details(address, attribute)


def details(address: str, attribute: str) -> dict[str, str]:
    """Return the API's `CodeDeliveryDetails`, with the address masked as on AWS."""
    return {"Destination": masked(address), "DeliveryMedium": _MEDIA[attribute], "AttributeName": attribute}


def masked(address: str) -> str:
    """Return an address or number with all but a few characters hidden."""
    local, at, domain = address.partition("@")
    if at:
        return f"{local[:1]}***@{domain[:1]}***"
    return f"+{'*' * max(len(address) - 5, 7)}{address[-4:]}" if address else "****"


def _text(pool: Pool, source: str, medium: str) -> tuple[str, str]:
    kind = _TEXTS[source]
    subject, body = _DEFAULTS[kind]
    if kind == "invitation":
        template = (pool.get("AdminCreateUserConfig") or {}).get("InviteMessageTemplate") or {}
        return template.get("EmailSubject") or subject, template.get(f"{_named(medium)}Message") or body
    template = pool.get("VerificationMessageTemplate") or {}
    if kind == "authentication":
        if medium == "SMS":
            return subject, pool.get("SmsAuthenticationMessage") or body
        settings = pool.get("EmailMfaConfiguration") or {}
        return settings.get("Subject") or subject, settings.get("Message") or body
    if medium == "SMS":
        return subject, template.get("SmsMessage") or pool.get("SmsVerificationMessage") or body
    return (
        template.get("EmailSubject") or pool.get("EmailVerificationSubject") or subject,
        template.get("EmailMessage") or pool.get("EmailVerificationMessage") or body,
    )


def _named(medium: str) -> str:
    return {"EMAIL": "Email", "SMS": "SMS"}[medium]


def _shown_name(pool: Pool, user: User) -> str:
    table = attributes(user)
    return next((table[name] for name in pool.get("UsernameAttributes") or [] if table.get(name)), user["Username"])


def _filled(text: str, username: str, code: str) -> str:
    return text.replace("{username}", username).replace("{####}", code)


def _custom_text(
    emulator: EmulatorInterface, pool: Pool, user: User, source: str, client_id: str, metadata: Mapping[str, str]
) -> dict[str, Any]:
    if not triggers.has(pool, "CustomMessage"):
        return {}
    answer = triggers.call(
        emulator, pool, "CustomMessage", f"CustomMessage_{source}", username=user["Username"], client_id=client_id,
        request={
            "userAttributes": triggers.event_attributes(user),
            "codeParameter": "{####}",
            "linkParameter": "{##Click Here##}",
            "usernameParameter": "{username}" if source == "AdminCreateUser" else None,
            **({"clientMetadata": dict(metadata)} if metadata else {}),
        },
        response={"smsMessage": None, "emailMessage": None, "emailSubject": None},
    )  # fmt: skip
    needed = ("{####}", "{username}") if source == "AdminCreateUser" else ("{####}",)
    for name in ("emailMessage", "smsMessage"):
        text = answer.get(name)
        if text is not None and not (isinstance(text, str) and all(each in text for each in needed)):
            raise RefusedError("InvalidLambdaResponseException", f"{name} must contain {' and '.join(needed)}")
    return answer


def _by_custom_sender(
    emulator: EmulatorInterface, pool: Pool, user: User, source: str, medium: str, code: str, client_id: str,
    metadata: Mapping[str, str],
) -> bool:  # fmt: skip
    trigger: triggers.Trigger = "CustomSMSSender" if medium == "SMS" else "CustomEmailSender"
    if not triggers.has(pool, trigger):
        return False
    key = (pool.get("LambdaConfig") or {}).get("KMSKeyID")
    if not key:
        raise invalid("KMSKeyID is required for custom senders")
    triggers.call(
        emulator, pool, trigger, f"{trigger}_{source}", username=user["Username"], client_id=client_id,
        request={
            "type": f"custom{_named(medium)}SenderRequestV1",
            "code": emulator.encrypt(code, key, pool["Id"]),
            "clientMetadata": dict(metadata) or None,
            "userAttributes": triggers.event_attributes(user),
        },
        response={},
    )  # fmt: skip
    return True
