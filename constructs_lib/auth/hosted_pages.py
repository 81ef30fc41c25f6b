"""Hosted pages: their domain, and the branding of each client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack, Validations
from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.domains import CustomDomain, PrefixDomain
from constructs_lib.auth.terms_of_use import create_terms
from constructs_lib.auth.value_checks import is_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_route53 as route53
    from constructs import Construct

    from constructs_lib.auth.domains import Domain

_CLOUDFRONT_ZONE: Final = "Z2FDTNDATAQYW2"
"""The hosted zone of every CloudFront distribution ("AliasTarget", CloudFormation user guide)."""


class HostedPages:
    """The hosted pages of a user pool.

    Args:
        scope: The parent construct.
        user_pool: The user pool.
        domain: Their domain and branding.

    Raises:
        ValueError: For a custom domain in a partition without CloudFront.

    Attributes:
        domain: The domain, with its records if its zone is known.
    """

    def __init__(self, scope: Construct, user_pool: cognito.IUserPool, domain: Domain) -> None:
        """Create the domain."""
        self._scope = scope
        self._user_pool = user_pool
        self._branding = domain.branding
        if isinstance(domain, PrefixDomain):
            self.domain = cognito.UserPoolDomain(
                scope,
                "Domain",
                user_pool=user_pool,
                cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain.prefix),
                managed_login_version=_version(domain),
            )
        else:
            self.domain = _create_custom_domain(scope, user_pool, domain)

    def brand(self, clients: Mapping[str, str]) -> None:
        """Give clients' pages a style and links; managed login shows "Login pages unavailable" without a style.

        `clients` are their IDs, by name.
        """
        if not self._branding.classic:
            for name, client_id in clients.items():
                self._brand(name, client_id)

    def _brand(self, name: str, client_id: str) -> None:
        branding = self._branding
        cognito.CfnManagedLoginBranding(
            self._scope,
            f"{name}Branding",
            user_pool_id=self._user_pool.user_pool_id,
            client_id=client_id,
            settings=branding.settings,
            assets=list(branding.assets) or None,
            use_cognito_provided_values=True if branding.settings is None and not branding.assets else None,
        )
        if branding.terms_of_use is not None and branding.privacy_policy is not None:
            create_terms(
                self._scope,
                self._user_pool,
                client_name=name,
                client_id=client_id,
                terms_of_use=branding.terms_of_use,
                privacy_policy=branding.privacy_policy,
            )


def _version(domain: Domain) -> cognito.ManagedLoginVersion:
    if domain.branding.classic:
        return cognito.ManagedLoginVersion.CLASSIC_HOSTED_UI
    return cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN


def _create_custom_domain(
    scope: Construct, user_pool: cognito.IUserPool, domain: CustomDomain
) -> cognito.UserPoolDomain:
    region = Stack.of(scope).region
    if is_known(region) and region.startswith(("us-gov-", "cn-")):
        raise ValueError(
            f"domain {domain.name!r} is a custom domain, which user pools in {region} do not support; use a "
            "PrefixDomain"
        )
    created = cognito.UserPoolDomain(
        scope,
        "Domain",
        user_pool=user_pool,
        custom_domain=cognito.CustomDomainOptions(domain_name=domain.name, certificate=domain.certificate),
        managed_login_version=_version(domain),
    )
    resource = created.node.default_child
    assert isinstance(resource, cognito.CfnUserPoolDomain)  # noqa: S101 - what the L2 is made of
    resource.custom_domain_config = cognito.CfnUserPoolDomain.CustomDomainConfigTypeProperty(
        certificate_arn=domain.certificate.certificate_arn, security_policy=domain.security_policy
    )
    if domain.hosted_zone is not None:
        _create_records(scope, resource, domain, domain.hosted_zone)
    _warn_of_parent(scope, domain.name)
    return created


def _create_records(
    scope: Construct, resource: cognito.CfnUserPoolDomain, domain: CustomDomain, zone: route53.IHostedZone
) -> None:
    from aws_cdk import aws_route53 as route53  # noqa: PLC0415 - a CDK submodule costs 50 ms, and few pools have one

    for type_ in ("A", "AAAA"):
        route53.CfnRecordSet(
            scope,
            f"Domain{type_}Record",
            hosted_zone_id=zone.hosted_zone_id,
            name=f"{domain.name}.",
            type=type_,
            alias_target=route53.CfnRecordSet.AliasTargetProperty(
                dns_name=resource.attr_cloud_front_distribution, hosted_zone_id=_CLOUDFRONT_ZONE
            ),
        )


def _warn_of_parent(scope: Construct, name: str) -> None:
    parent = name.partition(".")[2] if is_known(name) else "the parent domain"
    Validations.of(scope).add_warning(
        "cognito-app:Auth.parentDomain",
        f"{parent} must have an A record before the domain {name} is created, or Cognito refuses it",
    )
