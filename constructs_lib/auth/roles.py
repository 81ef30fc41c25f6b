"""The roles of an identity pool, with the groups, the role attachment and the principal tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Stack, Validations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.access import Subject, allow
from constructs_lib.auth.attachment import attach_roles
from constructs_lib.auth.construct_ids import group_id
from constructs_lib.auth.groups import precedences
from constructs_lib.auth.identity_pool import warn_of_owners
from constructs_lib.auth.reservations import Reservations
from constructs_lib.auth.role_policies import RolePolicies
from constructs_lib.auth.role_rules import role_mappings, with_identifiers
from constructs_lib.auth.trust_policies import identity_pool_principal, identity_service
from constructs_lib.ownership_metadata import CLAIMS_KEY, TRIGGER_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs import Construct

    from constructs_lib.auth.groups import Group
    from constructs_lib.auth.identity_providers import IdentityProviders
    from constructs_lib.auth.role_rules import RoleRule
    from constructs_lib.auth.user_claims import Placeholders


@dataclass(frozen=True, kw_only=True, slots=True)
class Roles:
    """One role per kind of caller.

    Args:
        guest: The role of callers who have not signed in; None when they get no credentials.
        authenticated: The role of signed-in users who are in no group.
        groups: The role of each group, by its name.
    """

    guest: iam.IRole | None
    authenticated: iam.IRole
    groups: Mapping[str, iam.IRole]

    def callers(self, claims: Iterable[str]) -> Iterator[tuple[frozenset[Subject], iam.IRole]]:
        """Yield each role with everything its callers act for: a group's member is also authenticated and an owner.

        `claims` are the keys of the claims that signed-in users may have.
        """
        if self.guest is not None:
            yield frozenset({allow.guest, allow.guest_owner}), self.guest
        signed_in = frozenset({allow.authenticated, allow.owner, *map(allow.claim, claims)})
        yield signed_in, self.authenticated
        for name, role in self.groups.items():
            yield signed_in | {allow.group(name)}, role

    def policies(self, scope: Construct, stack: Stack) -> dict[iam.IRole, RolePolicies]:
        """Return the policies of each role, for roles of a construct in a stack."""
        named = {"Guest": self.guest, "Authenticated": self.authenticated}
        named |= {group_id(group): role for group, role in self.groups.items()}
        return {
            role: RolePolicies(role, name=f"{name}Policy", scope=scope, stack=stack)
            for name, role in named.items()
            if role is not None
        }


def create_roles(
    scope: Construct,
    *,
    user_pool_id: str,
    provider_name: str,
    client_ids: Mapping[str, str],
    identity_pool_id: str,
    placeholders: Placeholders,
    guests: bool,
    groups: Sequence[Group],
    role_rules: Sequence[RoleRule],
    identity_providers: IdentityProviders | None,
) -> Roles:
    """Create the roles and attach them to the identity pool; no guest role without guests.

    Raises:
        ValueError: When the identity pool already has roles or lacks a rule's provider, or the user pool already has
            such a group.
    """
    rules = with_identifiers(role_rules, identity_providers.identifiers(scope) if identity_providers else {})
    region = Stack.of(scope).region
    service = identity_service(region)
    tags = placeholders.tags

    def role(id: str, *, authenticated: bool) -> iam.Role:
        principal = identity_pool_principal(
            service, identity_pool_id, authenticated=authenticated, tags=authenticated and bool(tags)
        )
        return iam.Role(scope, id, assumed_by=principal)

    roles = Roles(
        guest=role("GuestRole", authenticated=False) if guests else None,
        authenticated=role("AuthenticatedRole", authenticated=True),
        groups={group.name: role(f"{group_id(group.name)}Role", authenticated=True) for group in groups},
    )
    reservations = Reservations(scope)
    _create_groups(scope, reservations, user_pool_id, groups, roles.groups)
    clients = {id: f"{provider_name}:{client_id}" for id, client_id in client_ids.items()}
    attach_roles(
        scope,
        identity_pool_id,
        reservations=reservations,
        authenticated_role=roles.authenticated,
        guest_role=roles.guest,
        role_mappings=role_mappings(clients, rules, roles.groups),
    )
    _warn_of_long_names(scope, region)
    if tags:
        _create_principal_tag(scope, identity_pool_id, provider_name, placeholders)
    if identity_providers is not None:
        warn_of_owners(scope, placeholders)
    return roles


def _create_principal_tag(
    scope: Construct, identity_pool_id: str, provider_name: str, placeholders: Placeholders
) -> None:
    """Make the identity pool pass claims as principal tags, and record their forms in the template."""
    made = cognito.CfnIdentityPoolPrincipalTag(
        scope,
        "PrincipalTag",
        identity_pool_id=identity_pool_id,
        identity_provider_name=provider_name,
        principal_tags=placeholders.tags,
        use_defaults=False,
    )
    if placeholders.declared:
        made.add_metadata(CLAIMS_KEY, placeholders.declared)
    if placeholders.claims:
        made.add_metadata(TRIGGER_KEY, sorted(each.claim for each in placeholders.claims.values()))


def _create_groups(
    scope: Construct,
    reservations: Reservations,
    user_pool_id: str,
    groups: Sequence[Group],
    roles: Mapping[str, iam.IRole],
) -> None:
    ranks = precedences(groups)
    for group in groups:
        _reserve(reservations, user_pool_id, group.name, ranks[group.name])
        cognito.CfnUserPoolGroup(
            scope,
            f"{group_id(group.name)}Group",
            user_pool_id=user_pool_id,
            group_name=group.name,
            description=group.description,
            precedence=ranks[group.name],
            role_arn=roles[group.name].role_arn,
        )


def _warn_of_long_names(scope: Construct, region: str) -> None:
    """Warn in regions where long role names do not work ("Amazon Cognito", AWS GovCloud user guide)."""
    if region == "us-gov-east-1":
        Validations.of(scope).add_warning(
            "cognito-app:Auth.roleNames",
            "identity pools of us-gov-east-1 may fail to assume roles whose names are longer than 20 characters, as "
            "generated ones are; set role_name on the default_child of each role",
        )


def _reserve(reservations: Reservations, user_pool_id: str, group: str, precedence: int) -> None:
    """Reserve a name and a precedence, which groups of one user pool share over all its stacks."""
    if (maker := reservations.reserve(user_pool_id, "group", group)) is not None:
        raise ValueError(f"{maker!r} already creates group {group!r} in this user pool; create it once")
    if (maker := reservations.reserve(user_pool_id, "precedence", precedence)) is not None:
        raise ValueError(
            f"group {group!r} has precedence {precedence}, which a group of {maker!r} in the same user pool already "
            "has, so a member of both would get neither role; use another precedence, such as Group(..., "
            "precedence=100)"
        )
