"""The page in the stack, on request: everything knows its address, and cdk-nag finds nothing unacknowledged."""

from pathlib import Path

from aws_cdk import App, Validations
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from stacks.document_stack import DocumentStack
from stacks.settings import settings_for
from tests.synthesis import CONTEXT


def build(page: Path) -> DocumentStack:
    (page / "index.html").write_text("<html></html>", encoding="utf-8")
    app = App(context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return DocumentStack(app, "Documents", settings=settings_for("prod"), account=None, region=None, page=page)


def test_bucket_and_api_let_the_page_in_and_its_address_is_an_output(tmp_path: Path) -> None:
    template = Template.from_stack(build(tmp_path))
    [distribution] = template.find_resources("AWS::CloudFront::Distribution")
    address = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [distribution, "DomainName"]}]]}
    buckets = template.find_resources("AWS::S3::Bucket").values()
    [cors] = [
        bucket["Properties"]["CorsConfiguration"] for bucket in buckets if "CorsConfiguration" in bucket["Properties"]
    ]
    assert cors["CorsRules"][0]["AllowedOrigins"] == [address]
    [api] = template.find_resources("AWS::ApiGatewayV2::Api").values()
    assert api["Properties"]["Body"]["x-amazon-apigateway-cors"]["allowOrigins"] == [address]
    assert template.to_json()["Outputs"]["PageUrl"]["Value"] == address


def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(tmp_path: Path) -> None:
    app = build(tmp_path).node.root
    assert isinstance(app, App)
    app.synth()
