"""Issuers of tokens that the templates themselves serve: whoever writes their keys signs in as any user.

A pool that trusts an issuer fetches its keys from the issuer's address, where `.well-known/openid-configuration` names
them. Sources: "Setting up an OIDC provider as an identity pool IdP", "Using OIDC identity providers with a user pool",
"Using SAML identity providers with a user pool" (Amazon Cognito developer guide); "OpenID Connect Discovery 1.0".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

CONFIGURATION: Final = ".well-known/openid-configuration"
SIGNS: Final = "by tokens for any user, with keys of its own"
_PROVIDERS: Final = ("AWS::IAM::OIDCProvider", "Custom::AWSCDKOpenIdConnectProvider")
_ADDRESSES: Final = ("attributes_url", "jwks_uri", "MetadataURL", "oidc_issuer", "token_url")
"""Settings of a user pool's provider with the address of what says who signs in."""
_OF_PROVIDER: Final = "oidc-provider/"
_DOMAINS: Final = ("AWS::ApiGateway", "AWS::CertificateManager::", "AWS::CloudFront::", "AWS::Route53::")
"""The starts of types that give what the templates serve a domain of the team."""


def issuers(reachable: ReachableResources) -> Iterator[tuple[Resource, str]]:
    """Yield the resources that trust an issuer of tokens, each with the issuer's address."""
    for by in reachable.model.resources:
        if by.type in _PROVIDERS:
            yield by, str(by.get("Url"))
        elif by.type == "AWS::Cognito::IdentityPool":
            arns = [str(each) for each in as_list(by.get("OpenIdConnectProviderARNs"))]
            yield from ((by, each.partition(_OF_PROVIDER)[2] or each) for each in arns)
        elif by.type == "AWS::Cognito::UserPoolIdentityProvider":
            details = by.get("ProviderDetails")
            found = [details.get(each) for each in _ADDRESSES] if isinstance(details, Mapping) else [details]
            yield from ((by, str(each)) for each in found if each)


def trusting(by: Resource, bucket: str, reachable: ReachableResources) -> Iterator[tuple[Resource, bool]]:
    """Yield the resources that trust an issuer which may be served from a bucket, each with whether it surely is.

    `by` is what serves the bucket.
    """
    ours = {by.place, bucket, *reachable.names.within(by.properties, by)}
    for each, address in issuers(reachable):
        named = reachable.names.within(address, each)
        if named & ours or (not named and _may_be_served(address, reachable)):
            yield each, bool(named)


def _may_be_served(address: str, reachable: ReachableResources) -> bool:
    """Return whether an address without the name of a resource may be of one: by a parameter, or a domain."""
    host = address.removeprefix("https://").partition("/")[0]
    served = (each for each in reachable.model.resources if each.type.startswith(_DOMAINS))
    return is_unknown(address) or any(host in str(each.properties) for each in served)
