"""A refusal tells a page why, when the page's origin may know: a browser hides every answer without CORS headers."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

pytestmark = pytest.mark.slow

ALLOW = "Access-Control-Allow-Origin"


def refused(documents: Any, host: str, **headers: str) -> requests.Response:
    answer = requests.post(
        documents.cloud.endpoint_url + "/shares", headers={"Host": host, **headers}, data="{}", timeout=5
    )
    assert answer.status_code in {400, 403}
    return answer


def test_an_api_tells_the_origins_of_its_configuration_only(documents: Any) -> None:
    host = urlsplit(documents.outputs["ApiUrl"]).netloc
    assert refused(documents, host, Origin="http://localhost:5173").headers[ALLOW] == "http://localhost:5173"
    assert ALLOW not in refused(documents, host, Origin="http://localhost:5999").headers
    assert ALLOW not in refused(documents, host).headers


def test_dynamodb_tells_every_origin(documents: Any) -> None:
    scan = {"X-Amz-Target": "DynamoDB_20120810.Scan", "Origin": "http://localhost:5999"}
    assert refused(documents, "dynamodb.us-east-1.amazonaws.com", **scan).headers[ALLOW] == "*"
