"""Responses of threat protection to risks."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.value_checks import is_known
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_lib.auth.messages import SesSender

Response: TypeAlias = Literal["no_action", "mfa_if_configured", "mfa_required", "block"]
Event: TypeAlias = Literal["sign_in", "password_change", "sign_up"]
_MAX_RANGES: Final = 200
"""`RiskExceptionConfigurationType` of the user pools API; CloudFormation's schema has no limit."""
_attachment = cognito.CfnUserPoolRiskConfigurationAttachment


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class RiskNotice:
    """An e-mail to the user about a risky sign-in.

    Args:
        subject: Its subject.
        text: Its body as text, with placeholders such as `{username}`, `{ip-address}` and `{device-name}`.
        html: Its body as HTML. Default: text only.

    Raises:
        ValueError: For an empty notice.
    """

    subject: str
    text: str
    html: str | None = None

    def __post_init__(self) -> None:
        """Check that the notice is not empty."""
        for name, value in (("subject", self.subject), ("text", self.text)):
            if not value.strip():
                raise ValueError(f"{name}={value!r} is empty; write the text that the user receives")

    def to_cognito(self) -> cognito.CfnUserPoolRiskConfigurationAttachment.NotifyEmailTypeProperty:
        """Return it as the property of the risk configuration."""
        return _attachment.NotifyEmailTypeProperty(subject=self.subject, text_body=self.text, html_body=self.html)


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class RiskResponses:
    """The responses to sign-ins that threat protection rates as risks, for every client of the pool.

    A response is "no_action"; "mfa_if_configured", which requires a second factor from users who have one;
    "mfa_required", which refuses users without one; or "block".

    Args:
        low: The response to a low risk. Default: "no_action".
        medium: The response to a medium risk. Default: "mfa_if_configured".
        high: The response to a high risk. Default: "block".
        compromised_credentials: The response to a leaked password: "block" or "no_action". Default: "block".
        compromised_events: The events at which passwords are compared with leaked ones: "sign_in", "password_change",
            "sign_up". Default: all of them.
        blocked_ranges: Addresses in CIDR notation whose sign-ins are always refused. Default: no addresses.
        trusted_ranges: Addresses in CIDR notation whose sign-ins are not evaluated. Default: no addresses.
        block_notice: The e-mail about a blocked sign-in. Default: no e-mail.
        mfa_notice: The e-mail about a sign-in that required a second factor. Default: no e-mail.
        no_action_notice: The e-mail about a risky sign-in that was allowed. Default: no e-mail.

    Raises:
        ValueError: For unknown words, an invalid range of addresses, or more than Cognito allows.
    """

    low: Response = "no_action"
    medium: Response = "mfa_if_configured"
    high: Response = "block"
    compromised_credentials: Literal["block", "no_action"] = "block"
    compromised_events: Sequence[Event] = ()
    blocked_ranges: Sequence[str] = ()
    trusted_ranges: Sequence[str] = ()
    block_notice: RiskNotice | None = None
    mfa_notice: RiskNotice | None = None
    no_action_notice: RiskNotice | None = None

    def __post_init__(self) -> None:
        """Check the words and the addresses."""
        check_once("compromised_events", self.compromised_events)
        _check_ranges("blocked_ranges", self.blocked_ranges)
        _check_ranges("trusted_ranges", self.trusted_ranges)

    @property
    def notices(self) -> bool:
        """Whether users are notified by e-mail."""
        return any((self.block_notice, self.mfa_notice, self.no_action_notice))

    def notice_of(self, response: Response) -> RiskNotice | None:
        """Return the notice that a user gets of a response."""
        by_response = {"no_action": self.no_action_notice, "block": self.block_notice}
        return by_response.get(response, self.mfa_notice)


def create_risk_configuration(
    scope: Construct, user_pool: cognito.IUserPool, risks: RiskResponses, sender: SesSender | None
) -> None:
    """Create the pool's configuration, which applies to every client."""
    exceptions = _attachment.RiskExceptionConfigurationTypeProperty(
        blocked_ip_range_list=[*risks.blocked_ranges] or None, skipped_ip_range_list=[*risks.trusted_ranges] or None
    )
    _attachment(
        scope,
        "RiskConfiguration",
        user_pool_id=user_pool.user_pool_id,
        client_id="ALL",
        account_takeover_risk_configuration=_attachment.AccountTakeoverRiskConfigurationTypeProperty(
            actions=_attachment.AccountTakeoverActionsTypeProperty(
                low_action=_action(risks, risks.low),
                medium_action=_action(risks, risks.medium),
                high_action=_action(risks, risks.high),
            ),
            notify_configuration=_notices(scope, risks, sender) if sender is not None and risks.notices else None,
        ),
        compromised_credentials_risk_configuration=_attachment.CompromisedCredentialsRiskConfigurationTypeProperty(
            actions=_attachment.CompromisedCredentialsActionsTypeProperty(
                event_action=risks.compromised_credentials.upper()
            ),
            event_filter=[event.upper() for event in risks.compromised_events] or None,
        ),
        risk_exception_configuration=exceptions if risks.blocked_ranges or risks.trusted_ranges else None,
    )


def _action(
    risks: RiskResponses, response: Response
) -> cognito.CfnUserPoolRiskConfigurationAttachment.AccountTakeoverActionTypeProperty:
    return _attachment.AccountTakeoverActionTypeProperty(
        event_action=response.upper(), notify=risks.notice_of(response) is not None
    )


def _notices(
    scope: Construct, risks: RiskResponses, sender: SesSender
) -> cognito.CfnUserPoolRiskConfigurationAttachment.NotifyConfigurationTypeProperty:
    return _attachment.NotifyConfigurationTypeProperty(
        source_arn=sender.identity_arn(scope),
        from_=sender.from_email,
        reply_to=sender.reply_to,
        block_email=risks.block_notice.to_cognito() if risks.block_notice else None,
        mfa_email=risks.mfa_notice.to_cognito() if risks.mfa_notice else None,
        no_action_email=risks.no_action_notice.to_cognito() if risks.no_action_notice else None,
    )


def _check_ranges(option: str, ranges: Sequence[str]) -> None:
    if len(ranges) > _MAX_RANGES:
        raise ValueError(
            f"{option} has {len(ranges)} ranges, and Cognito takes at most {_MAX_RANGES}; merge adjacent ranges"
        )
    for each in ranges:
        if not is_known(each):
            continue
        try:
            network = ipaddress.ip_network(each, strict=False)
        except ValueError as error:
            raise ValueError(f"{option}={each!r} is not a range of addresses; write it as '203.0.113.0/24'") from error
        if "/" not in each:
            raise ValueError(f"{option}={each!r} is one address; write it as a range, {str(network)!r}")
