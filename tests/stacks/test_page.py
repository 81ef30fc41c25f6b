"""The page in the stack, on request: everything knows its address, and cdk-nag finds nothing unacknowledged."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Template

from stacks.document_stack import DocumentStack
from stacks.settings import settings_for


@pytest.fixture(scope="module")
def stack(build: Callable[..., DocumentStack], tmp_path_factory: pytest.TempPathFactory) -> DocumentStack:
    """Return the production stack with a page."""
    page = tmp_path_factory.mktemp("page")
    (page / "index.html").write_text("<html></html>", encoding="utf-8")
    return build(settings_for("prod"), page=page)


def test_bucket_and_api_let_the_page_in_and_its_address_is_an_output(stack: DocumentStack) -> None:
    template = Template.from_stack(stack)
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


@pytest.mark.slow
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(
    stack: DocumentStack, synth: Callable[..., dict[str, Any]]
) -> None:
    assert synth(stack, nag=True)
