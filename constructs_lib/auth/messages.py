"""What users are sent, and by whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import Names, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.auth.checks import is_known
from constructs_lib.boundary import checked

if TYPE_CHECKING:
    from constructs import Construct

CODE: Final = "{####}"
_CONFIGURATION_SET: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHARED_SES_REGIONS: Final = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
"""Regions whose SES other regions' pools may use ("Email settings for Amazon Cognito user pools")."""
_SMS_LENGTH: Final = 140


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class SesSender:
    """Amazon SES as the sender of a pool's e-mails.

    Args:
        from_email: The address they come from.
        verified_domain: The SES identity when a whole domain is verified. Empty: `from_email` itself is.
        from_name: The name shown beside the address. Empty: none.
        reply_to: Where answers go. Empty: to `from_email`.
        region: The region of the SES identity. Empty: the stack's.
        configuration_set: An SES configuration set. Empty: none.

    Raises:
        ValueError: For an address without a domain, or one outside the verified domain.
    """

    from_email: str
    verified_domain: str = ""
    from_name: str = ""
    reply_to: str = ""
    region: str = ""
    configuration_set: str = ""

    def __post_init__(self) -> None:
        """Check what SES would refuse at deploy."""
        for name, address in (("from_email", self.from_email), ("reply_to", self.reply_to)):
            if address and is_known(address) and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
                raise ValueError(f"{name}={address!r} is no e-mail address")
        if self.verified_domain and is_known(self.from_email) and is_known(self.verified_domain):
            domain = self.from_email.rpartition("@")[2]
            if domain != self.verified_domain:
                raise ValueError(
                    f"from_email={self.from_email!r} is not in verified_domain={self.verified_domain!r}; "
                    "SES sends from its verified identity only"
                )
        known = self.configuration_set and is_known(self.configuration_set)
        if known and not _CONFIGURATION_SET.fullmatch(self.configuration_set):
            raise ValueError(
                f"configuration_set={self.configuration_set!r} is no name SES takes: "
                "1 to 64 letters, digits, underscores or dashes"
            )

    def to_cognito(self, scope: Construct) -> cognito.UserPoolEmail:
        """Return it as CDK's value.

        Raises:
            ValueError: For a region that Cognito does not send from.
        """
        stack = Stack.of(scope)
        region = self.region or stack.region
        if is_known(region) and is_known(stack.region) and region not in {stack.region, *_SHARED_SES_REGIONS}:
            raise ValueError(
                f"region={region!r}: a pool in {stack.region} sends through SES in its own region or in "
                f"{', '.join(sorted(_SHARED_SES_REGIONS))}"
            )
        return cognito.UserPoolEmail.with_ses(
            from_email=self.from_email,
            from_name=self.from_name or None,
            reply_to=self.reply_to or None,
            ses_region=region,
            ses_verified_domain=self.verified_domain or None,
            configuration_set_name=self.configuration_set or None,
        )


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Messages:
    """What users are sent. Empty: Cognito's or CDK's English wording.

    Args:
        email: Who sends e-mails. None: Cognito, which stops at about 50 a day and is not for production.
        sms_region: The region SMS are sent from. Empty: the pool's.
        verification_subject: Subject of the e-mail that confirms an account.
        verification_body: Its body, with `{####}` for the code, or `{##some words##}` for the link.
        verification_sms: The SMS that confirms an account, with `{####}`.
        invitation_subject: Subject of an invitation.
        invitation_body: Its body, with `{username}` and `{####}` for the temporary password.
        invitation_sms: The same as SMS.
        mfa_sms: The SMS with a second factor, with `{####}`; at most 140 characters.

    Raises:
        ValueError: For a text without its placeholders, or a longer one than Cognito takes.
    """

    email: SesSender | None = None
    sms_region: str = ""
    verification_subject: str = ""
    verification_body: str = ""
    verification_sms: str = ""
    invitation_subject: str = ""
    invitation_body: str = ""
    invitation_sms: str = ""
    mfa_sms: str = ""

    def __post_init__(self) -> None:
        """Check the placeholders; Cognito would refuse the pool."""
        for name in ("invitation_body", "invitation_sms"):
            self._check(name, "{username}", CODE)
        for name in ("verification_sms", "mfa_sms"):
            self._check(name, CODE)
        for name in ("verification_sms", "invitation_sms", "mfa_sms"):
            text: str = getattr(self, name)
            if is_known(text) and len(text) > _SMS_LENGTH:
                raise ValueError(f"{name} has {len(text)} characters; Cognito takes {_SMS_LENGTH}")

    def _check(self, name: str, *placeholders: str) -> None:
        text: str = getattr(self, name)
        for placeholder in placeholders:
            if text and is_known(text) and placeholder not in text:
                raise ValueError(f"{name}={text!r} lacks {placeholder}; Cognito puts the value there")

    def verification(self, style: cognito.VerificationEmailStyle) -> cognito.UserVerificationConfig:
        """Return the messages that confirm an account."""
        return cognito.UserVerificationConfig(
            email_style=style,
            email_subject=self.verification_subject or None,
            email_body=self.verification_body or None,
            sms_message=self.verification_sms or None,
        )

    def invitation(self) -> cognito.UserInvitationConfig | None:
        """Return the invitation, or None for Cognito's."""
        if not (self.invitation_subject or self.invitation_body or self.invitation_sms):
            return None
        return cognito.UserInvitationConfig(
            email_subject=self.invitation_subject or None,
            email_body=self.invitation_body or None,
            sms_message=self.invitation_sms or None,
        )


def create_sms_role(scope: Construct, *, external_id: str, removal_policy: RemovalPolicy) -> iam.Role:
    """Create the role Cognito sends SMS with; it stays as long as the pool.

    A pool that outlives its SMS role can be neither updated nor deleted.
    """
    role = iam.Role(
        scope,
        "SmsRole",
        assumed_by=iam.ServicePrincipal(
            "cognito-idp.amazonaws.com",
            conditions={
                "StringEquals": {"sts:ExternalId": external_id, "aws:SourceAccount": Stack.of(scope).account},
            },
        ),
        inline_policies={
            # Publishing to a phone number has no resource to name (service authorization reference of SNS); topics do.
            "SendSms": iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(actions=["sns:Publish"], resources=["*"]),
                    iam.PolicyStatement(
                        effect=iam.Effect.DENY,
                        actions=["sns:Publish"],
                        resources=[f"arn:{Stack.of(scope).partition}:sns:*:*:*"],
                    ),
                ]
            )
        },
    )
    role.apply_removal_policy(removal_policy)
    return role


def sms_external_id(scope: Construct) -> str:
    """Return the external ID Cognito shows when it assumes the SMS role."""
    return Names.unique_id(scope)
