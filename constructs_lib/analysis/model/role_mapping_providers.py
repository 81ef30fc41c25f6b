"""The user pools whose groups a role mapping can apply to: those that the identity pool trusts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource, Resources

_USER_POOL: Final = "cognito-idp."


def trusted_groups(key: str, mapping: Mapping[str, Any], attachment: Resource, resources: Resources) -> list[Resource]:
    """Return the groups whose roles a mapping may give; all groups if its user pool is not known.

    `key` is the mapping's name in its attachment: the provider, unless the mapping names one.
    """
    groups = list(resources.of("AWS::Cognito::UserPoolGroup"))
    provider = _user_pool(str(mapping.get("IdentityProvider") or key))
    trusted = [provider] if provider else _trusted_by(attachment, resources)
    if not trusted:
        return groups
    ours = {pool.id for pool in resources.of("AWS::Cognito::UserPool")}
    return [group for group in groups if any(may_be_pool(str(group.get("UserPoolId")), each, ours) for each in trusted)]


def is_user_pool(provider: str) -> bool:
    """Return whether a provider's name is, or may be, that of a user pool."""
    return provider.startswith(_USER_POOL) or "⟦" in provider


def _trusted_by(attachment: Resource, resources: Resources) -> list[str]:
    """Return the user pools of an identity pool's providers; none if it may have others."""
    for pool in resources.of("AWS::Cognito::IdentityPool"):
        if pool.id == attachment.get("IdentityPoolId"):
            providers = as_list(pool.get("CognitoIdentityProviders"))
            named = [_user_pool(str(each.get("ProviderName"))) for each in providers if isinstance(each, Mapping)]
            known = len(named) == len(providers) and all(named) and not pool.get("OpenIdConnectProviderARNs")
            return named if known else []
    return []


def _user_pool(provider: str) -> str:
    """Return the user pool's ID in `cognito-idp.REGION.amazonaws.com/ID:CLIENT`; empty for other names."""
    _, *rest = split_around_atoms(provider, "/", 1)
    return split_around_atoms(rest[0], ":", 1)[0] if provider.startswith(_USER_POOL) and rest else ""


def may_be_pool(pool: str, trusted: str, ours: set[str]) -> bool:
    """Return whether two IDs may be the same user pool's.

    Two pools of the templates differ, and so do two literal IDs.
    """
    written_out = "⟦" not in pool + trusted and pool != "None"
    return pool == trusted or not (written_out or {pool, trusted} <= ours)
