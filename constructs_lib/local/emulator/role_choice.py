"""Role selection of an identity pool: default roles, token and rules mappings. Pure.

Source: "Using role-based access control" (Amazon Cognito developer guide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .user_pools.group_role_claims import PREFERRED, ROLES

NO_ROLE: Final = "Invalid identity pool configuration. Check assigned IAM roles for this pool."


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The selected role, or an error.

    Without a role, it has the error's code and message.
    """

    role_arn: str = ""
    error: str = ""
    message: str = ""


def choose_role(
    *,
    roles: Mapping[str, str],
    mappings: Mapping[str, Mapping[str, Any]],
    provider: str | None,
    claims: Mapping[str, Any],
    custom_role: str | None,
) -> Choice:
    """Select the role of a caller.

    `mappings` are the pool's role mappings, by any key or by provider. The provider is None for a guest.
    """
    if provider is None:
        return _default(roles.get("unauthenticated"))
    mapping = _mapping_for(mappings, f"{provider}:{claims.get('aud')}")
    if custom_role:
        if mapping and mapping.get("Type") == "Token" and custom_role in (claims.get(ROLES) or []):
            return Choice(role_arn=custom_role)
        return Choice(error="NotAuthorizedException", message="Token does not contain a valid role claim.")
    if mapping is None:
        return _default(roles.get("authenticated"))
    chosen = claims.get(PREFERRED) if mapping["Type"] == "Token" else _by_rules(mapping, claims)
    if not chosen and mapping.get("AmbiguousRoleResolution") == "Deny":
        return Choice(error="NotAuthorizedException", message="Ambiguous role resolution is set to Deny.")
    return _default(chosen or roles.get("authenticated"))


def _default(role: str | None) -> Choice:
    if role:
        return Choice(role_arn=role)
    return Choice(error="InvalidIdentityPoolConfigurationException", message=NO_ROLE)


def _mapping_for(mappings: Mapping[str, Mapping[str, Any]], provider: str) -> Mapping[str, Any] | None:
    for key, mapping in mappings.items():
        if (mapping.get("IdentityProvider") or key) == provider:
            return mapping
    return None


def _by_rules(mapping: Mapping[str, Any], claims: Mapping[str, Any]) -> str | None:
    for rule in (mapping.get("RulesConfiguration") or {}).get("Rules", []):
        held = claims.get(rule["Claim"])
        values = held if isinstance(held, list) else [] if held is None else [str(held)]
        if any(_rule_matches(rule["MatchType"], value, rule["Value"]) for value in values):
            return str(rule["RoleARN"])
    return None


def _rule_matches(match_type: str, value: str, wanted: str) -> bool:
    match match_type:
        case "Equals":
            return value == wanted
        case "NotEqual":
            return value != wanted
        case "Contains":
            return wanted in value
        case "StartsWith":
            return value.startswith(wanted)
        case _:
            return False
