"""Trust policies of the roles of an identity pool."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_iam as iam

_GOVCLOUD: Final = "us-gov-"
_CHINA: Final = "cn-"


def identity_service(region: str) -> str:
    """Return Cognito's federated principal for the region of a stack.

    The same name is the prefix of the condition keys and the policy variable (`<service>:sub`). An environment-agnostic
    stack, whose region is a token, gets the commercial name; GovCloud and China stacks must name their region.
    """
    if region.startswith(_GOVCLOUD):
        return "cognito-identity-us-gov.amazonaws.com"
    if region.startswith(_CHINA):
        return f"cognito-identity.{region}.amazonaws.com.cn"
    return "cognito-identity.amazonaws.com"


def identity_pool_principal(service: str, identity_pool_id: str, *, authenticated: bool, tags: bool) -> iam.IPrincipal:
    """Return the principal that allows exactly this pool's guests or signed-in users to assume a role.

    Args:
        service: Cognito's federated principal in the role's region.
        identity_pool_id: Required as `aud`, so that no other pool, of any account, can use the role.
        authenticated: Signed-in users (True) or guests (False), required as `amr`.
        tags: Whether the pool passes principal tags, which requires `sts:TagSession`.
    """
    conditions = {
        "StringEquals": {f"{service}:aud": identity_pool_id},
        "ForAnyValue:StringLike": {f"{service}:amr": "authenticated" if authenticated else "unauthenticated"},
    }
    principal: iam.PrincipalBase = iam.FederatedPrincipal(service, conditions, "sts:AssumeRoleWithWebIdentity")
    return principal.with_session_tags() if tags else principal
