"""Messages to users, and their senders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.value_checks import is_known
from constructs_lib.regions import check_region
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from constructs import Construct

    from constructs_lib.auth.sms import EndUserMessaging

CODE: Final = "{####}"
_TYPE: Final = "AWS::Cognito::UserPool"
_TEMPLATE: Final = "VerificationMessageTemplate"
_INVITATION: Final = "AdminCreateUserConfig.InviteMessageTemplate"
_TEXTS: Final = {
    "verification_subject": f"{_TEMPLATE}.EmailSubject",
    "verification_sms": "SmsVerificationMessage",
    "invitation_subject": f"{_INVITATION}.EmailSubject",
    "invitation_body": f"{_INVITATION}.EmailMessage",
    "invitation_sms": f"{_INVITATION}.SMSMessage",
    "mfa_sms": "SmsAuthenticationMessage",
    "mfa_email_subject": "EmailAuthenticationSubject",
    "mfa_email_body": "EmailAuthenticationMessage",
}
"""The property of each text; that of `verification_body` depends on whether it contains a code or a link."""
_SHARED_SES_REGIONS: Final = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
"""Regions whose SES other regions' pools may use ("Email settings for Amazon Cognito user pools")."""


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class SesSender:
    """Amazon SES as the sender of a pool's e-mails.

    Args:
        from_email: The sender address.
        verified_domain: The SES identity when a whole domain is verified. Default: `from_email` itself is.
        from_name: The displayed sender name. Default: no name.
        reply_to: The reply-to address. Default: `from_email`.
        region: The region of the SES identity. Default: the stack's.
        configuration_set: An SES configuration set. Default: no configuration set.

    Raises:
        ValueError: For an address without a domain, one outside the verified domain, or a region that does not exist.
    """

    from_email: str
    verified_domain: str | None = None
    from_name: str | None = None
    reply_to: str | None = None
    region: str | None = None
    configuration_set: str | None = None

    def __post_init__(self) -> None:
        """Check settings that SES would refuse at deploy."""
        for name, address in (("from_email", self.from_email), ("reply_to", self.reply_to)):
            if address is not None and is_known(address) and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
                raise ValueError(
                    f"{name}={address!r} is not an e-mail address; write one such as 'noreply@example.com'"
                )
        if self.verified_domain is not None and is_known(self.from_email) and is_known(self.verified_domain):
            domain = self.from_email.rpartition("@")[2]
            if domain != self.verified_domain:
                raise ValueError(
                    f"from_email={self.from_email!r} is not in verified_domain={self.verified_domain!r}, and SES "
                    "sends from its verified identity only; use an address of that domain"
                )
        check_region("region", self.region)
        check_limits("reply_to", self.reply_to, _TYPE, "EmailConfiguration.ReplyToEmailAddress")
        write = "use 1 to 64 letters, digits, underscores and hyphens"
        check_limits(
            "configuration_set", self.configuration_set, _TYPE, "EmailConfiguration.ConfigurationSet", write=write
        )

    def identity_arn(self, scope: Construct) -> str:
        """Return the ARN of the sending SES identity."""
        stack = Stack.of(scope)
        return stack.format_arn(
            service="ses",
            region=self.region or stack.region,
            resource="identity",
            resource_name=self.verified_domain or self.from_email,
        )

    def to_cognito(self, scope: Construct) -> cognito.UserPoolEmail:
        """Return it as a CDK value.

        Raises:
            ValueError: For a region that Cognito does not support for sending.
        """
        stack = Stack.of(scope)
        region = self.region or stack.region
        if is_known(region) and is_known(stack.region) and region not in {stack.region, *_SHARED_SES_REGIONS}:
            raise ValueError(
                f"region={region!r} is not supported for a user pool in {stack.region}; use its own region or one of "
                f"{', '.join(sorted(_SHARED_SES_REGIONS))}"
            )
        return cognito.UserPoolEmail.with_ses(
            from_email=self.from_email,
            from_name=self.from_name,
            reply_to=self.reply_to,
            ses_region=region,
            ses_verified_domain=self.verified_domain,
            configuration_set_name=self.configuration_set,
        )


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Messages:
    """The messages to users. Default: the English texts of Cognito or the CDK.

    Args:
        email: The sender of e-mails. Default: Cognito, which is limited to about 50 a day and not for production.
        sms: AWS End User Messaging as the sender of SMS. Default: Amazon SNS sends them.
        sms_region: The region Amazon SNS sends from. Default: the pool's.
        verification_subject: Subject of the e-mail that confirms an account.
        verification_body: Its body, with `{####}` for the code, or `{##some words##}` for the link.
        verification_sms: The SMS that confirms an account, with `{####}`.
        invitation_subject: Subject of an invitation.
        invitation_body: Its body, with `{username}` and `{####}` for the temporary password.
        invitation_sms: The same as SMS.
        mfa_sms: The SMS with a one-time password, with `{####}`; at most 140 characters.
        mfa_email_subject: Subject of the e-mail with a one-time password, as first or second factor.
        mfa_email_body: Its body, with `{####}`.

    Raises:
        ValueError: For a text without its placeholders, one that CloudFormation's schema refuses, or a region for
            Amazon SNS together with another sender.
    """

    email: SesSender | None = None
    sms: EndUserMessaging | None = None
    sms_region: str | None = None
    verification_subject: str | None = None
    verification_body: str | None = None
    verification_sms: str | None = None
    invitation_subject: str | None = None
    invitation_body: str | None = None
    invitation_sms: str | None = None
    mfa_sms: str | None = None
    mfa_email_subject: str | None = None
    mfa_email_body: str | None = None

    def __post_init__(self) -> None:
        """Check the placeholders and the schema; Cognito would refuse the pool."""
        for name in ("invitation_body", "invitation_sms"):
            self._check(name, "{username}", CODE)
        for name in ("verification_sms", "mfa_sms", "mfa_email_body"):
            self._check(name, CODE)
        for name, path in _TEXTS.items():
            check_limits(name, getattr(self, name), _TYPE, path)
        check_region("sms_region", self.sms_region)
        if self.sms is not None and self.sms_region is not None:
            raise ValueError(
                f"sms_region={self.sms_region!r} applies to Amazon SNS, and sms is another sender; use "
                "EndUserMessaging(region=...)"
            )

    def _check(self, name: str, *placeholders: str) -> None:
        text: str | None = getattr(self, name)
        for placeholder in placeholders:
            if text is not None and is_known(text) and placeholder not in text:
                raise ValueError(
                    f"{name}={text!r} does not contain {placeholder}, which Cognito replaces by the value; add it"
                )

    def check_verification(self, style: str) -> None:
        """Refuse a body without the placeholder for the code or the link.

        Args:
            style: "code" or "link".

        Raises:
            ValueError: For one that CloudFormation's schema refuses.
        """
        if self.verification_body is None:
            return
        path = f"{_TEMPLATE}.{'EmailMessage' if style == 'code' else 'EmailMessageByLink'}"
        write = f"write {CODE} for the code" if style == "code" else "write {##the text of the link##} for the link"
        check_limits("verification_body", self.verification_body, _TYPE, path, write=f"{write}, 6 to 20,000 characters")

    def verification(self, style: cognito.VerificationEmailStyle) -> cognito.UserVerificationConfig:
        """Return the messages that confirm an account."""
        return cognito.UserVerificationConfig(
            email_style=style,
            email_subject=self.verification_subject,
            email_body=self.verification_body,
            sms_message=self.verification_sms,
        )

    def invitation(self) -> cognito.UserInvitationConfig | None:
        """Return the invitation, or None for Cognito's."""
        if not (self.invitation_subject or self.invitation_body or self.invitation_sms):
            return None
        return cognito.UserInvitationConfig(
            email_subject=self.invitation_subject,
            email_body=self.invitation_body,
            sms_message=self.invitation_sms,
        )
