"""Anonymous requests: those without a key, and those of pages with an administrator's key."""

import hashlib
import io
import json
import urllib.error
import urllib.request
import zipfile
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from constructs_lib.local import LocalCloudError

pytestmark = pytest.mark.slow
connect: Any = boto3.client
LIST_TABLES = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
ROOT = "AWS4-HMAC-SHA256 Credential={}/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"


def ask(emulator: Any, headers: dict[str, str], path: str = "/") -> str:
    """Send a request to DynamoDB and return the error's type, or `allowed`."""
    request = urllib.request.Request(  # noqa: S310 - a loopback address
        emulator.cloud.endpoint_url + path, data=b"{}", headers={**LIST_TABLES, **headers}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            assert "TableNames" in json.load(answer)
    except urllib.error.HTTPError as error:
        return str(json.load(error)["__type"])
    return "allowed"


@pytest.mark.parametrize("authorization", ["", "Bearer {token}", "{token}", "Basic dGVzdDp0ZXN0", "garbage"])
def test_a_request_without_an_access_key_is_anonymous(emulator: Any, authorization: str) -> None:
    header = authorization.format(token=emulator.user()["IdToken"])
    assert ask(emulator, {"Authorization": header} if header else {}) == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("query", ["/?X-Amz-Credential=", "/?AWSAccessKeyId=", "/?X-Amz-Security-Token=x"])
def test_an_empty_access_key_in_the_url_is_anonymous(emulator: Any, query: str) -> None:
    assert ask(emulator, {}, query) == "MissingAuthenticationTokenException"


def test_a_page_may_not_use_the_administrators_key(emulator: Any) -> None:
    root = ROOT.format(emulator.cloud.keys.access_key)
    assert ask(emulator, {"Authorization": root}) == "IncompleteSignatureException"
    assert ask(emulator, {"Authorization": root, "Origin": "https://evil.example.com"}) == "AccessDeniedException"
    assert ask(emulator, {"Authorization": root, "Host": "evil.example.com"}) == "AccessDeniedException"
    credential = f"X-Amz-Credential={emulator.cloud.keys.access_key}%2F20261124%2Fus-east-1%2Fdynamodb%2Faws4_request"
    assert ask(emulator, {"Sec-Fetch-Site": "cross-site"}, f"/?{credential}") == "AccessDeniedException"
    assert ask(emulator, {"Origin": "https://evil.example.com"}, "/_ministack/reset") == "AccessDeniedException"


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012", "AKIAIOSFODNN7EXAMPLE"])
def test_well_known_keys_are_not_an_administrators(emulator: Any, key: str) -> None:
    client, tables = (
        connect(each, endpoint_url=emulator.cloud.endpoint_url, region_name="us-east-1", aws_access_key_id=key,
                aws_secret_access_key=key)
        for each in ("s3", "dynamodb")
    )  # fmt: skip
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        tables.list_tables()
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        client.list_buckets()
    bucket = emulator.bucket()
    link = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"})
    assert requests.put(link, data=b"x", timeout=5).status_code == 403
    assert requests.post(f"{emulator.cloud.endpoint_url}/{bucket}", timeout=5,
                         data={"key": "k", "AWSAccessKeyId": key, "signature": "x", "policy": "e30="},
                         files={"file": b"x"}).status_code == 403  # fmt: skip


def test_the_administrators_key_id_without_its_secret_grants_nothing(emulator: Any) -> None:
    client = boto3.client(
        "s3", endpoint_url=emulator.cloud.endpoint_url, region_name="us-east-1",
        aws_access_key_id=emulator.cloud.keys.access_key, aws_secret_access_key="wrong",
    )  # fmt: skip
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client.list_buckets()
    link = client.generate_presigned_url("put_object", Params={"Bucket": emulator.bucket(), "Key": "k"})
    assert requests.put(link, data=b"x", timeout=5).status_code == 403


def test_mails_and_controls_require_the_administrators_secret(emulator: Any) -> None:
    for path in ("/_ministack/ses/messages", "/_ministack/sns/sms-messages", "/_ministack/lambda-code/f"):
        assert requests.get(emulator.cloud.endpoint_url + path, timeout=5).status_code == 403
    assert json.loads(emulator.cloud.control("/_ministack/ses/messages"))
    with pytest.raises(LocalCloudError, match="HTTP Error"):
        emulator.cloud.control("/_ministack/unheard-of")


def test_only_its_user_reads_what_a_cloud_writes(emulator: Any) -> None:
    emulator.admin("s3").put_object(Bucket=emulator.bucket(), Key="k", Body=b"x")
    paths = [emulator.cloud.folder, *emulator.cloud.folder.rglob("*")]
    assert {oct(path.stat().st_mode & 0o077) for path in paths if not path.is_symlink()} == {"0o0"}


def test_the_keys_of_a_function_cannot_be_computed_from_its_name(emulator: Any) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("index.py", "import os\ndef handler(event, context):\n    return dict(os.environ)\n")
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    role = emulator.admin("iam").create_role(
        RoleName=emulator.name("role"), AssumeRolePolicyDocument=json.dumps(document)
    )["Role"]["Arn"]
    function = emulator.admin("lambda").create_function(
        FunctionName=emulator.name("function"), Role=role, Code={"ZipFile": stream.getvalue()}, Handler="index.handler",
        Runtime="python3.11",
    )  # fmt: skip
    found = json.load(emulator.admin("lambda").invoke(FunctionName=function["FunctionName"])["Payload"])
    for separator in (":", "\0"):
        guess = hashlib.sha256(f"{function['FunctionArn']}{separator}{role}".encode()).hexdigest()[:16].upper()
        assert found["AWS_ACCESS_KEY_ID"] not in {f"ASIA{guess}", emulator.cloud.keys.access_key}
    assert emulator.cloud.keys.secret_key not in found.values()
    caller = boto3.client(
        "sts", endpoint_url=emulator.cloud.endpoint_url, region_name="us-east-1",
        aws_access_key_id=found["AWS_ACCESS_KEY_ID"], aws_secret_access_key=found["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=found["AWS_SESSION_TOKEN"],
    ).get_caller_identity()  # fmt: skip
    assert f":assumed-role/{role.rpartition('/')[2]}/" in caller["Arn"]
