"""The identity pool, the groups, and the roles they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.auth.groups import MAX_GROUPS, Group, precedences
from constructs_lib.auth.trust import identity_pool_principal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs import Construct

    from constructs_lib.auth.identity_providers import IdentityProviders

OWNER_TAG: Final = "sub"
"""The principal tag that carries the user-pool `sub` into IAM."""


def create_identity_pool(
    scope: Construct,
    *,
    provider_name: str,
    client_ids: Iterable[str],
    guests: bool,
    providers: IdentityProviders | None,
) -> cognito.CfnIdentityPool:
    """Create an identity pool that takes the tokens of these clients and providers, and never the classic flow."""
    return cognito.CfnIdentityPool(
        scope,
        "IdentityPool",
        allow_unauthenticated_identities=guests,
        allow_classic_flow=False,
        cognito_identity_providers=[
            cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
                client_id=client_id,
                provider_name=provider_name,
                # Asks the user pool whether the token was revoked; without it a signed-out user keeps access.
                server_side_token_check=True,
            )
            for client_id in client_ids
        ],
        **(providers.properties(scope) if providers is not None else {}),
    )


def create_principal_tag(scope: Construct, identity_pool_id: str, provider_name: str) -> None:
    """Carry the user pool's `sub` into IAM. Cognito's default mappings stay off: none but `sub` is known to be safe."""
    cognito.CfnIdentityPoolPrincipalTag(
        scope,
        "PrincipalTag",
        identity_pool_id=identity_pool_id,
        identity_provider_name=provider_name,
        principal_tags={OWNER_TAG: "sub"},
        use_defaults=False,
    )


def create_role(scope: Construct, id: str, identity_pool_id: str, *, authenticated: bool, tags: bool) -> iam.Role:
    """Create a role that only this identity pool's guests or signed-in users can have."""
    principal = identity_pool_principal(
        scope, identity_pool_id, authenticated=authenticated, tags=authenticated and tags
    )
    return iam.Role(scope, id, assumed_by=principal)


def check_groups(groups: Sequence[Group]) -> None:
    """Refuse groups that share a name or precedence, or more than Cognito takes.

    Raises:
        ValueError: For any of these.
    """
    if len(groups) > MAX_GROUPS:
        raise ValueError(f"{len(groups)} groups; Cognito takes {MAX_GROUPS:,} per user pool")
    precedences(groups)


def create_groups(
    scope: Construct, user_pool: cognito.IUserPool, groups: Sequence[Group], roles: Mapping[str, iam.Role]
) -> None:
    """Create the user pool's groups, each with its role."""
    ranks = precedences(groups)
    for group in groups:
        cognito.CfnUserPoolGroup(
            scope,
            f"{id_part(group.name)}Group",
            user_pool_id=user_pool.user_pool_id,
            group_name=group.name,
            description=group.description or None,
            precedence=ranks[group.name],
            role_arn=roles[group.name].role_arn,
        )


def id_part(group: str) -> str:
    """Return a group's name as the beginning of a construct ID, readable and its own."""
    return "Group" + "".join(c if c.isalnum() else f"-{ord(c):x}-" for c in group)
