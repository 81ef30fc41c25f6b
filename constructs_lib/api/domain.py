"""Custom domain names of an API."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_apigatewayv2 as apigwv2

from constructs_lib.argument_checks import checked
from constructs_lib.host_names import check_host_name

if TYPE_CHECKING:
    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_route53 as route53
    from constructs import Construct


_BASE_PATH: Final = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Domain:
    """A domain name of an API. API Gateway's default endpoint is then disabled.

    Args:
        name: For example `api.example.com`.
        certificate: For that name, in the API's own region.
        zone: The hosted zone that gets the name's alias record. Default: create the record yourself, for
            `api.domain.regional_domain_name`.
        base_path: The base path of the API, for several APIs on one name. Default: the API has the whole name.

    Raises:
        ValueError: For an invalid domain name or base path.
    """

    name: str = field(kw_only=False)
    certificate: acm.ICertificate
    zone: route53.IHostedZone | None = None
    base_path: str | None = None

    def __post_init__(self) -> None:
        """Check the options; a token is accepted."""
        check_host_name("name", self.name)
        if self.base_path is not None and not _BASE_PATH.fullmatch(self.base_path):
            raise ValueError(
                f"base_path={self.base_path!r} is not valid; write it without a slash at either end, as v2/files"
            )

    @property
    def url(self) -> str:
        """The URL of requests, without a trailing slash."""
        return f"https://{self.name}" if self.base_path is None else f"https://{self.name}/{self.base_path}"


def create_domain(
    scope: Construct, domain: Domain, *, api_id: str, stage: Construct, stage_name: str
) -> apigwv2.DomainName:
    """Create the name, its mapping to a stage, and its record. Both engines use the same resources."""
    name = apigwv2.DomainName(
        scope,
        "Domain",
        domain_name=domain.name,
        certificate=domain.certificate,
        security_policy=apigwv2.SecurityPolicy.TLS_1_2,
    )
    mapping = apigwv2.CfnApiMapping(
        scope,
        "DomainMapping",
        api_id=api_id,
        domain_name=name.name,
        stage=stage_name,
        api_mapping_key=domain.base_path,
    )
    mapping.node.add_dependency(stage)
    if domain.zone is not None:
        from aws_cdk import aws_route53 as route53  # noqa: PLC0415 - slow to import, and few ask for it
        from aws_cdk import aws_route53_targets as targets  # noqa: PLC0415

        alias = targets.ApiGatewayv2DomainProperties(name.regional_domain_name, name.regional_hosted_zone_id)
        route53.ARecord(
            scope,
            "DomainRecord",
            zone=domain.zone,
            record_name=f"{domain.name}.",
            target=route53.RecordTarget.from_alias(alias),
        )
    return name
