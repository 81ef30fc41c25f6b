"""A request that names one action and executes another is refused."""

import http.client
import json
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.local.emulator.conftest import outcome
from tests.local.emulator.test_lambda_runtimes import function

pytestmark = pytest.mark.slow
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def reader(emulator: Any) -> Any:
    """A caller who may read one object and get one table's rows, and the names of both."""
    bucket, table = emulator.bucket(), emulator.table()
    emulator.admin("s3").put_object(Bucket=bucket, Key="a", Body=b"x")
    caller = emulator.member([
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/a"},
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": f"arn:aws:dynamodb:*:*:table/{table}"},
        {"Effect": "Allow", "Action": ["iam:ListUsers", "sqs:GetQueueUrl"], "Resource": "*"},
    ])  # fmt: skip
    return caller, bucket, table


def send(caller: Any, service: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    given = caller.credentials
    request = AWSRequest(method=method, url=caller.endpoint + path, data=body, headers=headers)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"]), service, "us-east-1").add_auth(
        request
    )
    prepared = request.prepare()
    connection = http.client.HTTPConnection(caller.endpoint.removeprefix("http://"))
    connection.request(method, path, body, dict(prepared.headers))
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("query", "headers", "body"),
    [
        ("", {}, b""),
        ("?Action=GetObject", {}, b""),
        ("", {"X-Amz-Target": "any.GetObject"}, b""),
        ("", FORM, b"Action=GetObject"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_object_is_not_written_by_a_request_that_names_a_read(
    reader: Any, method: str, query: str, headers: dict[str, str], body: bytes
) -> None:
    caller, bucket, _ = reader
    assert send(caller, "s3", method, f"/{bucket}/a{query}", body, headers) == 403
    assert send(caller, "s3", "GET", f"/{bucket}/a{query}", b"", {}) == 200


@pytest.mark.parametrize("operation", ["Scan", "DeleteTable", "PutItem"])
@pytest.mark.parametrize("query", ["", "?Action=GetItem"])
def test_a_table_is_not_read_or_deleted_by_a_request_that_names_get_item(
    reader: Any, operation: str, query: str
) -> None:
    caller, _, table = reader
    headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
    body = json.dumps({"TableName": table, "Item": {"owner": {"S": "x"}, "id": {"S": "x"}}}).encode()
    assert send(caller, "dynamodb", "POST", f"/{query}", body, headers) in {400, 403}


def test_the_table_and_the_object_are_still_there(emulator: Any, reader: Any) -> None:
    _, bucket, table = reader
    assert emulator.admin("dynamodb").scan(TableName=table)["Count"] == 0
    assert emulator.admin("s3").get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"


@pytest.mark.parametrize(
    ("service", "query", "headers", "body", "expected"),
    [
        ("iam", "", FORM, b"Action=ListUsers&Version=2010-05-08", 200),
        ("iam", "?Action=ListUsers", FORM, b"Action=CreateUser&UserName=eve&Version=2010-05-08", 403),
        ("iam", "", {"X-Amz-Target": "a.ListUsers"}, b"Action=CreateUser&UserName=eve&Version=2010-05-08", 403),
        ("iam", "?Action=ListUsers&Action=CreateUser&UserName=eve", FORM, b"", 403),
        ("sqs", "?Action=CreateQueue&QueueName=q", {"X-Amz-Target": "a.GetQueueUrl"}, b"", 403),
    ],
)
def test_of_several_actions_none_is_allowed(
    reader: Any, service: str, query: str, headers: dict[str, str], body: bytes, expected: int
) -> None:
    assert send(reader[0], service, "POST", f"/{query}", body, headers) == expected


def test_a_request_without_a_known_action_is_allowed_to_an_administrator_only(emulator: Any) -> None:
    everything_of_lambda = emulator.member([{"Effect": "Allow", "Action": "lambda:Get*", "Resource": "*"}])
    assert send(everything_of_lambda, "lambda", "PATCH", "/2015-03-31/functions/f/unheard-of", b"", {}) == 403


@pytest.mark.parametrize(
    ("granted", "invoked", "expected"),
    [
        ("", {}, "invoked"),
        ("", {"Qualifier": "live"}, "refused"),
        (":live", {"Qualifier": "live"}, "invoked"),
        (":live", {}, "refused"),
        (":live", {"Qualifier": "$LATEST"}, "refused"),
        (":*", {"Qualifier": "live"}, "invoked"),
    ],
)
def test_a_function_is_invoked_by_the_arn_that_a_policy_names(
    emulator: Any, live: str, granted: str, invoked: dict[str, str], expected: str
) -> None:
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": f"{live}{granted}"}
    client = emulator.member([statement]).client("lambda")
    name = live.rpartition(":")[2]
    if expected == "invoked":
        assert client.invoke(FunctionName=name, **invoked)["StatusCode"] == 200
        return
    with pytest.raises(ClientError, match="AccessDenied"):
        client.invoke(FunctionName=name, **invoked)


@pytest.fixture(scope="module")
def live(emulator: Any) -> str:
    """A function with an alias `live`; its ARN."""
    name = function(emulator, "def handler(event, context):\n    return 1\n")
    client = emulator.admin("lambda")
    version = client.publish_version(FunctionName=name)
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=version["Version"])
    return str(client.get_function(FunctionName=name)["Configuration"]["FunctionArn"])


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_batch_of_messages_is_authorized_as_its_single_operation(emulator: Any, effect: str) -> None:
    queue = emulator.admin("sqs").create_queue(QueueName=emulator.name("queue"))["QueueUrl"]
    topic = emulator.admin("sns").create_topic(Name=emulator.name("topic"))["TopicArn"]
    single = {"Effect": effect, "Action": ["sqs:SendMessage", "sns:Publish"], "Resource": "*"}
    caller = emulator.member(
        [single, *([{**single, "Effect": "Allow", "Action": ["sqs:*", "sns:*"]}] * (effect == "Deny"))]
    )
    send, publish = caller.client("sqs").send_message_batch, caller.client("sns").publish_batch
    found = {
        outcome(send, QueueUrl=queue, Entries=[{"Id": "1", "MessageBody": "x"}]),
        outcome(publish, TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}]),
    }
    assert found == ({"allowed"} if effect == "Allow" else {"AccessDenied", "AuthorizationError"})
