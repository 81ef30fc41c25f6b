"""Changes of token claims by a pool's pre token generation function.

Source: "Pre token generation Lambda trigger" (Amazon Cognito developer guide).
"""

from typing import Any, Final

from . import triggers
from .emulator_interface import Client, EmulatorInterface, Pool, User
from .errors import RefusedError

_NEVER_CHANGED: Final = frozenset(
    {
        "acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "cognito:username", "device_key", "event_id",
        "exp", "iat", "identities", "iss", "jti", "nbf", "nonce", "origin_jti", "scope", "sub", "token_use", "username",
        "version",
    }
)  # fmt: skip
"""Claims that a pre token generation function cannot set or drop; AWS ignores the attempt."""
_BY_GROUPS: Final = frozenset({"cognito:groups", "cognito:roles", "cognito:preferred_role"})


def apply_function(
    emulator: EmulatorInterface, pool: Pool, client: Client, user: User, identity: dict[str, Any],
    access: dict[str, Any], source: str, metadata: dict[str, str] | None,
) -> None:  # fmt: skip
    """Apply the changes of the pool's function, if it has one, to the claims of both tokens.

    The claims are modified in place; `source` is the reason for token generation.

    Raises:
        RefusedError: If the function raises, cannot be called, or returns an invalid response.
    """
    if not triggers.has(pool, "PreTokenGeneration"):
        return
    later = ((pool.get("LambdaConfig") or {}).get("PreTokenGenerationConfig") or {}).get("LambdaArn")
    version = ((pool["LambdaConfig"].get("PreTokenGenerationConfig") or {}).get("LambdaVersion") or "V1_0")[1:2]
    both = bool(later) and version != "1"
    request: dict[str, Any] = {
        "userAttributes": triggers.event_attributes(user),
        "groupConfiguration": {
            "groupsToOverride": list(identity.get("cognito:groups") or []),
            "iamRolesToOverride": list(identity.get("cognito:roles") or []),
            "preferredRole": identity.get("cognito:preferred_role"),
        },
        **({"clientMetadata": dict(metadata)} if metadata else {}),
        **({"scopes": access["scope"].split()} if both else {}),
    }
    key = "claimsAndScopeOverrideDetails" if both else "claimsOverrideDetails"
    answer = triggers.call(
        emulator, pool, "PreTokenGeneration", f"TokenGeneration_{source}", username=user["Username"],
        client_id=client["ClientId"], request=request, response={key: None}, version=version if both else "1",
    )  # fmt: skip
    changes = answer.get(key) or {}
    if not isinstance(changes, dict):
        raise RefusedError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    _change(identity, (changes.get("idTokenGeneration") or {}) if both else changes, strings=not both)
    if "groupOverrideDetails" in changes:
        groups = changes["groupOverrideDetails"] or {}
        _regroup(identity, groups)
        if both:
            _regroup(access, {"groupsToOverride": groups.get("groupsToOverride")})
    if both:
        changed = changes.get("accessTokenGeneration") or {}
        _change(access, changed, strings=False)
        dropped = set(changed.get("scopesToSuppress") or [])
        kept = [each for each in access["scope"].split() if each not in dropped]
        access["scope"] = " ".join(dict.fromkeys([*kept, *(changed.get("scopesToAdd") or [])]))


def _change(claims: dict[str, Any], changed: dict[str, Any], *, strings: bool) -> None:
    for name, value in (changed.get("claimsToAddOrOverride") or {}).items():
        if strings and not isinstance(value, str):
            raise RefusedError("InvalidLambdaResponseException", "Unrecognizable lambda output")
        if name not in _NEVER_CHANGED | _BY_GROUPS and not name.startswith(("cognito:", "dev:")):
            claims[name] = value
    for name in changed.get("claimsToSuppress") or []:
        if name not in _NEVER_CHANGED:
            claims.pop(name, None)


def _regroup(claims: dict[str, Any], changed: dict[str, Any]) -> None:
    """Replace all group claims with those of the function's response; omitted claims are removed."""
    for claim, name in (
        ("cognito:groups", "groupsToOverride"), ("cognito:roles", "iamRolesToOverride"),
        ("cognito:preferred_role", "preferredRole"),
    ):  # fmt: skip
        claims.pop(claim, None)
        if changed.get(name):
            claims[claim] = changed[name]
