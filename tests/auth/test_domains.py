"""Hosted pages: their domain, its records and their style."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, CustomDomain, PrefixDomain

Find = Callable[[str], Any]
CERTIFICATE = "arn:aws:acm:{}:111122223333:certificate/12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize("prefix", ["a", "my-app", "a" * 63, "${Token[Prefix.1]}"])
def test_a_prefix_is_small_letters_digits_and_dashes(prefix: str) -> None:
    assert PrefixDomain(prefix).prefix == prefix


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("aws-foo", "prefix 'aws-foo' contains 'aws', which Cognito reserves"),
        ("my-cognito-app", "prefix 'my-cognito-app' contains 'cognito', which Cognito reserves"),
        ("amazonian", "prefix 'amazonian' contains 'amazon', which Cognito reserves"),
        ("-x", "use 1 to 63 lower-case letters, digits and hyphens, without"),
        ("x-", "use 1 to 63 lower-case letters, digits and hyphens, without"),
        ("a" * 70, "use 1 to 63"),
        ("My-App", "prefix 'My-App' is not valid"),
        ("", "use 1 to 63"),
    ],
)
def test_a_prefix_cognito_refuses_is_refused_at_once(prefix: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PrefixDomain(prefix)


def test_hosted_pages_are_managed_login_with_a_style_for_every_client(resources: Find) -> None:
    found = resources("clients")
    assert found.named("AuthDomain")["ManagedLoginVersion"] == 2
    styled = {each["ClientId"] for each in found.of_type("AWS::Cognito::ManagedLoginBranding")}
    assert styled == {"<AuthWebClient>", "<AuthNativeClient>", "<AuthServerClient>"}
    assert found.named("AuthWebBranding")["UseCognitoProvidedValues"] is True
    assert resources("custom_domain").named("AuthWebBranding")["Settings"] == {"components": {}}


def test_the_plan_lite_has_the_classic_pages(resources: Find) -> None:
    found = resources("classic")
    assert found.named("AuthDomain")["ManagedLoginVersion"] == 1
    assert not found.of_type("AWS::Cognito::ManagedLoginBranding")


def test_a_custom_domain_gets_its_records(resources: Find) -> None:
    found = resources("custom_domain")
    certificate = CERTIFICATE.format("us-east-1")
    assert found.named("AuthDomain") == {
        "UserPoolId": "<AuthUserPool>",
        "Domain": "auth.example.com",
        "CustomDomainConfig": {"CertificateArn": certificate, "SecurityPolicy": "TLS_V1_2_2021"},
        "ManagedLoginVersion": 2,
    }
    for type_ in ("A", "AAAA"):
        assert found.named(f"AuthDomain{type_}Record") == {
            "HostedZoneId": "Z1",
            "Name": "auth.example.com.",
            "Type": type_,
            "AliasTarget": {"DNSName": "<AuthDomain.CloudFrontDistribution>", "HostedZoneId": "Z2FDTNDATAQYW2"},
        }


def test_the_parent_of_a_custom_domain_must_exist(stack: Stack, warnings: Callable[[Stack], set[str]]) -> None:
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE.format("us-east-1"))
    Auth(stack, "Auth", domain=CustomDomain("auth.example.com", certificate=certificate))
    assert "cognito-app:Auth.parentDomain" in warnings(stack)


def test_a_certificate_of_us_east_1_may_be_imported_into_a_stack_elsewhere() -> None:
    stack = Stack(App(), "Elsewhere", env={"account": "111122223333", "region": "eu-west-1"})
    arn = CERTIFICATE.format("us-east-1")
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", arn)
    assert CustomDomain("auth.example.com", certificate=certificate).certificate.certificate_arn == arn


def test_a_certificate_outside_us_east_1_is_refused(stack: Stack) -> None:
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE.format("eu-west-1"))
    with pytest.raises(ValueError, match=r"'auth.example.com' is in eu-west-1, .* us-east-1 only"):
        CustomDomain("auth.example.com", certificate=certificate)


def test_a_certificate_of_a_stack_of_unknown_region_is_accepted(stack: Stack) -> None:
    CustomDomain("auth.example.com", certificate=acm.Certificate(stack, "Certificate", domain_name="auth.example.com"))


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_custom_domains_do_not_exist_everywhere(region: str) -> None:
    stack = Stack(App(), "Stack", env={"account": "111122223333", "region": region})
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE.format("us-east-1"))
    with pytest.raises(ValueError, match=f"is a custom domain, which user pools in {region} do not support"):
        Auth(stack, "Auth", domain=CustomDomain("auth.example.com", certificate=certificate))


@pytest.mark.parametrize("name", ["https://auth.example.com", "Auth.example.com", "auth.example.com/", "a..b"])
def test_a_domain_is_a_host_name(stack: Stack, name: str) -> None:
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE.format("us-east-1"))
    with pytest.raises(ValueError, match="write it in lower case without scheme, port or path, such"):
        CustomDomain(name, certificate=certificate)


def test_a_custom_domain_speaks_tls_of_the_version_it_is_told(stack: Stack) -> None:
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE.format("us-east-1"))
    domain = CustomDomain("auth.example.com", certificate=certificate, security_policy="TLS_V1_3_2025")
    Auth(stack, "Auth", domain=domain)
    Template.from_stack(stack).has_resource_properties(
        "AWS::Cognito::UserPoolDomain", {"CustomDomainConfig": {"SecurityPolicy": "TLS_V1_3_2025"}}
    )
    policy: Any = "TLS_1_2"
    with pytest.raises(ValueError, match="use 'TLS_V1', 'TLS_V1_2_2021', 'TLS_V1_3_2025'"):
        CustomDomain("auth.example.com", certificate=certificate, security_policy=policy)
    with pytest.raises(ValueError, match="has 66 characters"):
        CustomDomain(f"auth.{'a' * 49}.example.com", certificate=certificate)
