"""Existing pools: of another stack of the app, or from outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth import environments
from constructs_lib.auth.claim_writers import check_writing_triggers
from constructs_lib.auth.existing_clients import ExistingClients
from constructs_lib.auth.groups import check_groups_are_there, precedences
from constructs_lib.auth.identity_pool import IdentityPool, create_identity_pool
from constructs_lib.auth.pools import Pools
from constructs_lib.auth.role_rules import check_rules
from constructs_lib.auth.roles import Roles, create_roles
from constructs_lib.auth.triggers import connect_triggers
from constructs_lib.auth.user_claims import Placeholders, check_existing_claims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from constructs_lib.auth.groups import Group
    from constructs_lib.auth.identity_providers import IdentityProviders
    from constructs_lib.auth.owner_kinds import Owner
    from constructs_lib.auth.role_rules import RoleRule
    from constructs_lib.auth.triggers import Triggers
    from constructs_lib.auth.user_claims import Claim


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ExistingPools:
    """The options of `Auth.from_existing`; each is described there.

    Raises:
        ValueError: For options that contradict each other.
    """

    user_pool: cognito.IUserPool
    user_pool_client: cognito.IUserPoolClient
    further_clients: Mapping[str, cognito.IUserPoolClient]
    identity_pool_id: str | None
    identity_providers: IdentityProviders | None
    triggers: Triggers | None
    guests: bool
    groups: Sequence[Group]
    owner: Owner
    claims: Mapping[str, Claim]
    role_rules: Sequence[RoleRule]
    authenticated_role: iam.IRole | None
    guest_role: iam.IRole | None
    group_roles: Mapping[str, iam.IRole]

    def __post_init__(self) -> None:
        """Check the options together."""
        groups = precedences(self.groups)
        check_rules(self.role_rules, [*groups], writable={})
        check_existing_claims(self.placeholders.claims.values(), self.clients.by_name)
        if self.identity_pool_id is not None and self.identity_providers is not None:
            raise ValueError(
                "identity_providers are settings of the identity pool, and "
                f"identity_pool_id={self.identity_pool_id!r} was created elsewhere; add them where it is created, or "
                "remove identity_pool_id to create one here"
            )
        if self.triggers is not None:
            check_groups_are_there(self.triggers.group_names(), [*groups, *self.group_roles])
            check_writing_triggers(self.claims, self.triggers)
        if self.authenticated_role is not None:
            self._check_roles()
        elif self.guest_role is not None or self.group_roles:
            raise ValueError("guest_role and group_roles need an authenticated_role; add authenticated_role=...")

    def _check_roles(self) -> None:
        """Check the options that go with existing roles."""
        if self.identity_pool_id is None:
            raise ValueError(
                "authenticated_role needs the identity pool that it is attached to; add identity_pool_id=..."
            )
        if self.groups or self.role_rules:
            raise ValueError(
                "authenticated_role is already attached, so groups and role_rules cannot be added here; pass the "
                "groups' roles in group_roles, or remove authenticated_role to create and attach roles here"
            )
        if self.guests is not (self.guest_role is not None):
            given = "given" if self.guest_role else None
            raise ValueError(f"guests={self.guests} and guest_role={given} contradict each other; set both or neither")
        self._check_distinct_roles()

    def _check_distinct_roles(self) -> None:
        """Refuse one role for two kinds of callers, who would get the permissions of both."""
        options = {"authenticated_role": self.authenticated_role, "guest_role": self.guest_role}
        options |= {f"group_roles[{name!r}]": role for name, role in self.group_roles.items()}
        found: dict[str, str] = {}
        for option, role in options.items():
            # "IAM identifiers": names are unique in an account, regardless of case. A token is compared as it is.
            names = {role.role_arn, role.role_name.lower()} if role is not None else set()
            if (other := next((found[name] for name in names if name in found), None)) is not None:
                raise ValueError(
                    f"{other} and {option} are the same role, so the rules of one would apply to the callers of the "
                    "other; pass a role of its own for each"
                )
            found |= dict.fromkeys(names, option)

    @property
    def clients(self) -> ExistingClients:
        """The user pool's clients."""
        return ExistingClients(self.user_pool_client, self.further_clients)

    @property
    def placeholders(self) -> Placeholders:
        """The placeholders that rules can contain."""
        return Placeholders(owner=self.owner, claims=self.claims)


def use_pools(scope: Construct, given: ExistingPools) -> Pools:
    """Use existing pools, and create what they lack: the identity pool, the roles, or neither.

    Raises:
        ValueError: For an identity pool that already has roles, groups or roles of another region or account than the
            pools', or triggers of an imported user pool.
    """
    user_pool = environments.with_region_of_id(scope, given.user_pool)
    if given.triggers is not None:
        _connect(scope, user_pool, given.triggers)
    clients = given.clients
    if given.authenticated_role is not None:
        assert given.identity_pool_id is not None  # noqa: S101 - `ExistingPools` refuses the role without it
        identity_pool = IdentityPool(id=given.identity_pool_id)
        roles = _given_roles(scope, given, given.authenticated_role)
    else:
        if given.groups:
            environments.check_groups_place(scope, user_pool)
        client_ids = {name: client.user_pool_client_id for name, client in clients.by_name.items()}
        identity_pool = _identity_pool(scope, given, user_pool, client_ids)
        roles = create_roles(
            scope,
            user_pool_id=user_pool.user_pool_id,
            provider_name=user_pool.user_pool_provider_name,
            client_ids=client_ids,
            identity_pool_id=identity_pool.id,
            placeholders=given.placeholders,
            guests=given.guests,
            groups=given.groups,
            role_rules=given.role_rules,
            identity_providers=given.identity_providers,
        )
    return Pools(
        user_pool=user_pool,
        clients=clients,
        domain=None,
        triggers=given.triggers.functions() if given.triggers is not None else {},
        identity_pool=identity_pool,
        roles=roles,
        placeholders=given.placeholders,
    )


def _identity_pool(
    scope: Construct, given: ExistingPools, user_pool: cognito.IUserPool, client_ids: Mapping[str, str]
) -> IdentityPool:
    """Return the given identity pool, or create one for the user pool."""
    if given.identity_pool_id is not None:
        environments.check_identity_pool_place(scope, given.identity_pool_id)
        return IdentityPool(id=given.identity_pool_id)
    return create_identity_pool(
        scope,
        provider_name=user_pool.user_pool_provider_name,
        client_ids=client_ids.values(),
        guests=given.guests,
        providers=given.identity_providers,
    )


def _given_roles(scope: Construct, given: ExistingPools, authenticated: iam.IRole) -> Roles:
    roles = Roles(guest=given.guest_role, authenticated=authenticated, groups=dict(given.group_roles))
    environments.check_roles_place(
        scope, [role for role in (roles.guest, authenticated, *roles.groups.values()) if role]
    )
    return roles


def _connect(scope: Construct, user_pool: cognito.IUserPool, triggers: Triggers) -> None:
    """Make an existing user pool invoke functions, if a stack of this app creates it."""
    if not isinstance(user_pool, cognito.UserPool):
        raise ValueError(  # noqa: TRY004 - a bad value
            f"user pool {user_pool.node.path!r} is imported, and CloudFormation sets triggers only on user pools that "
            "it creates; add them where the pool is created"
        )
    if triggers.custom_senders:
        raise ValueError(
            "custom senders need a key that the user pool is created with; add them, and custom_sender_kms_key, where "
            "it is created"
        )
    connect_triggers(scope, user_pool, triggers, key=None, encryption_key=None)
