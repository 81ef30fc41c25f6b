"""The resource policy of a REST API is enforced for methods with an authorizer."""

import io
import json
import zipfile
from typing import Any

import pytest
import requests

pytestmark = pytest.mark.slow
LOGS = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
AUTHORIZER = """
def handler(event, context):
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
"""


@pytest.fixture(scope="module")
def rest(emulator: Any) -> tuple[str, str]:
    """Return the ID of a REST API with a method for each kind of authorizer, and the address of its stage."""
    client, functions, stream = emulator.admin("apigateway"), emulator.admin("lambda"), io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", AUTHORIZER)
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    function = functions.create_function(
        FunctionName=emulator.name("authorizer"), Role=emulator.role([LOGS], "", trust=trust), Handler="index.handler",
        Code={"ZipFile": stream.getvalue()}, Runtime="python3.13",
    )["FunctionArn"]  # fmt: skip
    functions.add_permission(
        FunctionName=function, StatementId="a", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    api = client.create_rest_api(name=emulator.name("rest"))["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    source = {"restApiId": api, "identitySource": "method.request.header.Authorization"}
    pool = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{emulator.user_pool}"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    kinds = {
        "COGNITO_USER_POOLS": client.create_authorizer(
            **source, name="c", type="COGNITO_USER_POOLS", providerARNs=[pool]
        )["id"],
        "CUSTOM": client.create_authorizer(**source, name="l", type="TOKEN", authorizerUri=uri)["id"],
    }
    for kind, authorizer in kinds.items():
        resource = client.create_resource(restApiId=api, parentId=root, pathPart=kind)["id"]
        where = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
        client.put_method(**where, authorizationType=kind, authorizerId=authorizer)
        client.put_method_response(**where, statusCode="200")
        client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        client.put_integration_response(**where, statusCode="200")
    client.create_deployment(restApiId=api, stageName="v1")
    return api, f"{emulator.cloud.endpoint_url}/restapis/{api}/v1/_user_request_"


@pytest.mark.parametrize("kind", ["COGNITO_USER_POOLS", "CUSTOM"])
def test_a_resource_policy_decides_after_an_authorizer(emulator: Any, rest: tuple[str, str], kind: str) -> None:
    api, address = rest
    every = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    allow, deny = {**every, "Effect": "Allow"}, {**every, "Effect": "Deny"}
    elsewhere = {**allow, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    headers = {"Authorization": emulator.user()["IdToken"]}
    for statements, expected in (
        ([allow], 200),
        ([allow, deny], 403),
        # A Lambda authorizer's own policy allows the call; a Cognito authorizer has none.
        ([elsewhere], 403 if kind == "COGNITO_USER_POOLS" else 200),
        ([], 200),
    ):
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else ""
        changed = [{"op": "replace", "path": "/policy", "value": policy}]
        emulator.admin("apigateway").update_rest_api(restApiId=api, patchOperations=changed)
        answer = requests.get(f"{address}/{kind}", headers=headers, timeout=30)
        assert answer.status_code == expected, answer.text
