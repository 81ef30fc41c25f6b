"""What users sign in with, and who may become one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.value_checks import check_word, is_known
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
    """What users sign in with. Only `self_sign_up`, `recovery`, domains and first users can change later.

    Args:
        email: Whether an e-mail address is a sign-in name; it is verified. True: it is, and it is required.
        phone: Whether a phone number is a sign-in name; it is verified by SMS. False: it is not.
        username: Whether users choose a name that never changes; e-mail and phone are then aliases of it that work
            once verified. False: the e-mail address or phone number is the name.
        preferred_username: Whether users have a second name that they may change. Needs `username`. False:
            they have not.
        case_sensitive: Whether `Ann@example.com` and `ann@example.com` are two users. False: they are one.
        self_sign_up: Whether people may create their own accounts. True: they may, and confirm who they are.
        verification: What the e-mail that confirms an account carries. "code": a code to type. "link": a link to
            follow, which needs a domain.
        recovery: Where the code to reset a forgotten password goes. None: to the e-mail address, to the phone when
            phone is all there is, and else only an administrator can reset it.
        allowed_email_domains: E-mail domains people may sign up or federate with, such as `example.com`; subdomains
            are others. An administrator may invite anyone. Empty: any.
        first_users: Users who are there from the beginning, such as the first administrator; each is invited and gets
            a temporary password. Empty: nobody is.

    Raises:
        ValueError: When there is nothing to sign in with, or options contradict each other.
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
            raise ValueError("there is nothing to sign in with; set email, phone or username to True")
        if self.preferred_username and not self.username:
            raise ValueError("preferred_username=True is a second name and needs username=True")
        check_word("verification", self.verification, ("code", "link"))
        if self.recovery is not None:
            check_word("recovery", self.recovery, RECOVERY)
        check_email_domains("allowed_email_domains", self.allowed_email_domains)
        if self.allowed_email_domains and not self.email:
            raise ValueError("allowed_email_domains needs users with an e-mail address: SignIn(email=True)")

    @property
    def recovery_or_default(self) -> Recovery:
        """Where a forgotten password's code goes."""
        if self.recovery is not None:
            return self.recovery
        if self.email:
            return "email"
        return "phone" if self.phone else "admin"

    @property
    def required_attributes(self) -> frozenset[str]:
        """The standard attributes every user has by signing in this way."""
        if self.email and self.phone and not self.username:
            return frozenset()  # either one is enough
        return frozenset({"email"} if self.email else {"phone_number"} if self.phone and not self.username else ())

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that are sign-in names."""
        chosen = {"email": self.email, "phone_number": self.phone, "preferred_username": self.preferred_username}
        return tuple(name for name, on in chosen.items() if on)


def check_email_domains(option: str, domains: Sequence[str]) -> None:
    """Refuse what cannot stand after an @, and a domain twice.

    Raises:
        ValueError: Naming the domain.
    """
    check_once(option, domains)
    for domain in domains:
        if is_known(domain) and not _EMAIL_DOMAIN.fullmatch(domain):
            raise ValueError(
                f"{option}={domain!r} is no domain; write what stands after the @, in small letters, such as "
                "'example.com'"
            )
