"""Web ACLs of AWS WAF, by their ARNs."""

from __future__ import annotations

from typing import Any, Final, Literal

from aws_cdk import CfnResource, Reference, Tokenization

from constructs_lib.cdk_tokens import is_token
from constructs_lib.resource_limits import check_limits

_TYPE: Final = "AWS::WAFv2::WebACLAssociation"


def check_web_acl(option: str, arn: str | None, scope: Literal["regional", "global"]) -> None:
    """Refuse an ARN that is not of a web ACL, or is of the other scope.

    An ARN of `wafv2` begins its resource with the scope ("Resource types defined by AWS WAF V2", Service Authorization
    Reference). A reference to a web ACL of this app has the scope of that; None and other tokens are accepted.

    Raises:
        ValueError: For either.
    """
    if arn is None:
        return
    remedy = "use one of scope REGIONAL" if scope == "regional" else "use one of scope CLOUDFRONT, in us-east-1"
    if is_token(arn):
        made = _created(arn)
        expected = "REGIONAL" if scope == "regional" else "CLOUDFRONT"
        if made is not None and getattr(made, "scope", expected) != expected:
            raise ValueError(f"{option}={made.node.path!r} is a web ACL of scope {getattr(made, 'scope')}; {remedy}")  # noqa: B009 - the type says nothing of it
        return
    check_limits(option, arn, _TYPE, "WebACLArn")
    if f":{scope}/webacl/" not in arn:
        raise ValueError(f"{option}={arn!r} is not a {scope} web ACL, 'arn:aws:wafv2:...:{scope}/webacl/...'; {remedy}")


def _created(arn: str) -> CfnResource | None:
    """Return the web ACL of this app that a token refers to; None for any other token."""
    token: Any = Tokenization.reverse_string(arn).first_token
    target = token.target if token is not None and Reference.is_reference(token) else None
    if isinstance(target, CfnResource) and target.cfn_resource_type == "AWS::WAFv2::WebACL":
        return target
    return None
