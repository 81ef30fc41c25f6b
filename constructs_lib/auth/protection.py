"""The feature plan, threat protection, the firewall, logs and the key of a user pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.log_delivery import create_log_delivery
from constructs_lib.auth.risk_configuration import create_risk_configuration
from constructs_lib.web_acls import check_web_acl

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_logs as logs
    from constructs import Construct

    from constructs_lib.auth.log_delivery import SignInLogs
    from constructs_lib.auth.messages import SesSender
    from constructs_lib.auth.risk_configuration import RiskResponses

Plan: TypeAlias = Literal["lite", "essentials", "plus"]
PLANS: Final = {
    "lite": cognito.FeaturePlan.LITE,
    "essentials": cognito.FeaturePlan.ESSENTIALS,
    "plus": cognito.FeaturePlan.PLUS,
}
THREAT_PROTECTION: Final = {
    "off": None,
    "audit": cognito.StandardThreatProtectionMode.AUDIT_ONLY,
    "enforced": cognito.StandardThreatProtectionMode.FULL_FUNCTION,
}
CUSTOM_THREAT_PROTECTION: Final = {
    "off": None,
    "audit": cognito.CustomThreatProtectionMode.AUDIT_ONLY,
    "enforced": cognito.CustomThreatProtectionMode.FULL_FUNCTION,
}


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """The feature plan of a user pool and its protection.

    Args:
        plan: Its feature plan, paid per active user. Default: the one the options need, else Cognito's default, which
            is "essentials" for new pools.
        threat_protection: The handling of leaked passwords and suspicious sign-ins: "off"; "audit", they are logged;
            "enforced", they are blocked. Requires the plan "plus", which it selects. Default: "off".
        custom_threat_protection: The same for custom challenges. Default: "off".
        web_acl_arn: A regional WAF web ACL in front of the pool's public operations and pages. Default: no firewall.
        risks: The responses to risky sign-ins. Requires `threat_protection="enforced"`. Default: Cognito's own
            responses.
        log_group: The log group for messages that could not be sent and, on the plan "plus", sign-ins. It cannot be
            encrypted with a KMS key. Default: no logs.
        sign_in_logs: The destination of sign-in logs instead: a log group, a bucket, which gets a policy that allows
            log delivery to write, or a Firehose delivery stream. Requires the plan "plus". Default: `log_group`.
        encryption_key: A symmetric customer managed key that encrypts the user pool's data. Its policy allows Cognito
            to use it for the pools of this account and region; that of an imported key must do so, and a warning shows
            the statement. Default: a key that AWS owns.

    Raises:
        ValueError: For unknown words, or a plan or mode that lacks a requested feature.
    """

    plan: Plan | None = None
    threat_protection: Literal["off", "audit", "enforced"] = "off"
    custom_threat_protection: Literal["off", "audit", "enforced"] = "off"
    web_acl_arn: str | None = None
    risks: RiskResponses | None = None
    log_group: logs.ILogGroup | None = None
    sign_in_logs: SignInLogs | None = None
    encryption_key: kms.IKey | None = None

    def __post_init__(self) -> None:
        """Refuse features that the plan or the mode lacks: Cognito does so only at deploy."""
        check_web_acl("web_acl_arn", self.web_acl_arn, "regional")
        if self._threats and self.plan not in {None, "plus"}:
            raise ValueError(f"threat_protection needs plan='plus', not {self.plan!r}; remove plan, or use 'plus'")
        if self.risks is not None and self.threat_protection != "enforced":
            raise ValueError(
                f"risks need threat_protection='enforced', not {self.threat_protection!r}; use 'enforced', or remove "
                "risks"
            )
        if self.sign_in_logs is not None and self.plan_or_needed != "plus":
            raise ValueError(
                "sign_in_logs need plan='plus', the only plan that logs sign-ins; use Protection(plan='plus')"
            )

    @property
    def _threats(self) -> bool:
        return self.threat_protection != "off" or self.custom_threat_protection != "off"

    @property
    def plan_or_needed(self) -> Plan | None:
        """The plan to state in the template; None leaves it to Cognito."""
        return "plus" if self._threats else self.plan


def create_guards(
    scope: Construct, user_pool: cognito.UserPool, protection: Protection, sender: SesSender | None
) -> None:
    """Create the firewall's association, the log delivery and the responses to risks.

    Raises:
        ValueError: For a web ACL of CloudFront, which cannot protect a user pool, a key that Cognito does not accept,
            or logs that it does not write.
    """
    if protection.web_acl_arn is not None:
        _create_firewall(scope, user_pool, protection.web_acl_arn)
    sign_ins = protection.sign_in_logs or (protection.log_group if protection.plan_or_needed == "plus" else None)
    if protection.encryption_key is not None:
        from constructs_lib.auth.encryption import grant_cognito_key_use  # noqa: PLC0415 - KMS costs 50 ms, few have a key

        logged = protection.log_group is not None or sign_ins is not None
        grant_cognito_key_use(scope, protection.encryption_key, logged=logged)
    if protection.log_group is not None or sign_ins is not None:
        create_log_delivery(scope, user_pool, messages=protection.log_group, sign_ins=sign_ins)
    if protection.risks is not None:
        create_risk_configuration(scope, user_pool, protection.risks, sender)


def _create_firewall(scope: Construct, user_pool: cognito.UserPool, web_acl_arn: str) -> None:
    from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 - a CDK submodule costs 50 ms, and few pools have one

    if Stack.of(scope).region == "us-gov-east-1":
        raise ValueError("web_acl_arn is not supported for user pools of us-gov-east-1; remove it there")
    wafv2.CfnWebACLAssociation(
        scope, "FirewallAssociation", resource_arn=user_pool.user_pool_arn, web_acl_arn=web_acl_arn
    )
