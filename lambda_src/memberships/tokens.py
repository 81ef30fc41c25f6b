"""What tokens say of a person's tenant; knows no event and no table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["MEMBER", "ROLE_CLAIM", "Form", "Said", "response", "say"]

MEMBER: Final = "member"
"""The role of whoever has no other in a tenant."""
ROLE_CLAIM: Final = "tenant_role"
"""The claim with the role in the active tenant; the rules of the identity pool choose an IAM role by it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """What tokens may say.

    Args:
        claim: The claim that names the tenant.
        values: What its values look like, as a regular expression.
        roles: The roles that a membership may give, each a group of the user pool.
    """

    claim: str
    values: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a token says.

    Args:
        claims: The claims it has.
        suppressed: The claims it must not have, wherever they come from.
        groups: All its groups.
    """

    claims: Mapping[str, str]
    suppressed: Sequence[str]
    groups: Sequence[str]


def say(form: Form, *, memberships: Mapping[str, str], chosen: str | None, groups: Sequence[str]) -> Said:
    """Return what a person's token says.

    Who has chosen no tenant, or one that they are no member of any more, has no tenant. Groups that stand for roles
    are there by the role in the active tenant alone, whatever groups of the pool the person is in.

    Args:
        form: What tokens may say.
        memberships: The person's role in each tenant.
        chosen: The tenant that the person works in; None before the first choice.
        groups: The groups of the pool that the person is in.

    Raises:
        ValueError: For a tenant whose name does not fit: IAM would take `a/b` for a folder of `a`.
    """
    others = [group for group in groups if group not in form.roles]
    role = memberships.get(chosen) if chosen is not None else None
    if chosen is None or role is None:
        return Said(claims={}, suppressed=(form.claim, ROLE_CLAIM), groups=others)
    if not re.fullmatch(form.values, chosen, re.ASCII):
        raise ValueError(f"the tenant {chosen!r} is not of the form {form.values!r}")
    if role not in form.roles:
        return Said(claims={form.claim: chosen, ROLE_CLAIM: MEMBER}, suppressed=(), groups=others)
    return Said(claims={form.claim: chosen, ROLE_CLAIM: role}, suppressed=(), groups=[*others, role])


def response(said: Said, version: str) -> dict[str, Any]:
    """Return the response to an event of a version.

    The identity pool reads the ID token, which every version changes; from version 2 the access token says the same.
    `groupOverrideDetails` replaces all that groups give: IAM roles are left out of it, because rules on the role's
    claim choose them ("Pre token generation Lambda trigger", "Using role-based access control", Amazon Cognito
    developer guide).

    Raises:
        ValueError: For a version that is not known.
    """
    changes = {"claimsToAddOrOverride": dict(said.claims), "claimsToSuppress": list(said.suppressed)}
    groups = {"groupOverrideDetails": {"groupsToOverride": list(said.groups)}}
    if version == "1":
        return {"claimsOverrideDetails": {**changes, **groups}}
    if version in {"2", "3"}:
        both = {"idTokenGeneration": changes, "accessTokenGeneration": changes}
        return {"claimsAndScopeOverrideDetails": {**both, **groups}}
    raise ValueError(f"version {version!r} of the token trigger is not known")
