"""Who is nobody: requests that name no key, and pages that name an administrator's."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

pytestmark = pytest.mark.slow
LIST_TABLES = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
ROOT = "AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"


def ask(world: Any, headers: dict[str, str], path: str = "/") -> str:
    """Send a request to DynamoDB and return the error's type, or `allowed`."""
    request = urllib.request.Request(  # noqa: S310 - a loopback address
        world.cloud.endpoint_url + path, data=b"{}", headers={**LIST_TABLES, **headers}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            assert "TableNames" in json.load(answer)
    except urllib.error.HTTPError as error:
        return str(json.load(error)["__type"])
    return "allowed"


@pytest.mark.parametrize("authorization", ["", "Bearer {token}", "{token}", "Basic dGVzdDp0ZXN0", "garbage"])
def test_a_request_that_names_no_key_is_nobodys(world: Any, authorization: str) -> None:
    header = authorization.format(token=world.user()["IdToken"])
    assert ask(world, {"Authorization": header} if header else {}) == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("query", ["/?X-Amz-Credential=", "/?AWSAccessKeyId=", "/?X-Amz-Security-Token=x"])
def test_nor_does_an_empty_key_in_the_address_name_anybody(world: Any, query: str) -> None:
    assert ask(world, {}, query) == "MissingAuthenticationTokenException"


def test_a_page_may_not_use_the_administrators_key(world: Any) -> None:
    assert ask(world, {"Authorization": ROOT}) == "allowed"
    assert ask(world, {"Authorization": ROOT, "Origin": "https://evil.example.com"}) == "AccessDeniedException"
    assert ask(world, {"Authorization": ROOT, "Host": "evil.example.com"}) == "AccessDeniedException"
    credential = "X-Amz-Credential=test%2F20261124%2Fus-east-1%2Fdynamodb%2Faws4_request"
    assert ask(world, {"Sec-Fetch-Site": "cross-site"}, f"/?{credential}") == "AccessDeniedException"
    assert ask(world, {"Origin": "https://evil.example.com"}, "/_ministack/reset") == "AccessDeniedException"
