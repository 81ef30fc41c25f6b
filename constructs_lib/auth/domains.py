"""Hosted pages as values: their domain and branding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from constructs_lib.argument_checks import checked
from constructs_lib.auth.terms_of_use import check_links
from constructs_lib.auth.value_checks import is_known
from constructs_lib.host_names import check_host_name
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_route53 as route53
    from constructs import Construct

SecurityPolicy: TypeAlias = Literal["TLS_V1", "TLS_V1_2_2021", "TLS_V1_3_2025"]
_TYPE: Final = "AWS::Cognito::UserPoolDomain"
_PREFIX: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RESERVED: Final = ("aws", "amazon", "cognito")
_CERTIFICATE_REGION: Final = "us-east-1"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Branding:
    """The branding of hosted pages.

    Args:
        settings: The JSON of a style, as exported by Cognito's branding editor. Default: Cognito's default style.
        assets: Logos and backgrounds, as in `AWS::Cognito::ManagedLoginBranding`. Default: Cognito's logos and
            backgrounds.
        classic: Whether to use the older hosted UI, the only one in the plan "lite". Default: managed login.
        terms_of_use: The address of the terms that sign-up links to, or addresses by language, including "default":
            `{"default": "https://...", "german": "https://..."}`. Default: no link.
        privacy_policy: The same for the privacy policy; Cognito shows neither without the other. Default: no link.

    Raises:
        ValueError: For one of the two links without the other, or with the older hosted UI; an unknown language; or an
            address without TLS.
    """

    settings: Mapping[str, Any] | None = None
    assets: Sequence[cognito.CfnManagedLoginBranding.AssetTypeProperty] = ()
    classic: bool = False
    terms_of_use: str | Mapping[str, str] | None = None
    privacy_policy: str | Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Check the links."""
        if (self.terms_of_use is None) is not (self.privacy_policy is None):
            raise ValueError(
                f"terms_of_use={self.terms_of_use!r} and privacy_policy={self.privacy_policy!r} are not both set, and "
                "Cognito shows neither alone; set both"
            )
        if self.terms_of_use is None or self.privacy_policy is None:
            return
        if self.classic:
            raise ValueError("terms_of_use and privacy_policy need managed login; remove classic=True, or remove both")
        check_links("terms_of_use", self.terms_of_use)
        check_links("privacy_policy", self.privacy_policy)


@checked
@dataclass(frozen=True, slots=True)
class PrefixDomain:
    """A Cognito prefix domain: `<prefix>.auth.<region>.amazoncognito.com`.

    Args:
        prefix: The prefix, unique among all pools of the region. Changing it replaces the domain.
        branding: The branding of its pages. Default: managed login in Cognito's own style.

    Raises:
        ValueError: For a prefix that Cognito refuses: a bad format, or a reserved word in it.
    """

    prefix: str
    branding: Branding = field(default_factory=Branding, kw_only=True)

    def __post_init__(self) -> None:
        """Check the format and the reserved words; the AWS SDK's pattern covers only the format."""
        if not is_known(self.prefix):
            return
        if not _PREFIX.fullmatch(self.prefix):
            raise ValueError(
                f"prefix {self.prefix!r} is not valid; use 1 to 63 lower-case letters, digits and hyphens, without a "
                "hyphen at either end"
            )
        if word := next((word for word in _RESERVED if word in self.prefix), None):
            raise ValueError(f"prefix {self.prefix!r} contains {word!r}, which Cognito reserves; use another name")


@checked
@dataclass(frozen=True, slots=True)
class CustomDomain:
    """A custom domain, such as `auth.example.com`.

    Its parent, `example.com`, must have an address (an A record) when the domain is created, or Cognito refuses it.

    Args:
        name: The domain.
        certificate: Its certificate, in us-east-1 regardless of the pool's region.
        hosted_zone: The Route 53 zone for its records. Default: you create the records yourself.
        branding: The branding of its pages. Default: managed login in Cognito's own style.
        security_policy: The minimum TLS version: "TLS_V1", "TLS_V1_2_2021" or "TLS_V1_3_2025". Default:
            "TLS_V1_2_2021".

    Raises:
        ValueError: For a name that is not a host name or too long, an unknown policy, or a certificate of another
            region.
    """

    name: str
    certificate: acm.ICertificate = field(kw_only=True)
    hosted_zone: route53.IHostedZone | None = field(default=None, kw_only=True)
    branding: Branding = field(default_factory=Branding, kw_only=True)
    security_policy: SecurityPolicy = field(default="TLS_V1_2_2021", kw_only=True)

    def __post_init__(self) -> None:
        """Check the name, and the certificate's region if it is known."""
        check_host_name("domain", self.name)
        check_limits("domain", self.name, _TYPE, "Domain")
        check_limits("security_policy", self.security_policy, _TYPE, "CustomDomainConfig.SecurityPolicy")
        # An imported certificate's region is that of its ARN, not of the stack it is imported into.
        arn = self.certificate.certificate_arn
        region = arn.split(":")[3] if is_known(arn) else self.certificate.env.region
        if is_known(region) and region != _CERTIFICATE_REGION:
            raise ValueError(
                f"certificate of {self.name!r} is in {region}, and the domain's CloudFront distribution uses "
                f"certificates in {_CERTIFICATE_REGION} only; create it in a stack in that region, with "
                "cross_region_references"
            )


Domain: TypeAlias = PrefixDomain | CustomDomain


def relying_party_of(scope: Construct, domain: Domain | None) -> str | None:
    """Return the host name of the hosted pages, the default relying party of passkeys."""
    if isinstance(domain, CustomDomain):
        return domain.name
    if isinstance(domain, PrefixDomain):
        region = Stack.of(scope).region
        # GovCloud has only FIPS endpoints.
        auth = "auth-fips" if is_known(region) and region.startswith("us-gov-") else "auth"
        return f"{domain.prefix}.{auth}.{region}.amazoncognito.com"
    return None
