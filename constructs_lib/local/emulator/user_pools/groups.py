"""What a user's groups say in tokens about roles.

Source: "Using role-based access control" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

ROLES: Final = "cognito:roles"
PREFERRED: Final = "cognito:preferred_role"


def role_claims(groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the claims an ID token has about roles: each group's, and the one to prefer.

    The group of the lowest precedence decides; two roles of the same rank leave none preferred, so that the identity
    pool's `AmbiguousRoleResolution` decides.

    Args:
        groups: The user's groups, with `RoleArn` and `Precedence` where they have them.
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
