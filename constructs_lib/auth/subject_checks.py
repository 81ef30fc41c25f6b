"""Checks of the subjects of rules against an Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.access import Subject, SubjectKind
from constructs_lib.access.language import GUESTS
from constructs_lib.auth.owner_kinds import OWNERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from aws_cdk import aws_iam as iam


def check_subject(
    subject: Subject,
    *,
    guests: bool,
    owner: str,
    groups: Collection[str],
    claims: Collection[str],
    roles: Collection[iam.IRole],
) -> None:
    """Refuse a subject that the Auth does not have.

    The owner is "identity" or "sub"; `claims` are the keys of the Auth's claims, and `roles` those that its users
    assume.

    Raises:
        ValueError: For a guest without guests, a guest owner under "sub", an unknown group or claim, or a role of users
            in place of a function.
    """
    for role in roles if subject.kind is SubjectKind.FUNCTION else ():
        if subject.function is role:
            raise ValueError(
                f"{role.node.path!r} is a role of users, who would get permissions that are meant for trusted code; "
                "pass the function, or write a rule such as allow.authenticated.to('read')"
            )
    if subject.kind in GUESTS and not guests:
        raise ValueError(
            f"a rule names allow.{subject}, but guests are not enabled; add Auth(..., guests=True), or remove the rule"
        )
    if subject.kind is SubjectKind.GUEST_OWNER and not OWNERS[owner].guests:
        raise ValueError(
            f"a guest has no user-pool {owner} and cannot be an owner with owner={owner!r}; use Auth(owner='identity')"
        )
    if subject.kind is SubjectKind.CLAIM and subject.name not in claims:
        known = ", ".join(map(repr, claims)) or "none"
        option = "tenant=Tenant()" if subject.name == "tenant" else f"claims={{{subject.name!r}: Claim(...)}}"
        raise ValueError(
            f"a rule names allow.{subject}, and this Auth has no such claim (claims: {known}); add Auth(..., {option})"
        )
    if subject.kind is SubjectKind.GROUP and subject.name not in groups:
        known = ", ".join(map(repr, groups)) or "none"
        raise ValueError(
            f"a rule names allow.{subject}, which this Auth does not have (groups: {known}); add Auth(..., "
            f'groups=[Group("{subject.name}")])'
        )
