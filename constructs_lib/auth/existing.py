"""Pools that exist already: of another stack of the app, or from before it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cognito as cognito
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.auth import places
from constructs_lib.auth.auth import Auth
from constructs_lib.auth.claim_writers import check_writing_triggers
from constructs_lib.auth.groups import check_groups_are_there, precedences
from constructs_lib.auth.identity_pool import create_identity_pool, warn_of_owners
from constructs_lib.auth.pools import Pools
from constructs_lib.auth.role_rules import check_rules, with_identifiers
from constructs_lib.auth.roles import Roles, create_roles
from constructs_lib.auth.triggers import connect_triggers
from constructs_lib.auth.user_claims import Placeholders, check_existing_claims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam

    from constructs_lib.auth.groups import Group
    from constructs_lib.auth.identity_providers import IdentityProviders
    from constructs_lib.auth.owners import Owner
    from constructs_lib.auth.role_rules import RoleRule
    from constructs_lib.auth.triggers import Triggers
    from constructs_lib.auth.user_claims import Claim

FIRST_CLIENT: Final = "Client"
"""What the client whose tokens APIs accept is called."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")


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
        further_clients: Mapping[str, cognito.IUserPoolClient],
        identity_pool_id: str | None,
        identity_providers: IdentityProviders | None,
        triggers: Triggers | None,
        guests: bool,
        groups: Sequence[Group],
        owner: Owner,
        claims: Mapping[str, Claim],
        role_rules: Sequence[RoleRule],
        authenticated_role: iam.IRole | None,
        guest_role: iam.IRole | None,
        group_roles: Mapping[str, iam.IRole],
    ) -> None:
        Construct.__init__(self, scope, id)
        ranks = precedences(groups)
        check_rules(role_rules, [*ranks], writable={})
        placeholders = Placeholders(owner=owner, claims=claims)
        clients = {FIRST_CLIENT: user_pool_client, **_named(further_clients)}
        check_existing_claims(claims.values(), clients)
        pool = places.in_its_region(self, user_pool)
        if identity_pool_id is not None and identity_providers is not None:
            raise ValueError(
                f"identity_providers are settings of the identity pool, and identity_pool_id={identity_pool_id!r} was "
                "made elsewhere: add them where it is made, or leave identity_pool_id out to make one here"
            )
        if triggers is not None:
            check_groups_are_there(triggers.group_names(), [*ranks, *group_roles])
            check_writing_triggers(claims, triggers)
            _connect(self, pool, triggers)
        identity_pool: cognito.CfnIdentityPool | None = None
        if authenticated_role is not None:
            if identity_pool_id is None:
                raise ValueError("an authenticated_role that exists belongs to an identity pool; give identity_pool_id")
            _check_roles(guests=guests, made=bool(groups or role_rules), guest_role=guest_role)
            roles = Roles(guest=guest_role, authenticated=authenticated_role, groups=dict(group_roles))
            places.check_roles_place(
                self, [role for role in (guest_role, authenticated_role, *group_roles.values()) if role]
            )
        else:
            if guest_role is not None or group_roles:
                raise ValueError("guest_role and group_roles exist only beside an authenticated_role; give that too")
            if groups:
                places.check_groups_place(self, pool)
            client_ids = {name: client.user_pool_client_id for name, client in clients.items()}
            if identity_pool_id is None:
                identity_pool = create_identity_pool(
                    self,
                    provider_name=pool.user_pool_provider_name,
                    client_ids=client_ids.values(),
                    guests=guests,
                    providers=identity_providers,
                )
                identity_pool_id = identity_pool.ref
            else:
                places.check_identity_pool_place(self, identity_pool_id)
            roles = create_roles(
                self,
                user_pool_id=pool.user_pool_id,
                provider_name=pool.user_pool_provider_name,
                client_ids=client_ids,
                identity_pool_id=identity_pool_id,
                placeholders=placeholders,
                guests=guests,
                groups=groups,
                role_rules=with_identifiers(
                    role_rules, identity_providers.identifiers(self) if identity_providers else {}
                ),
            )
            if identity_providers is not None:
                warn_of_owners(self, placeholders)
        pools = Pools(
            user_pool=pool,
            user_pool_client=user_pool_client,
            clients=clients,
            identity_pool_id=identity_pool_id,
            identity_pool=identity_pool,
            roles=roles,
            triggers=triggers.functions() if triggers is not None else {},
        )
        self._open(pools, placeholders)


def _named(further_clients: Mapping[str, cognito.IUserPoolClient]) -> Mapping[str, cognito.IUserPoolClient]:
    for name in further_clients:
        if name == FIRST_CLIENT or not _NAME.fullmatch(name):
            raise ValueError(
                f"further_clients has a client {name!r}: use letters and digits, beginning with a letter, and not "
                f"{FIRST_CLIENT!r}, which user_pool_client is called"
            )
    return further_clients


def _check_roles(*, guests: bool, made: bool, guest_role: iam.IRole | None) -> None:
    if made:
        raise ValueError(
            "the roles exist and are attached, so groups and role_rules cannot be added here: give their roles in "
            "group_roles, or leave authenticated_role out to make and attach roles here"
        )
    if guests is not (guest_role is not None):
        raise ValueError(f"guests={guests} and guest_role={'given' if guest_role else None}: give both or neither")


def _connect(scope: Construct, user_pool: cognito.IUserPool, triggers: Triggers) -> None:
    """Have an existing user pool call functions, if it is made by a stack of this app."""
    if not isinstance(user_pool, cognito.UserPool):
        raise ValueError(  # noqa: TRY004 - a bad value
            f"user pool {user_pool.node.path!r} is imported, and CloudFormation sets the triggers of pools that it "
            "makes only: add them where the pool is made"
        )
    if triggers.custom_senders:
        raise ValueError(
            "custom senders need a key that the user pool is made with: give them, and custom_sender_kms_key, where it "
            "is made"
        )
    connect_triggers(scope, user_pool, triggers, key=None, encryption_key=None)
