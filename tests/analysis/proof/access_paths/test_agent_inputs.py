"""What a resource with a powerful role gets its input from, directly and by way of others."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, of, ref, role, sub
from tests.analysis.proof.access_paths.services_with_roles import (
    CREATED,
    CUSTOM,
    IAM,
    IMPORTED,
    OPEN_TO_ALL,
    PUT_EVENTS,
    START,
    calls,
    devices,
    machine,
    report,
    route,
)

SEND: Final = allow("sqs:SendMessage", att("Queue"))
QUEUE: Final = {"Queue": of("AWS::SQS::Queue")}
PIPE: Final[Document] = {
    **QUEUE, **machine(IAM), "Moves": role("pipes.amazonaws.com", START),
    "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=att("Queue"), Target=ref("Machine")),
}  # fmt: skip
"""A queue whose messages start a state machine that may escalate its privileges."""
TO_QUEUE: Final = sub("arn:aws:apigateway:us-east-1:sqs:path/${AWS::AccountId}/${Queue.QueueName}")
TOPIC: Final = {
    **PIPE, "Topic": of("AWS::SNS::Topic"),
    "Sends": of("AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="sqs", Endpoint=att("Queue")),
}  # fmt: skip
PUBLISH: Final = allow("sns:Publish", ref("Topic"))
IN_OBJECTS: Final = allow("s3:PutObject", sub("${In.Arn}/*"))
STREAM: Final = of("AWS::Kinesis::Stream", ShardCount=1)
PUT_RECORD: Final = allow("kinesis:PutRecord", att("Stream"))


def of_stream(**more: Any) -> Document:
    """A pipe from a stream."""
    pipe = of("AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=att("Stream"), Target=ref("Machine"))
    return {**PIPE, "Stream": STREAM, "Pipe": pipe, **more}


def told(to: str = "Queue") -> Document:
    """A bucket that tells a queue or topic of its new objects."""
    kind = "QueueConfigurations" if to == "Queue" else "TopicConfigurations"
    target = att("Queue") if to == "Queue" else ref("Topic")
    return of("AWS::S3::Bucket", NotificationConfiguration={kind: [{"Event": "s3:ObjectCreated:*", to: target}]})


def rule_to(target: str, **pattern: Any) -> Document:
    return of("AWS::Events::Rule", EventPattern=pattern or CUSTOM, Targets=[{"Id": "1", "Arn": att(target)}])


OTHER: Final = of("AWS::SQS::Queue", RedrivePolicy={"deadLetterTargetArn": att("Queue"), "maxReceiveCount": 1})
CODE: Final = of("AWS::Lambda::Function", Role="arn", Code={"ZipFile": "x"})
RUN: Final = {
    "Code": CODE, "In": of("AWS::S3::Bucket", NotificationConfiguration={
        "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": att("Code")}]}),
}  # fmt: skip
"""Code that new objects run."""
LETTERS: Final = {"TargetArn": att("Queue")}
ON_FAILURE: Final = {"OnFailure": {"Destination": att("Queue")}}

OPEN: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "a queue that users send to": (PIPE, (SEND,)),
    "a queue that an open route fills": ({**PIPE, **route(TO_QUEUE, SEND)}, ()),
    "a queue that an open route fills, with a role elsewhere": ({**PIPE, **route(TO_QUEUE, credentials=IMPORTED)}, ()),
    "a queue that the request names, with a role elsewhere": (
        {**PIPE, **route(calls("sqs:path/{account}/{name}"), credentials=IMPORTED)}, ()
    ),
    "a topic that users publish to": (TOPIC, (PUBLISH,)),
    "a topic with the subscription in it": (
        {**PIPE, "Topic": of("AWS::SNS::Topic", Subscription=[{"Protocol": "sqs", "Endpoint": att("Queue")}])},
        (PUBLISH,),
    ),
    "a topic that an open route publishes to": ({**TOPIC, **route(calls("sns:action/Publish"), PUBLISH)}, ()),
    "a topic for everyone": (
        {**TOPIC, "Says": of("AWS::SNS::TopicPolicy", Topics=[ref("Topic")], PolicyDocument={"Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": ref("Topic")}]})}, ()
    ),
    "a topic that no template has": (
        {**PIPE, "Sends": of("AWS::SNS::Subscription", TopicArn="arn:aws:sns:us-east-1:123456789012:news",
                             Protocol="sqs", Endpoint=att("Queue"))},
        (allow("sns:Publish", "arn:aws:sns:us-east-1:123456789012:news"),),
    ),
    "a topic by import": (
        {**PIPE, "Sends": of("AWS::SNS::Subscription", TopicArn={"Fn::ImportValue": "news"}, Protocol="sqs",
                             Endpoint=att("Queue"))},
        (allow("sns:Publish", {"Fn::ImportValue": "news"}),),
    ),
    "a queue by import": (
        {**PIPE, "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Moves"), Source={"Fn::ImportValue": "q"},
                            Target=ref("Machine"))},
        (allow("sqs:SendMessage", {"Fn::ImportValue": "q"}),),
    ),
    "messages of a topic that fail": (
        {**PIPE, "Topic": of("AWS::SNS::Topic"), "Sends": of(
            "AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="https", Endpoint="https://x",
            RedrivePolicy={"deadLetterTargetArn": att("Queue")})}, (PUBLISH,)
    ),
    "messages of a queue that fail": ({**PIPE, "Other": OTHER}, (allow("sqs:SendMessage", att("Other")),)),
    "new objects of users": ({**PIPE, "In": told()}, (IN_OBJECTS,)),
    "new objects of users, by a topic": ({**TOPIC, "In": told("Topic")}, (IN_OBJECTS,)),
    "new objects of users, by a resource of the CDK": (
        {**PIPE, "In": of("AWS::S3::Bucket"), "Tells": of("Custom::S3BucketNotifications", ServiceToken="arn",
            BucketName=ref("In"), NotificationConfiguration={"QueueConfigurations": [{"QueueArn": att("Queue")}]})},
        (IN_OBJECTS,),
    ),
    "new objects of an open route": ({**PIPE, "In": told(), **route(calls("s3:path/x"), IN_OBJECTS)}, ()),
    "copies of objects of users": (
        {**PIPE, "Copies": told(), "In": of("AWS::S3::Bucket", ReplicationConfiguration={
            "Role": "arn", "Rules": [{"Destination": {"Bucket": att("Copies")}}]})}, (IN_OBJECTS,)
    ),
    "events that users send": ({**PIPE, "Rule": rule_to("Queue")}, (PUT_EVENTS,)),
    "events of everyone": ({**PIPE, "Rule": rule_to("Queue"), "Bus": OPEN_TO_ALL}, ()),
    "events of an open route": (
        {**PIPE, "Rule": rule_to("Queue"), **route(calls("events:action/PutEvents"), PUT_EVENTS)}, ()
    ),
    "events of objects of users": (
        {**PIPE, "In": of("AWS::S3::Bucket"), "Rule": rule_to("Queue", **CREATED, detail={
            "bucket": {"name": [ref("In")]}})}, (IN_OBJECTS,)
    ),
    "another pipe from a queue of users": (
        {**PIPE, "First": of("AWS::SQS::Queue"), "Other": of(
            "AWS::Pipes::Pipe", RoleArn="arn", Source=att("First"), Target=att("Queue"))},
        (allow("sqs:SendMessage", att("First")),),
    ),
    "another pipe from a queue that an open route fills": (
        {**PIPE, "First": of("AWS::SQS::Queue"), "Other": of(
            "AWS::Pipes::Pipe", RoleArn="arn", Source=att("First"), Target=att("Queue")),
         **route(calls("sqs:action/SendMessage"), allow("sqs:SendMessage", att("First")))}, ()
    ),
    "a machine that sends there and that users start": (
        {**PIPE, "Sender": of("AWS::StepFunctions::StateMachine", RoleArn=att("Says"), DefinitionString="{}"),
         "Says": role("states.amazonaws.com", SEND)}, (allow("states:StartExecution", ref("Sender")),)
    ),
    "devices that publish": (
        {**PIPE, "Policy": devices("iot:Publish"), "Told": of("AWS::IoT::TopicRule", TopicRulePayload={
            "Sql": "SELECT * FROM 'u'", "Actions": [{"Sqs": {"QueueUrl": ref("Queue"), "RoleArn": "arn"}}]})}, ()
    ),
    "users who publish to devices": (
        {**PIPE, "Told": of("AWS::IoT::TopicRule", TopicRulePayload={
            "Sql": "SELECT * FROM 'u'", "Actions": [{"Sqs": {"QueueUrl": ref("Queue"), "RoleArn": "arn"}}]})},
        (allow("iot:Publish", "arn:aws:iot:us-east-1:123456789012:topic/u"),),
    ),
    "mail of anyone": (
        {**TOPIC, "Mail": of("AWS::SES::ReceiptRule", RuleSetName="r", Rule={
            "Actions": [{"SNSAction": {"TopicArn": ref("Topic")}}]})}, ()
    ),
    "log lines": (
        of_stream(Group=of("AWS::Logs::LogGroup"), Filter=of(
            "AWS::Logs::SubscriptionFilter", LogGroupName=ref("Group"), DestinationArn=att("Stream"), RoleArn="arn")),
        (),
    ),
    "a stream that users write": (of_stream(), (PUT_RECORD,)),
    "a stream that an open route writes": (of_stream(**route(calls("kinesis:action/PutRecord"), PUT_RECORD)), ()),
    "changes of the users' rows": (
        of_stream(Rows=of("AWS::DynamoDB::Table", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                          KinesisStreamSpecification={"StreamArn": att("Stream")})),
        (allow("dynamodb:PutItem", att("Rows")),),
    ),
    "datasets of users": (of_stream(Other=of("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False,
                                             CognitoStreams={"StreamName": ref("Stream"), "RoleArn": "arn"})), ()),
    "events of code that fail": (
        {**PIPE, **RUN, "Code": {**CODE, "Properties": {**CODE["Properties"], "DeadLetterConfig": LETTERS}}},
        (IN_OBJECTS,)
    ),
    "messages of a queue that code fails on": (
        {**PIPE, "First": of("AWS::SQS::Queue"), "Reads": of(
            "AWS::Lambda::EventSourceMapping", EventSourceArn=att("First"), FunctionName="f",
            DestinationConfig=ON_FAILURE)}, (allow("sqs:SendMessage", att("First")),)
    ),
    "results of code that topics run": (
        {**TOPIC, "Sends": of("AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="lambda", Endpoint=att("Code")),
         "Code": CODE,
         "To": of("AWS::Lambda::EventInvokeConfig", FunctionName=ref("Code"), Qualifier="x",
                  DestinationConfig={"OnSuccess": {"Destination": att("Queue")}})}, (PUBLISH,)
    ),
    "a delivery from a stream of users": (
        {"Stream": STREAM, "Acts": role("firehose.amazonaws.com", IAM), "Topic": of("AWS::SNS::Topic"),
         "Told": of("AWS::IoT::TopicRule", TopicRulePayload={"Sql": "x", "Actions": [
             {"Kinesis": {"StreamName": ref("Stream"), "RoleArn": "arn"}}]}), "Policy": devices("iot:*"),
         "Sends": of("AWS::KinesisFirehose::DeliveryStream", KinesisStreamSourceConfiguration={
             "KinesisStreamARN": att("Stream"), "RoleARN": att("Acts")})}, ()
    ),
}  # fmt: skip

OPEN |= {
    f"{name} of a bucket of users": (
        {**PIPE, "Copies": told(), "In": of("AWS::S3::Bucket", **{name: settings})}, (IN_OBJECTS,)
    )
    for name, settings in {
        "AnalyticsConfigurations": [{"StorageClassAnalysis": {"DataExport": {"Destination": {
            "BucketArn": att("Copies")}}}}],
        "InventoryConfigurations": [{"Destination": {"BucketArn": att("Copies")}}],
        "LoggingConfiguration": {"DestinationBucketName": ref("Copies")},
    }.items()
}  # fmt: skip
OPEN |= {
    "changes of the users' rows in every region": (
        of_stream(Rows=of("AWS::DynamoDB::GlobalTable", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                          Replicas=[{"Region": "eu-west-1", "KinesisStreamSpecification": {
                              "StreamArn": att("Stream")}}])),
        (allow("dynamodb:PutItem", att("Rows")),),
    ),
    "objects of users that a task copies with a powerful role": (
        {"In": of("AWS::S3::Bucket"), "Acts": role("datasync.amazonaws.com", IAM), "From": of(
            "AWS::DataSync::LocationS3", S3BucketArn=att("In"), S3Config={"BucketAccessRoleArn": IMPORTED}),
         "To": of("AWS::DataSync::LocationS3", S3BucketArn="arn:aws:s3:::else", S3Config={
             "BucketAccessRoleArn": att("Acts")}),
         "Task": of("AWS::DataSync::Task", SourceLocationArn=ref("From"), DestinationLocationArn=ref("To"))},
        (IN_OBJECTS,),
    ),
}  # fmt: skip

SHUT: Final[dict[str, tuple[Document, tuple[Document, ...]]]] = {
    "a queue that nobody sends to": (PIPE, ()),
    "a queue that users only read": (PIPE, (allow("sqs:GetQueueAttributes", att("Queue")),)),
    "a topic that nobody publishes to": (TOPIC, ()),
    "another topic": ({**TOPIC, "Else": of("AWS::SNS::Topic")}, (allow("sns:Publish", ref("Else")),)),
    "another queue that an open route fills": (
        {**PIPE, "Else": of("AWS::SQS::Queue"),
         **route(calls("sqs:action/SendMessage"), allow("sqs:SendMessage", att("Else")))}, ()
    ),
    "new objects of a bucket that users do not write": ({**PIPE, "In": told()}, ()),
    "events that nobody sends": ({**PIPE, "Rule": rule_to("Queue")}, ()),
    "a schedule": (
        {**PIPE, "Daily": of("AWS::Scheduler::Schedule", ScheduleExpression="rate(1 day)", Target={
            "Arn": att("Queue"), "RoleArn": "arn", "Input": "{}"})}, ()
    ),
    "an alarm": (
        {**TOPIC, "Alarm": of("AWS::CloudWatch::Alarm", AlarmActions=[ref("Topic")], Threshold=1)}, ()
    ),
    "code that sends there": (
        {**PIPE, "Code": of("AWS::Lambda::Function", Role=att("Runs"), Code={"ZipFile": "x"}, Environment={
            "Variables": {"QUEUE": ref("Queue")}}), "Runs": role("lambda.amazonaws.com", SEND)}, ()
    ),
    "another reader of the stream": (
        of_stream(Reads=of("AWS::Kinesis::StreamConsumer", StreamARN=att("Stream"), ConsumerName="c")), ()
    ),
    "a rule with a text of its own": (
        {**PIPE, "Rule": of("AWS::Events::Rule", EventPattern=CUSTOM, Targets=[
            {"Id": "1", "Arn": att("Queue"), "Input": "{}"}])}, (PUT_EVENTS,)
    ),
    "a target that users fill, too": (
        {**PIPE, "Next": of("AWS::SQS::Queue"), "Pipe": of(
            "AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=att("Queue"), Target=att("Next"))},
        (allow("sqs:SendMessage", att("Next")),),
    ),
    "an enrichment that new objects of users run, too": (
        {**PIPE, **RUN, "Pipe": of(
            "AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=att("Queue"), Enrichment=att("Code"),
            Target=ref("Machine"))}, (IN_OBJECTS,)
    ),
    "code of a pipeline that new objects of users run, too": (
        {"Line": of("AWS::CodePipeline::Pipeline", RoleArn=att("Acts"), Stages=[{"Actions": [{
            "ActionTypeId": {"Provider": "Lambda"}, "Configuration": {"FunctionName": ref("Code")}}]}]),
         "Acts": role("codepipeline.amazonaws.com", IAM), **RUN}, (IN_OBJECTS,)
    ),
    "a bucket of a delivery that users fill, too": (
        {"Stream": STREAM, "Acts": role("firehose.amazonaws.com", IAM), "In": of("AWS::S3::Bucket"),
         "Sends": of("AWS::KinesisFirehose::DeliveryStream", KinesisStreamSourceConfiguration={
             "KinesisStreamARN": att("Stream"), "RoleARN": att("Acts")}, ExtendedS3DestinationConfiguration={
             "BucketARN": att("In"), "RoleARN": att("Acts")})}, (IN_OBJECTS,)
    ),
    "a machine without rights": ({**PIPE, **machine(allow("sns:Publish", "*"))}, (SEND,)),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_who_sends_a_powerful_resource_its_input_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    assert report(resources, *rights).status is not Status.PROVED


@pytest.mark.parametrize("name", [name for name, (_, rights) in OPEN.items() if rights])
def test_without_the_users_right_nobody_sends_the_input(name: str) -> None:
    found = report(OPEN[name][0])
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]


@pytest.mark.parametrize("name", SHUT)
def test_an_input_that_no_caller_sends_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]
