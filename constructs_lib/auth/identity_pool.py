"""The identity pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Validations
from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.owner_kinds import OWNERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from constructs_lib.auth.identity_providers import IdentityProviders
    from constructs_lib.auth.user_claims import Placeholders


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class IdentityPool:
    """An identity pool.

    Args:
        id: The ID.
        resource: The resource; None for an existing pool.
    """

    id: str
    resource: cognito.CfnIdentityPool | None = None


def create_identity_pool(
    scope: Construct,
    *,
    provider_name: str,
    client_ids: Iterable[str],
    guests: bool,
    providers: IdentityProviders | None,
    name: str | None = None,
) -> IdentityPool:
    """Create an identity pool that accepts the tokens of these clients and providers, without the classic flow."""
    logins = [(provider_name, client_id) for client_id in client_ids]
    logins += [login for pool in (providers.user_pools if providers else ()) for login in pool.logins(scope)]
    made = cognito.CfnIdentityPool(
        scope,
        "IdentityPool",
        identity_pool_name=name,
        allow_unauthenticated_identities=guests,
        allow_classic_flow=False,
        cognito_identity_providers=[
            cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
                client_id=client_id,
                provider_name=provider,
                # Checks with the user pool whether the token was revoked; without it a signed-out user keeps access.
                server_side_token_check=True,
            )
            for provider, client_id in logins
        ],
        **(providers.properties(scope) if providers is not None else {}),
    )
    return IdentityPool(id=made.ref, resource=made)


def warn_of_owners(scope: Construct, placeholders: Placeholders) -> None:
    """Warn that users of the identity pool's own providers have no user-pool `sub` and no claims of the user pool."""
    if placeholders.claims:
        Validations.of(scope).add_warning(
            "cognito-app:Auth.claimsOfUserPool",
            f"users of identity_providers have no {', '.join(sorted(placeholders.claims))}, because only the user "
            "pool's tokens carry it, and they reach no place that names it: let them sign in to the user pool with "
            "providers=[...]",
        )
    claim = OWNERS[placeholders.owner].claim
    if claim is None:
        return
    Validations.of(scope).add_warning(
        "cognito-app:Auth.ownersBySub",
        f"under owner={placeholders.owner!r} users of identity_providers own nothing, because only the user pool's "
        f"tokens carry its {claim}: "
        "use owner='identity', or let them sign in to the user pool with providers=[...]",
    )
