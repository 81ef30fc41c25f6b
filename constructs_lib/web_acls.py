"""Web ACLs of AWS WAF, by their ARNs."""

from __future__ import annotations

from typing import Final, Literal

from constructs_lib.cdk_tokens import is_token
from constructs_lib.resource_limits import check_limits

_TYPE: Final = "AWS::WAFv2::WebACLAssociation"


def check_web_acl(option: str, arn: str | None, scope: Literal["regional", "global"]) -> None:
    """Refuse an ARN that is not of a web ACL, or is of the other scope.

    An ARN of `wafv2` begins its resource with the scope ("Resource types defined by AWS WAF V2", Service Authorization
    Reference). None or a token is accepted.

    Raises:
        ValueError: For either.
    """
    if arn is None or is_token(arn):
        return
    check_limits(option, arn, _TYPE, "WebACLArn")
    if f":{scope}/webacl/" not in arn:
        remedy = "use one of scope REGIONAL" if scope == "regional" else "use one of scope CLOUDFRONT, in us-east-1"
        raise ValueError(f"{option}={arn!r} is not a {scope} web ACL, 'arn:aws:wafv2:...:{scope}/webacl/...'; {remedy}")
