"""The changed services are known for frequent requests; for all others, every service counts as changed."""

import pytest

from constructs_lib.local.emulator.touched_services import EVERYTHING, ROWS, touched

SIGNED = "AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
S3 = {"host": "localhost:4566", "authorization": SIGNED.format("s3")}
HOST = {"host": "files.s3.us-east-1.amazonaws.com"}


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("POST", "/", "", {"x-amz-target": "DynamoDB_20120810.PutItem"}),
        ("POST", "/", "", {"x-amz-target": "DynamoDB_20120810.TransactWriteItems"}),
        ("PUT", "/bucket/key", "", S3),
        ("PUT", "/bucket/key", "partNumber=1&uploadId=x", S3),
        ("DELETE", "/bucket/a/b", "versionId=1", S3),
        ("GET", "/bucket", "list-type=2", S3),
        ("PUT", "/key", "", HOST),
        ("PUT", "/bucket/key", "X-Amz-Credential=K%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0", {}),
        ("POST", "/shares", "", {"host": "abcdefgh.execute-api.us-east-1.amazonaws.com"}),
        ("POST", "/2015-03-31/functions/f/invocations", "", {"authorization": SIGNED.format("lambda")}),
        ("POST", "/", "", {"authorization": SIGNED.format("sts")}),
    ],
)
def test_rows_and_objects_are_written_as_they_change(
    method: str, path: str, query: str, headers: dict[str, str]
) -> None:
    assert touched(method, path, query, headers) == ROWS


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("PUT", "/bucket", "", S3),
        ("PUT", "/bucket/", "", S3),
        ("DELETE", "/bucket", "", S3),
        ("PUT", "/", "", HOST),
        ("PUT", "/bucket", "policy", S3),
        ("PUT", "/bucket/key", "tagging", S3),
        ("PUT", "/bucket/key", "x-id=1&acl", S3),
        ("POST", "/bucket", "delete", S3),
    ],
)
def test_a_change_of_a_bucket_is_a_change_of_s3(method: str, path: str, query: str, headers: dict[str, str]) -> None:
    assert touched(method, path, query, headers) == {"s3"}


@pytest.mark.parametrize("target", ["AWSCognitoIdentityProviderService.SignUp", "AWSCognitoIdentityService.GetId"])
def test_a_sign_in_is_a_change_of_cognito(target: str) -> None:
    assert "cognito" in touched("POST", "/", "", {"x-amz-target": target})


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("GET", "/", "", {}),
        ("POST", "/", "", {"x-amz-target": "DynamoDB_20120810.CreateTable"}),
        ("POST", "/", "", {"x-amz-target": "DynamoDB_20120810.Unheard"}),
        ("POST", "/", "", {"x-amz-target": "Unheard.PutItem"}),
        ("POST", "/", "", {"authorization": SIGNED.format("cloudformation")}),
        ("GET", "/2015-03-31/functions/f", "", {"authorization": SIGNED.format("lambda")}),
        ("POST", "/oauth2/token", "", {"host": "d.auth.us-east-1.amazoncognito.com"}),
        ("POST", "/_ministack/reset", "", {}),
    ],
)
def test_all_else_may_have_changed_everything(method: str, path: str, query: str, headers: dict[str, str]) -> None:
    assert touched(method, path, query, headers) == EVERYTHING
