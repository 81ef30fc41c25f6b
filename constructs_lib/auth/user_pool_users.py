"""The initial users of a user pool, created from their options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.auth.construct_ids import group_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from aws_cdk import RemovalPolicy
    from constructs import Construct

    from constructs_lib.auth.attributes import AttributeSet
    from constructs_lib.auth.first_users import FirstUser
    from constructs_lib.auth.sign_in import SignIn


def check_first_users(sign_in: SignIn, attributes: AttributeSet, groups: Collection[str]) -> None:
    """Refuse first users whom the pool would refuse.

    Raises:
        ValueError: For duplicate names, a user who could not sign in or be invited, an unknown group, an attribute the
            pool does not have, or a required one that is missing.
    """
    names = [user.name for user in sign_in.first_users]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two first users have the name {min(twice)!r}; remove one of them")
    for user in sign_in.first_users:
        _check_address(user, sign_in)
        for group in user.groups:
            if group not in groups:
                known = ", ".join(map(repr, groups)) or "none"
                raise ValueError(
                    f"first user {user.name!r} is in group {group!r}, which this Auth does not have (groups: "
                    f"{known}); add Auth(..., groups=[Group({group!r})])"
                )
        attributes.check_names(f"first user {user.name!r}", user.attributes)
        if missing := sorted(attributes.required - {*_addresses(user, sign_in), *user.attributes}):
            raise ValueError(
                f"first user {user.name!r} does not have {', '.join(missing)}, which each user requires; add it"
            )


def create_first_users(
    scope: Construct, user_pool: cognito.IUserPool, sign_in: SignIn, *, removal_policy: RemovalPolicy
) -> None:
    """Create the users and add them to their groups; they have the pool's removal policy."""
    rights = [child for child in scope.node.children if isinstance(child, iam.Policy)] if sign_in.first_users else []
    for user in sign_in.first_users:
        addresses = _addresses(user, sign_in)
        verified = {f"{name}_verified": "true" for name in addresses}
        made = cognito.CfnUserPoolUser(
            scope,
            f"{user.id}User",
            user_pool_id=user_pool.user_pool_id,
            username=user.name,
            desired_delivery_mediums=["EMAIL" if "email" in addresses else "SMS"],
            user_attributes=[
                cognito.CfnUserPoolUser.AttributeTypeProperty(name=name, value=value)
                for name, value in {**addresses, **verified, **user.attributes}.items()
            ],
        )
        made.apply_removal_policy(removal_policy)
        # Their invitation invokes triggers, so their permissions, and those to read codes, must exist first.
        made.node.add_dependency(user_pool, *rights)
        for group in user.groups:
            membership = cognito.CfnUserPoolUserToGroupAttachment(
                scope,
                f"{user.id}In{group_id(group)}",
                user_pool_id=user_pool.user_pool_id,
                username=user.name,
                group_name=group,
            )
            membership.add_resource_dependency(made)
            made_group = scope.node.find_child(f"{group_id(group)}Group")
            assert isinstance(made_group, cognito.CfnUserPoolGroup)  # noqa: S101 - `create_roles` made it
            membership.add_resource_dependency(made_group)


def _addresses(user: FirstUser, sign_in: SignIn) -> dict[str, str]:
    if sign_in.username:
        return {"email": user.email} if user.email is not None else {}
    return {"email": user.name} if "@" in user.name else {"phone_number": user.name}


def _check_address(user: FirstUser, sign_in: SignIn) -> None:
    if sign_in.username:
        if user.email is None:
            raise ValueError(
                f"first user {user.name!r} has no address for the invitation; add FirstUser(..., email='...')"
            )
        return
    if user.email is not None:
        raise ValueError(
            f"first user {user.name!r} has email={user.email!r}, but signs in with an e-mail address; remove email"
        )
    by_email = sign_in.email and "@" in user.name
    by_phone = sign_in.phone and user.name.startswith("+") and user.name[1:].isdigit()
    if not (by_email or by_phone):
        required = " or ".join(
            word for word, on in (("an e-mail address", sign_in.email), ("a phone number", sign_in.phone)) if on
        )
        raise ValueError(
            f"first user {user.name!r} is not {required}, with which users of this pool sign in; write one"
        )
