"""Token claims for a person's tenant, independent of the event format and the table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["MEMBER", "ROLE_CLAIM", "Form", "TokenContent", "response", "token_content"]

MEMBER: Final = "member"
"""The default role in a tenant."""
ROLE_CLAIM: Final = "tenant_role"
"""The claim with the role in the active tenant; the rules of the identity pool choose an IAM role by it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Rules for the claims of tokens.

    Args:
        claim: The claim that names the tenant.
        values: The regular expression that its values match.
        roles: The roles that a membership may give, each a group of the user pool.
    """

    claim: str
    values: str
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenContent:
    """The content of a token.

    Args:
        claims: The claims to add.
        suppressed: The claims to suppress, regardless of their source.
        groups: All groups of the token.
    """

    claims: Mapping[str, str]
    suppressed: Sequence[str]
    groups: Sequence[str]


def token_content(
    form: Form, *, memberships: Mapping[str, str], chosen: str | None, groups: Sequence[str]
) -> TokenContent:
    """Return the content of a person's token.

    A person who has chosen no tenant, or one that they have left, has no tenant. The groups that represent roles
    follow only the role in the active tenant, regardless of the user's groups in the pool.

    Args:
        form: The rules for the claims.
        memberships: The person's role in each tenant.
        chosen: The tenant that the person has chosen; None before the first choice.
        groups: The person's groups in the user pool.

    Raises:
        ValueError: For a tenant whose name does not match the form: IAM would read `a/b` as a folder of `a`.
    """
    others = [group for group in groups if group not in form.roles]
    role = memberships.get(chosen) if chosen is not None else None
    if chosen is None or role is None:
        return TokenContent(claims={}, suppressed=(form.claim, ROLE_CLAIM), groups=others)
    if not re.fullmatch(form.values, chosen, re.ASCII):
        raise ValueError(f"the tenant {chosen!r} is not of the form {form.values!r}")
    if role not in form.roles:
        return TokenContent(claims={form.claim: chosen, ROLE_CLAIM: MEMBER}, suppressed=(), groups=others)
    return TokenContent(claims={form.claim: chosen, ROLE_CLAIM: role}, suppressed=(), groups=[*others, role])


def response(content: TokenContent, version: str) -> dict[str, Any]:
    """Return the trigger's response for an event version.

    The identity pool reads the ID token, which every version changes; from version 2 the access token gets the same.
    `groupOverrideDetails` replaces everything that groups add. It omits IAM roles, because rules on the role's claim
    choose them ("Pre token generation Lambda trigger", "Using role-based access control", Amazon Cognito
    developer guide).

    Raises:
        ValueError: For an unknown version.
    """
    changes = {"claimsToAddOrOverride": dict(content.claims), "claimsToSuppress": list(content.suppressed)}
    groups = {"groupOverrideDetails": {"groupsToOverride": list(content.groups)}}
    if version == "1":
        return {"claimsOverrideDetails": {**changes, **groups}}
    if version in {"2", "3"}:
        both = {"idTokenGeneration": changes, "accessTokenGeneration": changes}
        return {"claimsAndScopeOverrideDetails": {**both, **groups}}
    raise ValueError(f"version {version!r} of the token trigger is not supported")
