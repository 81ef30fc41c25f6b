"""A hosted page is reached through CloudFront only, carries its headers, and finds its configuration."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth
from constructs_lib.client import ClientConfig
from constructs_lib.hosting import Hosting
from constructs_lib.local.toolchain import node
from constructs_lib.storage import Storage
from tests.cfn_lint_rules import lint

CERTIFICATES = "arn:aws:acm:{}:111111111111:certificate/00000000-0000-0000-0000-000000000000"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<html></html>", encoding="utf-8")
    return tmp_path


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Page", env={"account": "111111111111", "region": "eu-west-1"})


def certificate(stack: Stack, region: str = "us-east-1") -> acm.ICertificate:
    return acm.Certificate.from_certificate_arn(stack, f"Certificate-{region}", CERTIFICATES.format(region))


def only(template: Template, kind: str) -> dict[str, Any]:
    [resource] = template.find_resources(kind).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


def headers_of(template: Template) -> dict[str, Any]:
    config = only(template, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    found: dict[str, Any] = config["SecurityHeadersConfig"]
    return found


def test_the_bucket_answers_the_distribution_and_nobody_else(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build)
    template = Template.from_stack(stack)
    bucket = only(template, "AWS::S3::Bucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    statements = only(template, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    [to_cloudfront] = [one for one in statements if one["Principal"] == {"Service": "cloudfront.amazonaws.com"}]
    assert to_cloudfront["Action"] == "s3:GetObject"
    assert set(to_cloudfront["Condition"]) == {"StringEquals"}
    assert list(to_cloudfront["Condition"]["StringEquals"]) == ["AWS:SourceArn"]
    assert not template.find_resources("AWS::CloudFront::CloudFrontOriginAccessIdentity")


def test_only_reading_over_tls_is_served(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build)
    behavior = only(Template.from_stack(stack), "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert behavior["DefaultCacheBehavior"]["ViewerProtocolPolicy"] == "redirect-to-https"
    assert behavior["DefaultCacheBehavior"]["AllowedMethods"] == ["GET", "HEAD"]
    assert "CustomErrorResponses" not in behavior, "a missing file stays missing"


def test_the_page_may_connect_to_its_own_region_and_nothing_else(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build)
    headers = headers_of(Template.from_stack(stack))
    policy = stack.resolve(headers["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    text = "".join(part if isinstance(part, str) else "SUFFIX" for part in policy["Fn::Join"][1])
    assert "default-src 'self'; connect-src 'self' https://*.eu-west-1.SUFFIX wss://*.eu-west-1.SUFFIX; " in text
    assert "script-src" not in text, "scripts come from the page's own origin only"
    assert text.endswith("frame-ancestors 'none'")
    assert headers["FrameOptions"] == {"FrameOption": "DENY", "Override": True}
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 2 * 365 * 24 * 3600
    assert headers["ContentTypeOptions"] == {"Override": True}


def test_named_sources_replace_the_regions(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build, connect_to=["https://api.example.com"])
    policy = headers_of(Template.from_stack(stack))["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert "connect-src 'self' https://api.example.com;" in policy


def test_assets_are_kept_for_a_year_and_the_page_is_asked_for_each_time_after_them(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build)
    deployments = Template.from_stack(stack).find_resources("Custom::CDKBucketDeployment")
    [(assets_id, assets)] = [(key, one) for key, one in deployments.items() if "Include" in one["Properties"]]
    [page] = [one for one in deployments.values() if "Include" not in one["Properties"]]
    assert assets["Properties"]["SystemMetadata"] == {"cache-control": "public, max-age=31536000, immutable"}
    assert assets["Properties"]["Prune"] is False, "open pages go on loading what they name"
    assert page["Properties"]["SystemMetadata"] == {"cache-control": "no-cache"}
    assert page["Properties"]["Exclude"] == ["assets/*"]
    assert assets_id in page["DependsOn"]


def test_the_configuration_is_written_at_deploy_with_what_the_stack_then_knows(stack: Stack, build: Path) -> None:
    auth = Auth(stack, "Auth")
    Hosting(stack, "Hosting", build=build, configuration=ClientConfig(stack, auth=auth).content)
    template = Template.from_stack(stack)
    pool = next(iter(template.find_resources("AWS::Cognito::UserPool")))
    template.has_resource_properties(
        "Custom::CDKBucketDeployment", {"SourceMarkers": Match.array_with([Match.object_like({})])}
    )
    assert f'{{"Ref": "{pool}"}}' in json.dumps(template.find_resources("Custom::CDKBucketDeployment"))


def test_bucket_and_api_may_name_the_page_that_is_configured_with_them(stack: Stack, build: Path) -> None:
    page = Hosting(stack, "Hosting", build=build)
    auth = Auth(stack, "Auth")
    access = {"private/{owner}/*": [allow.owner.to("read")]}
    storage = Storage(stack, "Files", auth=auth, access=access, cors_origins=[page.url])
    handler = lambda_.Function(
        stack,
        "Handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("pass"),
    )
    routes = [Route("GET", "/", handler, access=[allow.authenticated])]
    api = Api(stack, "Api", auth=auth, routes=routes, cors_origins=[page.url])
    page.configure(ClientConfig(stack, auth=auth, storage=[storage], apis={"main": api.url}).content)
    # Fails for a circular dependency.
    Template.from_stack(stack)
    with pytest.raises(ValueError, match="'Page/Hosting' already has a configuration"):
        page.configure({})


def test_routes_of_the_page_get_the_page_and_files_stay_files(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build)
    code = only(Template.from_stack(stack), "AWS::CloudFront::Function")["FunctionCode"]
    paths = ["/", "/notes", "/notes/1", "/v1.2/notes", "/assets/index-a1.js", "/amplify_outputs.json"]
    program = f"{code}; console.log(JSON.stringify({paths}.map((uri) => handler({{ request: {{ uri }} }}).uri)))"
    said = subprocess.run([node(), "-e", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == ["/index.html"] * 4 + ["/assets/index-a1.js", "/amplify_outputs.json"]


def test_a_name_of_ones_own_is_the_pages_address(stack: Stack, build: Path) -> None:
    names = ["app.example.com", "www.example.com"]
    hosting = Hosting(stack, "Hosting", build=build, domain_names=names, certificate=certificate(stack))
    assert hosting.url == "https://app.example.com"
    config = only(Template.from_stack(stack), "AWS::CloudFront::Distribution")["DistributionConfig"]
    assert config["Aliases"] == names
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_a_kept_bucket_is_not_emptied(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build, removal_policy=RemovalPolicy.RETAIN)
    template = Template.from_stack(stack)
    template.resource_count_is("Custom::S3AutoDeleteObjects", 0)
    template.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Retain"})


@pytest.mark.slow
def test_cfn_lint_finds_nothing(stack: Stack, build: Path) -> None:
    Hosting(stack, "Hosting", build=build, domain_names=["app.example.com"], certificate=certificate(stack))
    assert lint(dict(Template.from_stack(stack).to_json()), "eu-west-1") == []


def test_a_folder_without_a_page_is_refused(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="build="):
        Hosting(stack, "Hosting", build=tmp_path)


def test_names_and_certificate_come_together_and_from_us_east_1(stack: Stack, build: Path) -> None:
    with pytest.raises(ValueError, match=r"domain_names=\['app\.example\.com'\] needs a certificate in us-east-1"):
        Hosting(stack, "A", build=build, domain_names=["app.example.com"])
    with pytest.raises(ValueError, match="certificate has no effect without domain_names"):
        Hosting(stack, "B", build=build, certificate=certificate(stack))
    with pytest.raises(ValueError, match="certificate is in eu-west-1"):
        Hosting(stack, "C", build=build, domain_names=["app.example.com"], certificate=certificate(stack, "eu-west-1"))
