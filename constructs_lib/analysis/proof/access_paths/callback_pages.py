"""Addresses to which Cognito sends users after sign-in and sign-out: a page there gets their tokens.

Sources: "App client settings terminology", "Authorize endpoint" (Amazon Cognito developer guide): the implicit grant
returns tokens in the address. "Use custom URLs by adding alternate domain names" (Amazon CloudFront developer guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import ATOM, as_glob
from constructs_lib.analysis.template.globs import globs_meet, may_be_equal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.resources import Resource

_CLIENT: Final = "AWS::Cognito::UserPoolClient"
_ADDRESSES: Final = ("CallbackURLs", "DefaultRedirectURI", "LogoutURLs")
_URL: Final = re.compile(
    rf"https?://(?P<host>(?:{ATOM.pattern}|[^/?#:⟦])*)(?::\d+)?/?(?P<path>(?:{ATOM.pattern}|[^?#⟦])*)", re.IGNORECASE
)
_TENANT: Final = "AWS::CloudFront::DistributionTenant"
_MAPPINGS: Final = ("AWS::ApiGateway::BasePathMapping", "AWS::ApiGatewayV2::ApiMapping")
_NAMES: Final = ("AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName")


def callback_keys(distribution: Resource, config: Mapping[str, Any], resources: Sequence[Resource]) -> dict[str, str]:
    """Return the paths of a distribution to which Cognito sends users, each with the property that says so."""
    domains = [*as_list(config.get("Aliases")), *as_list(config.get("CNAMEs"))]
    for tenant in (each for each in resources if each.type == _TENANT):
        if distribution.is_named_in(str(tenant.get("DistributionId"))):
            named = as_list(tenant.get("Domains"))
            domains += [each.get("Domain") if isinstance(each, Mapping) else each for each in named]
    return {
        path: f"{name} of {client.name}"
        for client, name, host, path in _callbacks(resources)
        if path and (distribution.is_named_in(host) or any(_may_be(host, str(each)) for each in domains))
    }


def gets_callbacks(api: str, resources: Sequence[Resource]) -> bool:
    """Return whether Cognito sends users to an API, by its ID."""
    hosts = [host for _, _, host, path in _callbacks(resources) if path]
    if not hosts:
        return False
    domains = [
        name
        for each in resources
        if each.type in _MAPPINGS and api == str(each.get("ApiId", each.get("RestApiId")))
        for name in (str(each.get("DomainName")), *_names(str(each.get("DomainName")), resources))
    ]
    return any(host.startswith(f"{api}.") or any(_may_be(host, each) for each in domains) for host in hosts)


def _names(text: str, resources: Sequence[Resource]) -> Iterator[str]:
    return (str(each.get("DomainName")) for each in resources if each.type in _NAMES and each.is_named_in(text))


def _callbacks(resources: Sequence[Resource]) -> Iterator[tuple[Resource, str, str, str]]:
    """Yield the clients with the property, host and path of each of their addresses."""
    for client in resources:
        for name in _ADDRESSES if client.type == _CLIENT else ():
            for address in as_list(client.get(name)):
                found = _URL.match(str(address))
                if found is not None:
                    yield client, name, found["host"], found["path"]


def _may_be(host: str, domain: str) -> bool:
    return may_be_equal(host.lower(), domain.lower()) or (
        domain.startswith("*.") and globs_meet(as_glob(host.lower()), domain.lower())
    )
