"""Sign-in names of users, and self sign-up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.value_checks import is_known
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.auth.first_users import FirstUser

Recovery: TypeAlias = Literal["email", "phone", "email_then_phone", "phone_then_email", "admin"]
RECOVERY: Final[dict[str, cognito.AccountRecovery]] = {
    "email": cognito.AccountRecovery.EMAIL_ONLY,
    "phone": cognito.AccountRecovery.PHONE_ONLY_WITHOUT_MFA,
    "email_then_phone": cognito.AccountRecovery.EMAIL_AND_PHONE_WITHOUT_MFA,
    "phone_then_email": cognito.AccountRecovery.PHONE_WITHOUT_MFA_AND_EMAIL,
    "admin": cognito.AccountRecovery.NONE,
}
_EMAIL_DOMAIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class SignIn:
    """The sign-in options of users.

    Only `self_sign_up`, `verification`, `recovery`, domains and first users can change later.

    Args:
        email: Whether users sign in with an e-mail address, which is verified. Default: they do, and it is required.
        phone: Whether users sign in with a phone number, which is verified by SMS. Default: they do not.
        username: Whether users choose an immutable name; e-mail and phone are then aliases that work once verified.
            Default: the e-mail address or phone number is the name.
        preferred_username: Whether users have a second name that they can change. Requires `username`. Default: they do
            not.
        case_sensitive: Whether sign-in names are case-sensitive. Default: `Ann@example.com` and `ann@example.com` are
            one user.
        self_sign_up: Whether users can create their own accounts. Users of `providers` get an account at their first
            sign-in in any case, unless `allowed_email_domains` or a `pre_sign_up` trigger refuses them. Default: they
            can, and must confirm their address.
        verification: The content of the e-mail that confirms an account: "code", or "link", which requires a domain.
            Default: "code".
        recovery: The destination of the code that resets a forgotten password. Default: the e-mail address, or the
            phone if there is no e-mail address; without both only an administrator can reset it.
        allowed_email_domains: E-mail domains that users can sign up or federate with, such as `example.com`; subdomains
            do not match. An administrator may invite anyone. Default: any domain.
        first_users: Initial users, such as the first administrator; each is invited and gets a temporary password.
            Default: no users.

    Raises:
        ValueError: When there is no sign-in name, or options contradict each other.
    """

    email: bool = True
    phone: bool = False
    username: bool = False
    preferred_username: bool = False
    case_sensitive: bool = False
    self_sign_up: bool = True
    verification: Literal["code", "link"] = "code"
    recovery: Recovery | None = None
    allowed_email_domains: Sequence[str] = ()
    first_users: Sequence[FirstUser] = ()

    def __post_init__(self) -> None:
        """Refuse the contradictions that Cognito refuses at deploy, or not at all."""
        if not (self.email or self.phone or self.username):
            raise ValueError("SignIn() has no attribute to sign in with; set email, phone or username to True")
        if self.preferred_username and not self.username:
            raise ValueError("preferred_username=True is an additional user name; add username=True")
        check_email_domains("allowed_email_domains", self.allowed_email_domains)
        if self.allowed_email_domains and not self.email:
            raise ValueError("allowed_email_domains needs users with an e-mail address; use SignIn(email=True)")
        if self.allowed_email_domains and self.phone and self.self_sign_up:
            # "If both email and phone is set, Cognito only verifies the phone number" (AutoVerifiedAttrs, AWS CDK).
            raise ValueError(
                "allowed_email_domains with phone=True would admit any address, because Cognito verifies only the "
                "phone number of a user who signs up with both; use SignIn(phone=False), or self_sign_up=False"
            )

    @property
    def recovery_or_default(self) -> Recovery:
        """The destination of a forgotten password's code."""
        if self.recovery is not None:
            return self.recovery
        if self.email:
            return "email"
        return "phone" if self.phone else "admin"

    @property
    def required_attributes(self) -> frozenset[str]:
        """The standard attributes that every user has with these options."""
        if self.email and self.phone and not self.username:
            return frozenset()  # either one is enough
        return frozenset({"email"} if self.email else {"phone_number"} if self.phone and not self.username else ())

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that are sign-in names."""
        chosen = {"email": self.email, "phone_number": self.phone, "preferred_username": self.preferred_username}
        return tuple(name for name, on in chosen.items() if on)


def check_email_domains(option: str, domains: Sequence[str]) -> None:
    """Refuse invalid and duplicate domains.

    Raises:
        ValueError: Naming the domain.
    """
    check_once(option, domains)
    for domain in domains:
        if is_known(domain) and not _EMAIL_DOMAIN.fullmatch(domain):
            raise ValueError(
                f"{option}={domain!r} is not a domain; write the part after the @ in lower case, such as 'example.com'"
            )
