"""Streams, findings and routes for IAM that a service uses for a caller, with a role of its own."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import (
    Document,
    allow,
    att,
    of,
    reads,
    ref,
    role,
)
from tests.analysis.proof.access_paths.services_with_roles import (
    CODE,
    IAM,
    IMPORTED,
    NAMES,
    START,
    calls,
    machine,
    report,
    route,
    signed,
    source,
)

CALL: Final = allow("execute-api:Invoke", "*")
SCANS: Final = route(calls("dynamodb:action/Scan"), *reads(NAMES), auth="AWS_IAM")


def stream_policy(principal: Any, action: str = "kinesis:GetRecords") -> Document:
    arn = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
    document = {"Version": "2012-10-17", "Statement": [{**allow(action, arn), "Principal": principal}]}
    return {"Policy": of("AWS::Kinesis::ResourcePolicy", ResourceArn=arn, ResourcePolicy=document)}


STREAM: Final = allow(["kinesis:GetRecords", "kinesis:GetShardIterator"], att("Stream"))
FIREHOSE: Final = of("AWS::KinesisFirehose::DeliveryStream", KinesisStreamSourceConfiguration={
    "KinesisStreamARN": att("Stream"), "RoleARN": att("Acts")})  # fmt: skip
WRITES: Final = (allow(["kinesis:PutRecord", "kinesis:PutRecords"], att("Stream")),)
OPEN: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a route to access points": (
        route(calls("s3:path/x"), allow("s3:GetObject", "arn:aws:s3:*:*:accesspoint/*")), ()
    ),
    "a route to streams": (route(calls("kinesis:action/GetRecords"), allow("kinesis:GetRecords", "*")), ()),
    "a route to findings, with a role elsewhere": (route(calls("macie2:path/findings"), credentials=IMPORTED), ()),
    "a machine that reads streams": (machine(allow("kinesis:GetRecords", "*")), (START,)),
    "a source that reads streams": (source("HTTP", allow("kinesis:*", "*"), **signed("kinesis")), ()),
    "a rule on messages with a role that reads streams": (
        {"Rule": of("AWS::IoT::TopicRule", TopicRulePayload={"RoleArn": att("Acts")}), "Acts": role("iot", STREAM),
         "Stream": of("AWS::Kinesis::Stream")},
        (allow("iot:Publish", "*"),),
    ),
    "a machine that calls a route for IAM": ({**SCANS, **machine(CALL)}, (START,)),
    "a policy of a stream for the users' role": (stream_policy({"AWS": att("User")}), ()),
    "a policy of a stream for everyone": (stream_policy("*"), ()),
    "a policy of a stream for another account": (stream_policy({"AWS": "999999999999"}, "kinesis:*"), ()),
    "a delivery that may do more than read its stream": (
        {"Stream": of("AWS::Kinesis::Stream"), "Sends": FIREHOSE, "Acts": role("firehose", STREAM, IAM)}, WRITES
    ),
}  # fmt: skip
SHUT: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a route that writes to a stream": (
        {**route(calls("kinesis:action/PutRecord"), *WRITES), "Stream": of("AWS::Kinesis::Stream")}, ()
    ),
    "a route for IAM that only code calls": ({**SCANS, **CODE, "Runs": role("lambda.amazonaws.com", CALL)}, ()),
    "a machine that calls another route for IAM": (
        {**SCANS, **machine(allow("execute-api:Invoke", "arn:aws:execute-api:us-east-1:123456789012:abc/*"))}, (START,)
    ),
    "a policy of a stream for the account": (stream_policy({"AWS": ref("AWS::AccountId")}), ()),
    "a policy of a stream for a service": (stream_policy({"Service": "x.amazonaws.com"}), ()),
    "a policy of a stream for those who write": (stream_policy({"AWS": att("User")}, "kinesis:PutRecord"), ()),
    "a machine that reads streams and that nobody starts": (machine(allow("kinesis:GetRecords", "*")), ()),
    "a delivery of a stream that users write": (
        {"Stream": of("AWS::Kinesis::Stream"), "Sends": FIREHOSE, "Acts": role("firehose", STREAM)}, WRITES
    ),
    "a pipe of a stream that users write": (
        {"Stream": of("AWS::Kinesis::Stream"), "Acts": role("pipes", STREAM),
         "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Acts"), Source=att("Stream"), Target="arn")}, WRITES
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_a_service_that_reads_streams_or_routes_for_a_caller_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    assert report(resources, *rights).status is not Status.PROVED


@pytest.mark.parametrize("name", SHUT)
def test_a_service_that_only_writes_to_streams_or_that_nobody_starts_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]
