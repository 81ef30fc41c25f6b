"""Functions that fail behind an address: what their callers and their log groups learn."""

import json
import time
from typing import Any

import pytest
import requests

from tests.local.emulator.http_apis import path_of_created
from tests.local.emulator.test_lambda_runtimes import function

pytestmark = pytest.mark.slow

INTERNAL = {"message": "Internal server error"}
RAISES = "def handler(event, context):\n    raise RuntimeError('the password is hunter2')\n"
LACKS = "import hunter2\n\ndef handler(event, context):\n    return {}\n"
RETURNS = "import json\n\ndef handler(event, context):\n    return json.loads(event['queryStringParameters']['what'])\n"
SECONDS = 30


def by_http_api(emulator: Any, name: str) -> str:
    arn = emulator.admin("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    emulator.admin("lambda").add_permission(
        FunctionName=name, StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    integration = {"type": "AWS_PROXY", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": arn}
    body = {
        "openapi": "3.0.1",
        "info": {"title": name, "version": "1"},
        "paths": {"/": {"get": {"responses": {}, "x-amazon-apigateway-integration": integration}}},
    }
    api: dict[str, tuple[str, dict[str, Any]]]
    api = {"Api": ("Api", {"Body": body}), "Stage": ("Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default"})}
    return f"{emulator.cloud.endpoint_url}{path_of_created(emulator, api)}/"


def by_rest_api(emulator: Any, name: str) -> str:
    gateway = emulator.admin("apigateway")
    arn = emulator.admin("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    emulator.admin("lambda").add_permission(
        FunctionName=name, StatementId="rest", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=api, stageName="live")
    return f"{emulator.cloud.endpoint_url}/_aws/execute-api/{api}/live/"


@pytest.mark.parametrize("address", [by_http_api, by_rest_api])
@pytest.mark.parametrize(
    ("source", "logged"),
    [(RAISES, "hunter2"), (LACKS, "No module named 'hunter2'")],
    ids=["raises", "lacks a module"],
)
def test_the_error_of_a_function_is_in_its_log_group_and_not_in_the_answer(
    emulator: Any, address: Any, source: str, logged: str
) -> None:
    name = function(emulator, source)
    answer = requests.get(address(emulator, name), timeout=SECONDS)
    assert (answer.status_code, answer.json()) == (502, INTERNAL)
    until = time.monotonic() + SECONDS
    while not (lines := _logged(emulator, name)) or not any(logged in line for line in lines):
        assert time.monotonic() < until, lines
        time.sleep(0.1)


def test_a_rest_api_answers_with_an_error_if_its_function_returns_no_response(emulator: Any) -> None:
    address = by_rest_api(emulator, function(emulator, RETURNS))
    for returned in ({"says": "hello"}, "hello", ["hello"], None, {"statusCode": 200, "body": {"says": "hello"}}):
        answer = requests.get(address, params={"what": json.dumps(returned)}, timeout=SECONDS)
        assert (answer.status_code, answer.json()) == (502, INTERNAL), returned
    for returned in ({"statusCode": 201, "body": "hello"}, {"statusCode": 201, "body": "hello", "headers": {"a": "b"}}):
        answer = requests.get(address, params={"what": json.dumps(returned)}, timeout=SECONDS)
        assert (answer.status_code, answer.text) == (201, "hello"), returned


def _logged(emulator: Any, name: str) -> list[str]:
    logs = emulator.admin("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]:
        return []
    return [each["message"] for each in logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]]
