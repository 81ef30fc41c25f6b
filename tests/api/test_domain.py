"""An API under a name of its own."""

from typing import Any

import pytest
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53

from constructs_lib.api import Domain, Route, anyone
from tests import cdk_stubs

CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_both_engines_get_name_mapping_and_record(bench: Any, kind: str) -> None:
    certificate = acm.Certificate.from_certificate_arn(bench.stack, "Certificate", CERTIFICATE)
    zone = route53.HostedZone.from_hosted_zone_attributes(
        bench.stack, "Zone", hosted_zone_id="Z1", zone_name="example.com"
    )
    domain = Domain(name="api.example.com", certificate=certificate, zone=zone, base_path="v2/files")
    api = bench.api(Route("GET", "/a", bench.shares, access=[anyone]), kind=kind, domain=domain)
    assert api.url == "https://api.example.com/v2/files"
    (configuration,) = bench.only("AWS::ApiGatewayV2::DomainName")["DomainNameConfigurations"]
    assert configuration["CertificateArn"] == CERTIFICATE
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    mapping = bench.only("AWS::ApiGatewayV2::ApiMapping")
    assert mapping["ApiMappingKey"] == "v2/files"
    record = bench.only("AWS::Route53::RecordSet")
    assert (record["Name"], record["Type"], record["HostedZoneId"]) == ("api.example.com.", "A", "Z1")


def test_the_apis_own_address_is_then_switched_off(bench: Any) -> None:
    certificate = acm.Certificate.from_certificate_arn(bench.stack, "Certificate", CERTIFICATE)
    domain = Domain(name="api.example.com", certificate=certificate)
    bench.api(Route("GET", "/a", bench.shares, access=[anyone]), domain=domain)
    body = bench.only("AWS::ApiGatewayV2::Api")["Body"]
    assert body["x-amazon-apigateway-endpoint-configuration"] == {"disableExecuteApiEndpoint": True}
    assert bench.resources("AWS::Route53::RecordSet") == {}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "https://api.example.com"}, r"name='https://api\.example\.com' is not a host name"),
        ({"name": "api"}, "name='api' is not a host name"),
        ({"name": "API.example.com"}, "in lower case"),
        ({"name": "api.example.com", "base_path": "/v2"}, "base_path='/v2' is not valid"),
    ],
)
def test_what_is_no_name_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Domain(certificate=cdk_stubs.CERTIFICATE, **options)
