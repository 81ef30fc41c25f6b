"""Role claims from a user's groups.

Source: "Using role-based access control" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

ROLES: Final = "cognito:roles"
PREFERRED: Final = "cognito:preferred_role"


def role_claims(groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the role claims of an ID token: each group's role, and the preferred one.

    The group with the lowest precedence value decides. With two roles of equal precedence, none is preferred, so that
    the identity pool's `AmbiguousRoleResolution` decides.
    """
    ranked = [group for group in groups if group.get("RoleArn")]
    if not ranked:
        return {}
    lowest = min(_rank(group) for group in ranked)
    best = {group["RoleArn"] for group in ranked if _rank(group) == lowest}
    claims: dict[str, Any] = {ROLES: list(dict.fromkeys(group["RoleArn"] for group in ranked))}
    return claims | {PREFERRED: best.pop()} if len(best) == 1 else claims


def _rank(group: Mapping[str, Any]) -> float:
    precedence = group.get("Precedence")
    return float("inf") if precedence is None else float(precedence)
