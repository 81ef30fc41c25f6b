"""What a function can have besides code: versions, a network, dead letters, alarms."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth
from constructs_lib.functions import PythonFunction


def _found(stack: Stack, kind: str) -> list[dict[str, Any]]:
    return [dict(found["Properties"]) for found in Template.from_stack(stack).find_resources(kind).values()]


@pytest.mark.parametrize("option", [{"snap_start": True}, {"provisioned_concurrency": 2}])
def test_versions_are_reached_through_the_live_alias(stack: Stack, entry: Path, option: dict[str, Any]) -> None:
    function = PythonFunction(stack, "F", entry=entry, **option)
    (alias,) = _found(stack, "AWS::Lambda::Alias")
    assert alias["Name"] == "live"
    assert function.target is not function.function
    assert alias.get("ProvisionedConcurrencyConfig", {}).get("ProvisionedConcurrentExecutions") == option.get(
        "provisioned_concurrency"
    )
    assert ("SnapStart" in _found(stack, "AWS::Lambda::Function")[0]) is ("snap_start" in option)


def test_an_api_calls_the_alias(stack: Stack, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry, snap_start=True)
    auth = Auth(stack, "Auth", guests=True)
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/a", function, access=[allow.guest])])
    (permission,) = _found(stack, "AWS::Lambda::Permission")
    assert permission["FunctionName"] == stack.resolve(function.target.function_arn)
    assert permission["FunctionName"] != stack.resolve(function.function.function_arn)


def test_without_them_there_is_no_version(stack: Stack, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry, reserved_concurrency=5)
    assert function.target is function.function
    assert _found(stack, "AWS::Lambda::Version") == []
    assert _found(stack, "AWS::Lambda::Function")[0]["ReservedConcurrentExecutions"] == 5


def test_in_a_vpc_lambda_manages_interfaces_and_the_code_does_not(stack: Stack, entry: Path) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    PythonFunction(stack, "F", entry=entry, vpc=vpc)
    actions = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
    ]  # fmt: skip
    (policy,) = _found(stack, "AWS::IAM::Policy")
    assert policy["PolicyDocument"]["Statement"][1:] == [
        {"Action": actions, "Effect": "Allow", "Resource": "*"},
        {
            "Action": actions,
            "Effect": "Deny",
            "Resource": "*",
            "Condition": {"Null": {"lambda:SourceFunctionArn": "false"}},
        },
    ]
    assert _found(stack, "AWS::Lambda::Function")[0]["VpcConfig"]["SubnetIds"] == ["subnet-1"]
    assert all("ManagedPolicyArns" not in role for role in _found(stack, "AWS::IAM::Role"))


def test_dead_letters_are_kept_in_a_queue_only_the_function_writes_to(stack: Stack, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry, dead_letters=True)
    assert function.dead_letter_queue is not None
    arn = stack.resolve(function.dead_letter_queue.queue_arn)
    (queue,) = _found(stack, "AWS::SQS::Queue")
    assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}
    (policy,) = _found(stack, "AWS::IAM::Policy")
    assert policy["PolicyDocument"]["Statement"][1:] == [
        {"Action": "sqs:SendMessage", "Effect": "Allow", "Resource": arn}
    ]
    (queue_policy,) = _found(stack, "AWS::SQS::QueuePolicy")
    (statement,) = queue_policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_alarms_watch_what_callers_notice(stack: Stack, entry: Path) -> None:
    topic = sns.Topic(stack, "Topic")
    function = PythonFunction(
        stack, "F", entry=entry, timeout=Duration.seconds(10), dead_letters=True, alarm_topic=topic
    )
    assert function.alarms.keys() == {"Errors", "Throttles", "Duration", "DeadLetters"}
    alarms = {alarm["MetricName"]: alarm for alarm in _found(stack, "AWS::CloudWatch::Alarm")}
    assert {name: alarm["Threshold"] for name, alarm in alarms.items()} == {
        "Errors": 1,
        "Throttles": 1,
        "Duration": 8000,
        "ApproximateNumberOfMessagesVisible": 1,
    }
    assert all(alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)] for alarm in alarms.values())
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms.values())


def test_nothing_of_it_is_there_unasked(stack: Stack, entry: Path) -> None:
    PythonFunction(stack, "F", entry=entry)
    kinds = {resource["Type"] for resource in Template.from_stack(stack).to_json()["Resources"].values()}
    assert kinds == {"AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::Logs::LogGroup"}


@pytest.mark.parametrize(("option", "qualifier"), [({}, "$LATEST"), ({"provisioned_concurrency": 1}, "FLive")])
def test_asynchronous_calls_are_tried_kept_and_passed_on_as_said(
    stack: Stack, entry: Path, option: dict[str, Any], qualifier: str
) -> None:
    lost, done = sqs.Queue(stack, "Lost"), sqs.Queue(stack, "Done")
    PythonFunction(
        stack, "F", entry=entry, retry_attempts=0, max_event_age=Duration.minutes(5), ephemeral_storage_size=1024,
        on_success=destinations.SqsDestination(done), on_failure=destinations.SqsDestination(lost), **option,
    )  # fmt: skip
    (said,) = _found(stack, "AWS::Lambda::EventInvokeConfig")
    assert (said["MaximumRetryAttempts"], said["MaximumEventAgeInSeconds"]) == (0, 300)
    assert set(said["DestinationConfig"]) == {"OnSuccess", "OnFailure"}
    assert qualifier in str(said["Qualifier"])
    assert _found(stack, "AWS::Lambda::Function")[0]["EphemeralStorage"] == {"Size": 1024}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"ephemeral_storage_size": 511}, "ephemeral_storage_size=511 is outside Lambda's range in MiB"),
        ({"ephemeral_storage_size": 10_241}, "use 512 to 10240"),
        ({"retry_attempts": 3}, "retry_attempts=3 is outside Lambda's range; use 0 to 2"),
        ({"retry_attempts": -1}, "retry_attempts=-1 is outside Lambda's range"),
        ({"max_event_age": Duration.seconds(59)}, "max_event_age is 59 seconds, outside Lambda's range"),
        ({"max_event_age": Duration.hours(7)}, "use 60 to 21600 seconds"),
    ],
)
def test_what_lambda_does_not_offer_is_refused(stack: Stack, entry: Path, option: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PythonFunction(stack, "F", entry=entry, **option)


def test_what_failed_is_kept_in_one_place(stack: Stack, entry: Path) -> None:
    lost = destinations.SqsDestination(sqs.Queue(stack, "Lost"))
    with pytest.raises(ValueError, match="on_failure and dead_letters both take failed events"):
        PythonFunction(stack, "F", entry=entry, on_failure=lost, dead_letters=True)
