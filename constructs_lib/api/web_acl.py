"""A web application firewall in front of a REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from aws_cdk import aws_wafv2 as wafv2


_MANAGED: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
)
"""AWS's free rule groups against common attacks; together 925 of a web ACL's 1,500 capacity units."""
_LOWEST_RATE: Final = 10
_HIGHEST_RATE: Final = 2_000_000_000


@checked
class WebAcl(Construct):
    """A firewall that blocks known bad addresses and inputs, and addresses with too many requests.

    Costs 5 USD a month, 1 USD for each of its four rules, and 0.60 USD per million requests.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        requests_per_5_minutes: The number of requests from one address in five minutes after which it is blocked.
            Default: 2,000, about 7 a second.

    Raises:
        ValueError: For a rate that WAF does not accept.

    Attributes:
        web_acl: The web ACL.
        arn: Its ARN, for `Api(web_acl_arn=...)`.
    """

    def __init__(self, scope: Construct, id: str, *, requests_per_5_minutes: int = 2000) -> None:
        from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 - slow to import, and few ask for it

        super().__init__(scope, id)
        if not _LOWEST_RATE <= requests_per_5_minutes <= _HIGHEST_RATE:
            raise ValueError(
                f"requests_per_5_minutes={requests_per_5_minutes} is outside WAF's range; use {_LOWEST_RATE} or more"
            )
        rules = [_managed(name, priority) for priority, name in enumerate(_MANAGED, 1)]
        self.web_acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("WebAcl"),
            rules=[_rate(requests_per_5_minutes), *rules],
        )
        self.arn: str = self.web_acl.attr_arn


def _rate(limit: int) -> wafv2.CfnWebACL.RuleProperty:
    from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 - slow to import, and few ask for it

    return wafv2.CfnWebACL.RuleProperty(
        name="RequestRate",
        priority=0,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(limit=limit, aggregate_key_type="IP")
        ),
        visibility_config=_visible("RequestRate"),
    )


def _managed(name: str, priority: int) -> wafv2.CfnWebACL.RuleProperty:
    from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 - slow to import, and few ask for it

    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=name)
        ),
        visibility_config=_visible(name),
    )


def _visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 - slow to import, and few ask for it

    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
