"""The identity providers of a user pool, and checks of them against the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import SecretValue
from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.construct_ids import id_part
from constructs_lib.auth.secret_references import secret_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_lib.auth.attributes import AttributeSet
    from constructs_lib.auth.providers import Provider

MAX_PROVIDERS: Final = 300
"""Identity providers of a user pool ("Quotas in Amazon Cognito")."""


def check_providers(providers: Sequence[Provider], attributes: AttributeSet) -> None:
    """Refuse providers whose users could not sign in, or only once.

    Raises:
        ValueError: For duplicate names, more providers than Cognito allows, a mapping that lacks a required attribute
            or names one that the pool does not have, or a mapped attribute that is immutable.
    """
    names = [provider.name for provider in providers]
    if len(names) > MAX_PROVIDERS:
        raise ValueError(
            f"providers has {len(names)} providers, and a user pool has at most {MAX_PROVIDERS}; remove some"
        )
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two providers have the name {min(twice)!r}; rename one of them")
    for provider in providers:
        mapped = provider.attribute_mapping.keys() - {"username"}
        attributes.check_names(f"the attribute_mapping of {provider.name!r}", sorted(mapped))
        if missing := sorted(attributes.required - mapped):
            raise ValueError(
                f"attribute_mapping of {provider.name!r} does not contain {', '.join(missing)}, without which no user "
                "can be created; map it to an attribute of the provider"
            )
        if frozen := sorted(name for name in mapped if not attributes.mutable(name)):
            raise ValueError(
                f"attribute_mapping of {provider.name!r} contains {frozen[0]!r}, which is immutable, and Cognito "
                "writes it at each sign-in, so users could sign in once only; declare it with mutable=True"
            )


def create_provider(
    scope: Construct, user_pool: cognito.IUserPool, provider: Provider
) -> cognito.CfnUserPoolIdentityProvider:
    """Create a provider.

    Raises:
        ValueError: For a secret that would be in the template.
    """
    details = provider.details()
    for key, value in details.items():
        if isinstance(value, SecretValue):
            details[key] = secret_reference(scope, value, where=f"{provider.name} {key}")
    return cognito.CfnUserPoolIdentityProvider(
        scope,
        f"{id_part(provider.name)}Provider",
        user_pool_id=user_pool.user_pool_id,
        provider_name=provider.name,
        provider_type=provider.kind,
        provider_details=details,
        attribute_mapping=dict(provider.attribute_mapping),
        idp_identifiers=list(getattr(provider, "identifiers", ())) or None,
    )
