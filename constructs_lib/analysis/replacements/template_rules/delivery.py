"""Refusals of CloudFront and WAF: certificates of another region, and contradictory policies."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, get
from constructs_lib.analysis.replacements.value_comparison import same, short

_CERTIFICATE: Final = Refusal(
    message="The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid",
    way_out="Make the certificate in us-east-1, whatever the stack's region is.",
    source="https://github.com/aws/aws-cdk/issues/3464",
)
_UNCACHED: Final = Refusal(
    message="Invalid request provided: AWS::CloudFront::CachePolicy",
    way_out="With all three TTLs at 0 a cache policy takes no headers, cookies and queries: raise MaxTTL, or use the managed policy CachingDisabled with an origin request policy.",  # noqa: E501 - one sentence
    source="https://github.com/aws/aws-cdk/issues/13441",
)
_AUTHORIZATION: Final = Refusal(
    message="Invalid request provided: AWS::CloudFront::OriginRequestPolicy",
    way_out="Name Authorization in the cache policy, or use the managed policy AllViewer.",
    source="https://github.com/aws/aws-cdk/issues/13408",
)
_ASSOCIATED: Final = Refusal(
    message="The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: RESOURCE_ARN",  # noqa: E501 - AWS's message
    way_out="Write the web ACL's ARN into the distribution's DistributionConfig.WebACLId.",
    source="https://github.com/hashicorp/terraform-provider-aws/issues/28753",
)
_OTHER_REGION: Final = re.compile(r"arn:[\w-]+:acm:(?!us-east-1:)[a-z0-9-]+:")
_KEYED: Final = {
    "HeadersConfig.HeaderBehavior": "headers",
    "CookiesConfig.CookieBehavior": "cookies",
    "QueryStringsConfig.QueryStringBehavior": "queries",
}


def _certificates(view: View) -> Iterator[Found]:
    cause = "DistributionConfig.ViewerCertificate.AcmCertificateArn"
    for distribution in view.of("CloudFront::Distribution"):
        arn = get(distribution, cause)
        if isinstance(arn, str) and _OTHER_REGION.match(arn):
            yield distribution, _CERTIFICATE, cause, f"The certificate is {short(arn)}", True


def _cache_policies(view: View) -> Iterator[Found]:
    keys = "CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin"
    for policy in view.of("CloudFront::CachePolicy"):
        times = [get(policy, f"CachePolicyConfig.{name}TTL") for name in ("Min", "Max", "Default")]
        # The defaults are one day and one year.
        if not all(same(time, 0) for time in times):
            continue
        for path, noun in _KEYED.items():
            if isinstance(get(policy, f"{keys}.{path}"), str) and get(policy, f"{keys}.{path}") != "none":
                yield policy, _UNCACHED, path, f"Nothing is cached, and {noun} are in the cache key", True


def _origin_requests(view: View) -> Iterator[Found]:
    config = "OriginRequestPolicyConfig.HeadersConfig"
    for policy in view.of("CloudFront::OriginRequestPolicy"):
        if get(policy, f"{config}.HeaderBehavior") == "whitelist" and _names_authorization(
            get(policy, f"{config}.Headers")
        ):
            yield policy, _AUTHORIZATION, config, "It sends the header Authorization on", True


def _names_authorization(headers: Any) -> bool:
    return isinstance(headers, list) and "authorization" in {str(each).lower() for each in headers}


def _associations(view: View) -> Iterator[Found]:
    for association in view.of("WAFv2::WebACLAssociation"):
        target = get(association, "ResourceArn")
        if view.named(target, "CloudFront::Distribution") or ":cloudfront:" in str(target):
            yield association, _ASSOCIATED, "ResourceArn", "It associates a web ACL with a distribution", True


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (
    _certificates, _cache_policies, _origin_requests, _associations,
)  # fmt: skip
