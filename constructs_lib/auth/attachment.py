"""The one attachment of roles that an identity pool can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from constructs import IValidation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_iam as iam
    from constructs import Construct

    from constructs_lib.auth.reservations import Reservations


def attach_roles(
    scope: Construct,
    identity_pool_id: str,
    *,
    reservations: Reservations,
    authenticated_role: iam.IRole,
    guest_role: iam.IRole | None,
    role_mappings: Mapping[str, cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty] | None,
) -> None:
    """Attach roles to an identity pool.

    Raises:
        ValueError: When the pool has an attachment already: the later one would overwrite the earlier at deploy.
    """
    if (maker := reservations.reserve(identity_pool_id, "attachment")) is not None:
        raise ValueError(
            f"{reservations.path!r} attaches roles to an identity pool to which {maker!r} already attaches roles, and "
            "an identity pool has one role attachment; use that Auth, or pass its roles to Auth.from_existing"
        )
    roles = {"authenticated": authenticated_role.role_arn}
    if guest_role is not None:
        roles["unauthenticated"] = guest_role.role_arn
    attachment = cognito.CfnIdentityPoolRoleAttachment(
        scope,
        "RoleAttachment",
        identity_pool_id=identity_pool_id,
        roles=roles,
        role_mappings=role_mappings,
    )
    scope.node.add_validation(_SingleRoleAttachment(scope, attachment))


@jsii.implements(IValidation)
class _SingleRoleAttachment:
    """Finds manually created attachments to the same pool in the same stack."""

    def __init__(self, maker: Construct, attachment: cognito.CfnIdentityPoolRoleAttachment) -> None:
        self._maker = maker
        self._attachment = attachment

    def validate(self) -> list[str]:
        """Return the errors, one sentence each."""
        pool = self._attachment.identity_pool_id
        return [
            f"{other.node.path} attaches roles to the identity pool of {self._maker.node.path}, and an identity pool "
            "has one role attachment; remove it, or pass its roles to Auth.from_existing"
            for other in Stack.of(self._attachment).node.find_all()
            if isinstance(other, cognito.CfnIdentityPoolRoleAttachment)
            and other is not self._attachment
            and other.identity_pool_id == pool
        ]
