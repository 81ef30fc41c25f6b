"""A signature is valid only for the service it names and the body it covers."""

import http.client
import json
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

pytestmark = pytest.mark.slow
TARGET = {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"}


@pytest.fixture(scope="module")
def anybody(emulator: Any) -> Any:
    return emulator.member([{"Effect": "Allow", "Action": "*", "Resource": "*"}])


def send(
    caller: Any, scope: str, method: str, path: str, signed: bytes, sent: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    """Sign a request for a service with one body, and send it with another."""
    given = caller.credentials
    request = AWSRequest(method=method, url=caller.endpoint + path, data=signed, headers=headers)
    signer = (S3SigV4Auth if scope == "s3" else SigV4Auth)(
        Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"]), scope, "us-east-1"
    )
    signer.add_auth(request)
    connection = http.client.HTTPConnection(caller.endpoint.removeprefix("http://"))
    connection.request(method, path, sent, dict(request.prepare().headers) | {"Content-Length": str(len(sent))})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.mark.parametrize("scope", ["s3", "execute-api", "sqs", "dynamodb"])
def test_a_signature_for_one_service_is_refused_by_another(emulator: Any, anybody: Any, scope: str) -> None:
    body = json.dumps({"TableName": emulator.table(), "Key": {"owner": {"S": "x"}, "id": {"S": "x"}}}).encode()
    status, text = send(anybody, scope, "POST", "/", body, body, TARGET)
    assert status == (200 if scope == "dynamodb" else 400), text
    assert ("Credential should be scoped to correct service" in text) == (scope != "dynamodb")


def test_a_body_that_was_changed_after_signing_is_refused(emulator: Any, anybody: Any) -> None:
    bucket, own = emulator.bucket(), b"own"
    headers = {"X-Amz-Content-SHA256": "", "Content-Type": "text/plain"}
    for sent, expected in ((own, 200), (b"bad", 403)):
        signed = {name: value for name, value in headers.items() if value}
        assert send(anybody, "s3", "PUT", f"/{bucket}/a", own, sent, signed)[0] == expected
    table = emulator.table()
    rows = [json.dumps({"TableName": table, "Key": {"owner": {"S": who}, "id": {"S": "x"}}}).encode() for who in "ab"]
    assert send(anybody, "dynamodb", "POST", "/", rows[0], rows[0], TARGET)[0] == 200
    assert send(anybody, "dynamodb", "POST", "/", rows[0], rows[1], TARGET)[0] == 400


@pytest.mark.parametrize("declared", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "anything"])
def test_a_service_other_than_s3_takes_no_body_that_is_not_signed(emulator: Any, anybody: Any, declared: str) -> None:
    body = json.dumps({"TableName": emulator.table(), "Key": {"owner": {"S": "x"}, "id": {"S": "x"}}}).encode()
    headers = {**TARGET, "X-Amz-Content-SHA256": declared}
    assert send(anybody, "dynamodb", "POST", "/", body, body, headers)[0] == 400
