"""Pools that exist already: of another stack of the app, or from before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from constructs_lib.auth.auth import Auth, Owner
from constructs_lib.auth.checks import check_word
from constructs_lib.auth.groups import precedences
from constructs_lib.auth.identity_pool import create_identity_pool
from constructs_lib.auth.pools import Pools
from constructs_lib.auth.role_rules import check_rules
from constructs_lib.auth.roles import Roles, create_roles
from constructs_lib.boundary import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_iam as iam

    from constructs_lib.auth.groups import Group
    from constructs_lib.auth.role_rules import RoleRule


@checked
class ExistingAuth(Auth):
    """What `Auth.from_existing` returns: an Auth whose user pool was not made by it."""

    def __init__(  # the pools exist, so nothing of a new Auth's making applies
        self,
        scope: Construct,
        id: str,
        *,
        user_pool: cognito.IUserPool,
        user_pool_client: cognito.IUserPoolClient,
        identity_pool_id: str,
        guests: bool,
        groups: Sequence[Group],
        owner: Owner,
        role_rules: Sequence[RoleRule],
        authenticated_role: iam.IRole | None,
        guest_role: iam.IRole | None,
        group_roles: Mapping[str, iam.IRole],
    ) -> None:
        Construct.__init__(self, scope, id)
        check_word("owner", owner, ("identity", "sub"))
        precedences(groups)
        check_rules(role_rules, [group.name for group in groups], writable={})
        if authenticated_role is None:
            if guest_role is not None or group_roles:
                raise ValueError("guest_role and group_roles exist only beside an authenticated_role; give that too")
            identity_pool = (
                None if identity_pool_id else self._new_identity_pool(user_pool, user_pool_client, guests=guests)
            )
            pool_id = identity_pool_id if identity_pool is None else identity_pool.ref
            roles = create_roles(
                self,
                user_pool_id=user_pool.user_pool_id,
                provider_name=user_pool.user_pool_provider_name,
                client_ids={"Client": user_pool_client.user_pool_client_id},
                identity_pool_id=pool_id,
                owner=owner,
                guests=guests,
                groups=groups,
                role_rules=role_rules,
            )
        else:
            identity_pool, pool_id = None, identity_pool_id
            if not identity_pool_id:
                raise ValueError("an authenticated_role that exists belongs to an identity pool; give identity_pool_id")
            if groups or role_rules:
                raise ValueError(
                    "the roles exist and are attached, so groups and role_rules cannot be added here: give their roles "
                    "in group_roles, or leave authenticated_role out to make and attach roles here"
                )
            if guests is not (guest_role is not None):
                given = "given" if guest_role else None
                raise ValueError(f"guests={guests} and guest_role={given}: give both or neither")
            roles = Roles(guest=guest_role, authenticated=authenticated_role, groups=dict(group_roles))
        pools = Pools(
            user_pool=user_pool,
            user_pool_client=user_pool_client,
            clients={},
            identity_pool_id=pool_id,
            identity_pool=identity_pool,
            roles=roles,
        )
        self._open(pools, owner=owner)

    def _new_identity_pool(
        self, user_pool: cognito.IUserPool, user_pool_client: cognito.IUserPoolClient, *, guests: bool
    ) -> cognito.CfnIdentityPool:
        return create_identity_pool(
            self,
            provider_name=user_pool.user_pool_provider_name,
            client_ids=[user_pool_client.user_pool_client_id],
            guests=guests,
            providers=None,
        )
