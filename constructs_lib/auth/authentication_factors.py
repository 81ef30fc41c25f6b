"""Authentication factors of users: passwords, one-time passwords, passkeys, second factors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.token_validity import DAY, INVITATION, check_validity
from constructs_lib.duplicates import check_once
from constructs_lib.host_names import check_host_name
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

FirstFactor: TypeAlias = Literal["password", "email_otp", "sms_otp", "passkey"]
SecondFactor: TypeAlias = Literal["totp", "sms", "email"]
MFA: Final = {"off": cognito.Mfa.OFF, "optional": cognito.Mfa.OPTIONAL, "required": cognito.Mfa.REQUIRED}
_TYPE: Final = "AWS::Cognito::UserPool"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordPolicy:
    """The password policy.

    Args:
        min_length: The minimum length, 6 to 99. Default: 12.
        digits: Whether a digit is required. Default: it is.
        lowercase: Whether a lowercase letter is required. Default: it is.
        uppercase: Whether an uppercase letter is required. Default: it is.
        symbols: Whether a symbol is required. Default: it is.
        history: The number of former passwords that cannot be reused, at most 24. Default: 0 (all can be reused).
        temporary_validity: The validity of an invitation's temporary password, in whole days. Default: 3 days; the
            default of Cognito and of the CDK is 7.

    Raises:
        ValueError: For a number Cognito refuses.
    """

    min_length: int = 12
    digits: bool = True
    lowercase: bool = True
    uppercase: bool = True
    symbols: bool = True
    history: int = 0
    temporary_validity: Duration | None = None

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_limits("min_length", self.min_length, _TYPE, "Policies.PasswordPolicy.MinimumLength")
        check_limits("history", self.history, _TYPE, "Policies.PasswordPolicy.PasswordHistorySize")
        check_validity("temporary_validity", self.temporary_validity, INVITATION, unit=DAY, units="days")

    def to_cognito(self) -> cognito.PasswordPolicy:
        """Return it as CDK's value."""
        return cognito.PasswordPolicy(
            min_length=self.min_length,
            require_digits=self.digits,
            require_lowercase=self.lowercase,
            require_uppercase=self.uppercase,
            require_symbols=self.symbols,
            password_history_size=self.history or None,
            temp_password_validity=self.temporary_validity or Duration.days(3),
        )


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Factors:
    """The authentication factors of users.

    Args:
        first: The first factors; the password is always one of them, because Cognito requires it. Further factors
            enable choice-based sign-in (`USER_AUTH`) in every client. Default: only the password.
        mfa: Whether users have a second factor. "optional": users can set one up. "required": all users must set one
            up. "off": users cannot. Default: "optional".
        second: The allowed second factors: "totp", an authenticator app; "sms"; "email", which requires an SES sender.
            Default: only "totp".
        password: The password policy. Default: 12 characters with a digit, letters of both cases and a symbol.
        relying_party_id: The domain that passkeys belong to, such as `example.com`: pages on it and its subdomains can
            use them. Default: the hosted domain.
        user_verification: Whether a passkey requires a fingerprint, face or PIN: "required" or "preferred". Default:
            required if a passkey counts as both factors, otherwise preferred.
        device_tracking: Whether devices are remembered: "off", "always" or "opt_in", by the user's choice. A remembered
            device needs no second factor. Default: "off".

    Raises:
        ValueError: For unknown words, or factors that Cognito refuses together.
    """

    first: Sequence[FirstFactor] = ("password",)
    mfa: Literal["off", "optional", "required"] = "optional"
    second: Sequence[SecondFactor] = ("totp",)
    password: PasswordPolicy = field(default_factory=PasswordPolicy)
    relying_party_id: str | None = None
    user_verification: Literal["required", "preferred"] | None = None
    device_tracking: Literal["off", "always", "opt_in"] = "off"

    def __post_init__(self) -> None:
        """Refuse settings that Cognito refuses at deploy."""
        check_once("first", self.first)
        check_once("second", self.second)
        if "password" not in self.first:
            raise ValueError(
                f"first={list(self.first)!r} does not contain 'password', which Cognito cannot disable; add it"
            )
        if self.mfa != "off" and not self.second:
            raise ValueError(f"mfa={self.mfa!r} needs a second factor; add second=['totp']")
        if self.mfa != "off" and tuple(self.second) == ("email",):
            raise ValueError(
                "second=['email'] is the only second factor, and CloudFormation creates no such user pool "
                "(cloudformation-coverage-roadmap#2221); use second=['totp', 'email']"
            )
        self._check_required_mfa()
        self._check_passkeys()

    def _check_required_mfa(self) -> None:
        codes = [factor for factor in self.first if factor.endswith("_otp")]
        if self.mfa == "required" and codes:
            raise ValueError(
                f"first={codes!r} cannot be followed by a second factor, so Cognito rejects it with mfa='required'; "
                "use mfa='optional', or passkeys, which count as both factors"
            )

    def _check_passkeys(self) -> None:
        if not self.passkeys:
            if self.relying_party_id is not None or self.user_verification is not None:
                raise ValueError(
                    "relying_party_id and user_verification apply to passkeys; add 'passkey' to first, or remove them"
                )
            return
        if self.relying_party_id not in {None, "localhost"}:
            check_host_name("relying_party_id", self.relying_party_id)
            check_limits("relying_party_id", self.relying_party_id, _TYPE, "WebAuthnRelyingPartyID")
        if self.mfa == "required" and self.user_verification == "preferred":
            raise ValueError(
                "mfa='required' needs passkeys that verify the user, because a passkey counts as both factors only "
                "then; use user_verification='required'"
            )

    @property
    def passkeys(self) -> bool:
        """Whether passkeys are a first factor."""
        return "passkey" in self.first

    @property
    def choice(self) -> bool:
        """Whether there are first factors besides the password, which requires the flow `USER_AUTH`."""
        return len(self.first) > 1

    @property
    def texts(self) -> bool:
        """Whether a factor is sent by SMS."""
        return "sms_otp" in self.first or (self.mfa != "off" and "sms" in self.second)
