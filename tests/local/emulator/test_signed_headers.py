"""A signature for S3 covers every `x-amz-` header of its request."""

import http.client
from typing import Any

import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

pytestmark = pytest.mark.slow
V4 = Config(signature_version="s3v4")


@pytest.mark.parametrize("header", ["x-amz-copy-source", "x-amz-tagging", "x-amz-meta-a", "X-Amz-Storage-Class"])
def test_the_holder_of_a_presigned_url_adds_no_header_of_s3(emulator: Any, header: str) -> None:
    bucket, client = emulator.bucket(), emulator.cloud.session().client("s3", config=V4)
    client.put_object(Bucket=bucket, Key="private/bob", Body=b"secret")
    link = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "shared/a"})
    value = {"x-amz-copy-source": f"{bucket}/private/bob", "x-amz-tagging": "a=b"}.get(header, "STANDARD_IA")
    refused = requests.put(link, headers={header: value}, timeout=30)
    assert refused.status_code == 403
    assert f"<HeadersNotSigned>{header.lower()}</HeadersNotSigned>" in refused.text
    assert requests.put(link, data=b"own", headers={"Content-Type": "text/plain"}, timeout=30).status_code == 200
    assert client.get_object(Bucket=bucket, Key="shared/a")["Body"].read() == b"own"


def test_a_header_that_the_signer_named_is_sent_with_a_presigned_url(emulator: Any) -> None:
    bucket, client = emulator.bucket(), emulator.cloud.session().client("s3", config=V4)
    wanted = {"Bucket": bucket, "Key": "a", "Metadata": {"owner": "alice"}}
    link = client.generate_presigned_url("put_object", Params=wanted)
    assert requests.put(link, headers={"x-amz-meta-owner": "alice"}, timeout=30).status_code == 200
    assert client.head_object(Bucket=bucket, Key="a")["Metadata"] == {"owner": "alice"}


@pytest.mark.parametrize("added", ["x-amz-meta-a", "user-agent"])
def test_a_header_of_s3_that_is_added_after_signing_is_refused(emulator: Any, added: str) -> None:
    caller, bucket = emulator.member([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]), emulator.bucket()
    given = caller.credentials
    keys = Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
    request = AWSRequest(method="PUT", url=f"{caller.endpoint}/{bucket}/a", data=b"own")
    S3SigV4Auth(keys, "s3", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection(caller.endpoint.removeprefix("http://"))
    connection.request("PUT", f"/{bucket}/a", b"own", dict(request.prepare().headers) | {added: "b"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == (200 if added == "user-agent" else 403), text
    assert ("headers present in the request which were not signed" in text) == (added != "user-agent")
