"""Functions that clients call without an API: the permitted callers, and the caller in the function's context."""

import base64
import io
import json
import zipfile
from typing import Any

import pytest
import requests
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from constructs_lib.client.signing import send_signed
from tests.local.emulator.test_lambda_runtimes import function

pytestmark = pytest.mark.slow

PYTHON = """
def handler(event, context):
    client = context.client_context
    return {
        "identity": context.identity.cognito_identity_id,
        "pool": context.identity.cognito_identity_pool_id,
        "says": client and client.custom,
        "event": event,
    }
"""
NODE = """
exports.handler = async (event, context) => ({
  identity: context.identity?.cognitoIdentityId,
  pool: context.identity?.cognitoIdentityPoolId,
  says: context.clientContext?.custom,
});
exports.streams = awslambda.streamifyResponse(async (event, stream) => {
  const head = { statusCode: 201, headers: { "content-type": "text/plain" } };
  const answer = awslambda.HttpResponseStream.from(stream, head);
  answer.write("one ");
  answer.write("two of " + event.requestContext.authorizer.iam.userArn.split("/")[1]);
  answer.end();
});
"""
ECHO = "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps(event)}\n"
PAGE = "https://app.example.com"


def arn(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:000000000000:function:{name}"


def allow(action: str, name: str, condition: Any = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": f"lambda:{action}", "Resource": arn(name)}
    return statement | ({"Condition": condition} if condition else {})


def by_url(name: str) -> list[dict[str, Any]]:
    """Return the two permissions that `FunctionUrl` grants."""
    return [
        allow("InvokeFunctionUrl", name, {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
        allow("InvokeFunction", name, {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}),
    ]


def signed_in(emulator: Any, statements: list[dict[str, Any]]) -> tuple[Any, str]:
    pool = emulator.identity_pool()
    emulator.give(pool, authenticated=emulator.role(statements, pool))
    return emulator.caller(pool, emulator.user()), pool


def node_function(emulator: Any, handler: str) -> str:
    name, stream = emulator.name("node"), io.BytesIO()
    role = emulator.admin("lambda").get_function_configuration(FunctionName=function(emulator, ECHO))["Role"]
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.js", NODE)
    emulator.admin("lambda").create_function(
        FunctionName=name, Role=role, Code={"ZipFile": stream.getvalue()},
        Handler=f"index.{handler}", Runtime="nodejs22.x", Timeout=20,
    )  # fmt: skip
    return str(name)


def invoke(client: Any, name: str, event: Any, **says: Any) -> Any:
    said = {"ClientContext": base64.b64encode(json.dumps(says).encode()).decode()} if says else {}
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event), **said)
    return json.loads(answer["Payload"].read())


def send(caller: Any, url: str, emulator: Any, method: str = "GET", **options: Any) -> requests.Response:
    given = caller and ReadOnlyCredentials(
        *(caller.credentials[each] for each in ("AccessKeyId", "SecretKey", "SessionToken"))
    )
    return send_signed(
        method, url, credentials=given, region="us-east-1", endpoint_url=emulator.cloud.endpoint_url, **options
    )


@pytest.mark.parametrize(
    "make", [lambda emulator: function(emulator, PYTHON), lambda emulator: node_function(emulator, "handler")]
)
def test_the_context_names_the_identity_that_called_whatever_the_client_says(emulator: Any, make: Any) -> None:
    name = make(emulator)
    alice, pool = signed_in(emulator, [allow("InvokeFunction", name)])
    forged = {"identity": "us-east-1:bob", "cognito_identity_id": "us-east-1:bob"}
    found = invoke(alice.client("lambda"), name, {"_caller": forged}, custom=forged, identity=forged)
    assert (found["identity"], found["pool"]) == (alice.identity_id, pool)
    assert found["says"] == forged
    after = invoke(emulator.admin("lambda"), name, {})
    assert not after.get("identity")
    assert not after.get("pool")
    assert not after.get("says")


def test_a_function_url_requires_both_permissions_and_writes_the_event(emulator: Any) -> None:
    name = function(emulator, ECHO)
    made = emulator.admin("lambda").create_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    rights = by_url(name)
    alice, _ = signed_in(emulator, rights)
    assert send(alice, made["FunctionUrl"], emulator).status_code == 200
    with pytest.raises(ClientError, match="AccessDenied"):
        invoke(alice.client("lambda"), name, {})
    for some in ([rights[0]], [rights[1]]):
        bob, _ = signed_in(emulator, some)
        assert send(bob, made["FunctionUrl"], emulator).status_code == 403
    assert send(None, made["FunctionUrl"], emulator).status_code == 403
    direct, _ = signed_in(emulator, [allow("InvokeFunction", name)])
    assert send(direct, made["FunctionUrl"], emulator).status_code == 403
    assert invoke(direct.client("lambda"), name, {})["statusCode"] == 200


def test_the_event_of_a_url_says_whose_role_signed_and_not_which_user(emulator: Any) -> None:
    name = function(emulator, ECHO)
    made = emulator.admin("lambda").create_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    alice, _ = signed_in(emulator, by_url(name))
    forged = {"requestContext": {"authorizer": {"iam": {"userArn": "arn:aws:sts::1:assumed-role/admin/x"}}}}
    answer = send(alice, made["FunctionUrl"], emulator, "POST", json_body=forged, headers={"x-amzn-user": "admin"})
    iam = answer.json()["requestContext"]["authorizer"]["iam"]
    assert iam["accessKey"] == alice.credentials["AccessKeyId"]
    assert ":assumed-role/role-" in iam["userArn"]
    assert iam["cognitoIdentity"] is None
    assert alice.identity_id not in answer.text


def test_an_open_url_says_nothing_of_a_caller_and_needs_its_functions_permission(emulator: Any) -> None:
    name, client = function(emulator, ECHO), emulator.admin("lambda")
    made = client.create_function_url_config(FunctionName=name, AuthType="NONE")
    given = {"FunctionName": name, "Principal": "*"}
    assert send(None, made["FunctionUrl"], emulator).status_code == 403
    client.add_permission(**given, StatementId="url", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
    assert send(None, made["FunctionUrl"], emulator).status_code == 403
    client.add_permission(**given, StatementId="via", Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True)
    answer = send(None, made["FunctionUrl"], emulator)
    assert answer.status_code == 200
    assert "authorizer" not in answer.json()["requestContext"]


def test_preflights_of_allowed_origins_need_no_signature(emulator: Any) -> None:
    name = function(emulator, ECHO)
    cors = {"AllowOrigins": [PAGE], "AllowMethods": ["GET"], "AllowHeaders": ["authorization"]}
    made = emulator.admin("lambda").create_function_url_config(FunctionName=name, AuthType="AWS_IAM", Cors=cors)
    alice, _ = signed_in(emulator, by_url(name))
    for method, who in (("OPTIONS", None), ("GET", alice)):
        answer = send(who, made["FunctionUrl"], emulator, method, headers={"Origin": PAGE})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, PAGE)
        other = send(who, made["FunctionUrl"], emulator, method, headers={"Origin": "https://evil.example.com"})
        assert "access-control-allow-origin" not in other.headers


def test_a_handler_that_streams_answers_by_its_url(emulator: Any) -> None:
    name = node_function(emulator, "streams")
    made = emulator.admin("lambda").create_function_url_config(
        FunctionName=name, AuthType="AWS_IAM", InvokeMode="RESPONSE_STREAM"
    )
    alice, _ = signed_in(emulator, by_url(name))
    answer = send(alice, made["FunctionUrl"], emulator)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "text/plain")
    assert answer.text.startswith("one two of role-")
