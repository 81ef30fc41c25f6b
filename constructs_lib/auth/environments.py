"""Environments of pools and roles: a resource's region and account may differ from its stack's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.value_checks import is_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aws_cdk import aws_iam as iam
    from constructs import Construct, IConstruct

_USER_POOL_ID: Final = re.compile(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+")
_IDENTITY_POOL_ID: Final = re.compile(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):[0-9a-f-]+")


def with_region_of_id(scope: Construct, user_pool: cognito.IUserPool) -> cognito.IUserPool:
    """Return an imported user pool with the region that its ID names.

    `UserPool.from_user_pool_id` assumes the stack's region, also in its ARN, its issuer and its provider name.

    Raises:
        ValueError: For an invalid ID.
    """
    id = user_pool.user_pool_id
    if not is_known(id):
        return user_pool
    found = _USER_POOL_ID.fullmatch(id)
    if found is None:
        raise ValueError(
            f"user_pool has the ID {id!r}, which is not the ID of a user pool; write one such as 'eu-west-1_AbCdEf123'"
        )
    region = found["region"]
    if user_pool.env.region == region:
        return user_pool
    arn = Stack.of(scope).format_arn(
        service="cognito-idp", region=region, account=user_pool.env.account, resource="userpool", resource_name=id
    )
    made = scope.node.try_find_child(f"{id}InItsRegion")
    known: cognito.IUserPool | None = made  # type: ignore[assignment] # nothing else is called so
    return known or cognito.UserPool.from_user_pool_arn(scope, f"{id}InItsRegion", arn)


def check_groups_place(scope: Construct, user_pool: cognito.IUserPool) -> None:
    """Refuse to create groups in a user pool of another region or account.

    Raises:
        ValueError: For such a pool.
    """
    stack, env = Stack.of(scope), user_pool.env
    for what, of_pool, of_stack in (
        ("region", env.region, stack.region),
        ("account", env.account, stack.account),
    ):
        if _differ(of_pool, of_stack):
            raise ValueError(
                f"{scope.node.path!r} creates groups in {what} {of_stack}, and the user pool is in {of_pool}; create "
                "them in a stack there, or remove groups"
            )


def check_identity_pool_place(scope: Construct, identity_pool_id: str) -> None:
    """Refuse to attach roles to an identity pool of another region.

    Raises:
        ValueError: For such a pool, or an invalid ID.
    """
    if not is_known(identity_pool_id):
        return
    found = _IDENTITY_POOL_ID.fullmatch(identity_pool_id)
    if found is None:
        raise ValueError(
            f"identity_pool_id={identity_pool_id!r} is not the ID of an identity pool; write one such as "
            "'eu-west-1:12345678-1234-1234-1234-123456789012'"
        )
    region = Stack.of(scope).region
    if _differ(found["region"], region):
        raise ValueError(
            f"{scope.node.path!r} attaches roles in region {region}, and identity_pool_id={identity_pool_id!r} is in "
            f"{found['region']}; attach them in a stack there, or pass existing roles as authenticated_role, "
            "guest_role and group_roles"
        )


def check_roles_place(scope: Construct, roles: Iterable[iam.IRole]) -> None:
    """Refuse roles of another account, which no stack here can grant permissions.

    Raises:
        ValueError: For such a role.
    """
    account = Stack.of(scope).account
    for role in roles:
        if _differ(role.env.account, account):
            raise ValueError(
                f"role {role.node.path!r} is in account {role.env.account}, and {scope.node.path!r} in {account} "
                "cannot add policies to it; use a stack in the role's account"
            )


def check_reach(scope: Construct, auth: Construct, role: iam.IRole) -> None:
    """Refuse to grant permissions to an Auth's roles from a stack that cannot reference them.

    Args:
        scope: The construct that the permissions apply to.
        auth: The Auth.
        role: One of its roles.

    Raises:
        ValueError: For a stack of another App or account, or of another region without `cross_region_references`.
    """
    if scope.node.root is not auth.node.root:
        raise ValueError(
            f"{scope.node.path!r} is in another App than {auth.node.path!r}, whose synthesis would not include its "
            "policies; put both into one App, or import the pools with Auth.from_existing"
        )
    here, there = Stack.of(scope), Stack.of(auth)
    if _differ(here.account, there.account):
        raise ValueError(
            f"{scope.node.path!r} is in account {here.account} and {auth.node.path!r} in {there.account}, and roles "
            "take policies in their own account only; put both into one account"
        )
    if not _differ(here.region, there.region):
        return
    try:
        # Only the CDK knows whether a stack has the option; without it, the CDK refuses the name of a role.
        here.resolve(role.role_name)
    except RuntimeError as error:
        raise ValueError(
            f"{scope.node.path!r} is in region {here.region} and {auth.node.path!r} in {there.region}; create both "
            "stacks with cross_region_references=True, or put both into one region"
        ) from error


def check_triggers(scope: Construct, auth: Construct, triggers: Mapping[str, IConstruct]) -> None:
    """Refuse to grant permissions to an Auth's roles from a stack that its user pool depends on.

    Raises:
        ValueError: Naming the trigger in that stack.
    """
    here = Stack.of(scope)
    for name, function in triggers.items():
        if Stack.of(function) is here:
            there = Stack.of(auth).node.path
            raise ValueError(
                f"{scope.node.path!r} adds policies to roles of stack {there!r}, whose user pool depends on its "
                f"trigger {name}, {function.node.path!r} of stack {here.node.path!r}, so each stack would depend on "
                f"the other; create the trigger in {there!r} or in a separate stack"
            )


def _differ(one: str, other: str) -> bool:
    return is_known(one) and is_known(other) and one != other
