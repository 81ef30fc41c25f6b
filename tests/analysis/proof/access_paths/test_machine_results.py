"""What a state machine with owned data sends, and the events of its executions, are copies where they go."""

import json
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.proof.access_paths.openings import Document, allow, att, join, of, reads, ref, role
from tests.analysis.proof.access_paths.test_access_paths import NAMES
from tests.analysis.proof.access_paths.test_service_results import READ, delivered, function, role_of, rule, told

ROW: Final = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Parameters": {"TableName": "t"}}
TOPIC: Final = {
    "Topic": of("AWS::SNS::Topic"),
    "On": of("AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="firehose", Endpoint=att("Stream"),
             SubscriptionRoleArn=att("Sends")),
    **delivered("sns"),
}  # fmt: skip
STATUS: Final = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
OTHER: Final = {"Other": of("AWS::StepFunctions::StateMachine", RoleArn=att("Idle"), DefinitionString="{}"),
                "Idle": role("states.amazonaws.com")}  # fmt: skip


def machine(*states: Any, **properties: Any) -> Document:
    """A state machine that reads every row; `KEPT` and `TOPIC` in its states are names of resources."""
    said = {"StartAt": "S0", "States": {f"S{number}": each for number, each in enumerate(states)}}
    text = json.dumps(said).replace("KEPT", "${Kept}").replace("TOPIC", "${Topic}").replace("STREAM", "${Stream}")
    given = properties or {"DefinitionString": {"Fn::Sub": text}}
    return {
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), **given),
        "Acts": role("states.amazonaws.com", *reads(NAMES)),
    }


def task(resource: str, key: str = "Parameters", **given: Any) -> Document:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", key: given}


def mapped(**more: Any) -> Document:
    steps = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "R", "States": {"R": ROW}}
    return {"Type": "Map", "ItemProcessor": steps, **more}


WRITER: Final = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "KEPT", "Prefix": "r"}}
READER: Final = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "KEPT"}}
PUT: Final = task("aws-sdk:s3:putObject", **{"Bucket": "KEPT", "Key": "k", "Body.$": "$"})
ENTRY: Final = {"Detail": {"row.$": "$.Item"}, "DetailType": "t", "Source": "app"}
CALLED: Final = {
    "Called": of("AWS::Lambda::Function", Role=att("Idle"), Code={"ZipFile": "x"}),
    "Idle": role("lambda.amazonaws.com"),
    "Async": of("AWS::Lambda::EventInvokeConfig", FunctionName=ref("Called"), Qualifier="$LATEST",
                DestinationConfig={"OnSuccess": {"Destination": att("Kept")}}),
}  # fmt: skip
PUT_KEPT: Final = task("aws-sdk:s3:putObject", Bucket={"Ref": "Kept"}, Key="k")
CHILD: Final = {
    "Child": of("AWS::StepFunctions::StateMachine", RoleArn=att("Idle"), Definition={"States": {
        "P": PUT_KEPT}}),
    "Idle": role("states.amazonaws.com", allow("s3:PutObject", join(att("Kept"), "/*"))),
}  # fmt: skip
SUBSTITUTED: Final = {
    "DefinitionString": json.dumps({"States": {"P": task("aws-sdk:s3:putObject", Bucket="${to}", Key="k")}}),
    "DefinitionSubstitutions": {"to": ref("Kept")},
}
ELSEWHERE: Final = {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}, "DefinitionSubstitutions": {"to": ref("Kept")}}
IMPORTED: Final = {"Fn::ImportValue": "Call"}
CALL: Final = {"Type": "Task", "Resource": "${Call}", "Parameters": {"To": "TOPIC"}}
SENT: Final = "Machine: what its states send goes to"
EVENTS: Final = "Machine: what its executions are given and answer goes to"

RESULTS: Final[dict[str, tuple[str, Document]]] = {
    "results of a map": (SENT, machine(mapped(ResultWriter=WRITER))),
    "an object": (SENT, machine(ROW, PUT)),
    "an object by JSONata": (SENT, machine(task("aws-sdk:s3:putObject", "Arguments", Bucket="KEPT", Body="{% $x %}"))),
    "a copied object": (SENT, machine(task("aws-sdk:s3:copyObject", Bucket="KEPT", CopySource="a/b", Key="k"))),
    "what a service finds": (
        SENT, machine(task("aws-sdk:textract:startDocumentAnalysis", OutputConfig={"S3Bucket": "KEPT"})),
    ),
    "a record": (SENT, delivered("x") | machine(ROW, task(
        "aws-sdk:firehose:putRecord", DeliveryStreamName="STREAM", Record={"Data.$": "$"}))),
    "what queries find": (SENT, machine(task(
        "athena:startQueryExecution.sync", ResultConfiguration={"OutputLocation": "s3://KEPT/q/"}))),
    "a message": (SENT, TOPIC | machine(ROW, task("sns:publish", **{"TopicArn": "TOPIC", "Message.$": "$"}))),
    "a message by JSONata": (SENT, TOPIC | machine(task(
        "sns:publish", "Arguments", TopicArn="TOPIC", Message={"text": ["{% $states.input %}"]}))),
    **{
        f"an event by {call}": (SENT, delivered("events") | rule(source=["app"]) | machine(
            ROW, task(f"{call}:putEvents", Entries=[ENTRY])))
        for call in ("events", "aws-sdk:eventbridge")
    },
    "an event of a bus": (SENT, delivered("events") | {
        "Bus": of("AWS::Events::EventBus", Name="b"),
        "Rule": of("AWS::Events::Rule", EventBusName=ref("Bus"), EventPattern={"source": ["app"]}, Targets=[
            {"Id": "1", "Arn": att("Stream"), "RoleArn": att("Sends")}]),
    } | machine(Definition={"States": {"P": task("aws-sdk:eventbridge:putEvents", Entries=[
        {**ENTRY, "EventBusName": ref("Bus")}])}})),
    "an event of any source": (SENT, delivered("events") | rule(source=["app"]) | machine(
        ROW, task("events:putEvents", Entries=[{"Detail.$": "$", "Source.$": "$.s"}]))),
    "events that the input lists": (SENT, delivered("events") | rule(source=["app"]) | machine(
        ROW, task("events:putEvents", **{"Entries.$": "$.events"}))),
    "the destination of code that it invokes": (
        "Machine: what its states send goes to Called, and its events and answers go to",
        CALLED | machine(Definition={"States": {"I": task("lambda:invoke", FunctionName=ref("Called"))}}),
    ),
    "what an execution that it starts puts": (
        "Machine: what its states send goes to Child, and what its states send goes to",
        CHILD | machine(Definition={"States": {"I": task("states:startExecution", StateMachineArn=ref("Child"))}}),
    ),
    "an export": (SENT, machine(task("aws-sdk:dynamodb:exportTableToPointInTime", TableArn="t", S3Bucket="KEPT"))),
    "artifacts of a build": (SENT, machine(task(
        "codebuild:startBuild.sync", ArtifactsOverride={"Type": "S3", "Location": "KEPT"}))),
    "files of a job": (SENT, machine(task("glue:startJobRun", JobName="j", Arguments={"--TempDir": "s3://KEPT/t"}))),
    "a nested output": (SENT, machine(task("aws-sdk:mediaconvert:createJob", Settings={"OutputGroups": [
        {"FileGroupSettings": {"Destination": "s3://KEPT/v"}}]}))),
    "what a notification says": (SENT, TOPIC | machine(task(
        "aws-sdk:rekognition:startLabelDetection", NotificationChannel={"SnsTopicArn": "TOPIC"}))),
    "a call that is not known": (
        SENT,
        TOPIC
        | machine(
            DefinitionString={
                "Fn::Sub": [json.dumps({"States": {"C": CALL}}).replace("TOPIC", "${Topic}"), {"Call": IMPORTED}]
            }
        ),
    ),
    "a value for the definition": (SENT, machine(**SUBSTITUTED)),
    "a value for the definition as an object": (
        SENT,
        machine(
            Definition={"States": {"P": task("aws-sdk:s3:putObject", Bucket="${to}", Key="k")}},
            DefinitionSubstitutions={"to": ref("Kept")},
        ),
    ),
    "a call that a parameter names": (
        SENT,
        machine(
            Definition={"States": {"P": {"Resource": "${call}", "Parameters": {"Bucket": "${to}"}}}},
            DefinitionSubstitutions={"to": ref("Kept")},
        ),
    ),
    "a definition elsewhere": (SENT, machine(**ELSEWHERE)),
    "events of executions": (EVENTS, machine(ROW) | delivered("events") | rule(**STATUS)),
    "events of its executions": (EVENTS, machine(ROW) | delivered("events") | rule(
        **STATUS, detail={"stateMachineArn": [ref("Machine")]})),
    "events of some executions": (EVENTS, machine(ROW) | delivered("events") | rule(
        **STATUS, detail={"stateMachineArn": [{"prefix": "arn:"}]})),
    "answers of code in results of a map": ("Machine gets its answers, and what its states send goes to", {
        **role_of("lambda"), **function(),
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Calls"), DefinitionString={"Fn::Sub": json.dumps(
            {"States": {"M": {"Type": "Map", "ResultWriter": WRITER, "ItemProcessor": {"States": {
                "C": {"Type": "Task", "Resource": "${Code.Arn}"}}}}}}).replace("KEPT", "${Kept}")}),
        "Calls": role("states.amazonaws.com", allow("lambda:InvokeFunction", att("Code"))),
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_who_reads_what_a_state_machine_sends_is_asked(name: str) -> None:
    words, resources = RESULTS[name]
    report = told(resources, READ)
    stories = [each.story for each in report.findings if each.status is Status.UNDECIDED]
    assert any("a signed-in user may read Kept" in each and words in each for each in stories), stories


OTHERS: Final[dict[str, Document]] = {
    "a message without input": TOPIC | machine(ROW, task("sns:publish", TopicArn="TOPIC", Message="done")),
    "an event without input": delivered("events") | rule(source=["app"]) | machine(
        ROW, task("events:putEvents", Entries=[{"Detail": {"text": "done"}, "Source": "app"}])),
    "an event of another source": delivered("events") | rule(source=["other"]) | machine(
        ROW, task("events:putEvents", Entries=[ENTRY])),
    "a bucket that a call reads": machine(
        task("aws-sdk:textract:analyzeDocument", Document={"S3Object": {"Bucket": "KEPT"}})
    ),
    "a bucket that is copied": machine(
        task("aws-sdk:s3:copyObject", Bucket="other", CopySource="KEPT/b", Key="k")
    ),
    "a bucket that a map reads": machine(mapped(ItemReader=READER)),
    "a bucket whose name code gets": machine(task("lambda:invoke", FunctionName="f", Payload={"x": "KEPT"})),
    "events of another's executions": OTHER | machine(ROW) | delivered("events") | rule(
        **STATUS, detail={"stateMachineArn": [ref("Other")]}),
    "express executions": machine(DefinitionString="{}", StateMachineType="EXPRESS") | delivered("events") | rule(
        **STATUS),
    "events of another bus": machine(ROW) | delivered("events") | {
        "Bus": of("AWS::Events::EventBus", Name="b"),
        "Rule": of("AWS::Events::Rule", EventBusName=ref("Bus"), EventPattern=STATUS, Targets=[
            {"Id": "1", "Arn": att("Stream"), "RoleArn": att("Sends")}]),
    },
    "a state machine without owned data": {
        **machine(PUT), "Acts": role("states.amazonaws.com", allow("s3:PutObject", join(att("Kept"), "/*"))),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_readers_of_what_a_state_machine_does_not_send_there_stay_proved(name: str) -> None:
    assert unproved(told(OTHERS[name], READ)) == []


@pytest.mark.parametrize("name", [each for each in RESULTS if "definition elsewhere" not in each])
def test_what_only_the_team_reads_stays_proved(name: str) -> None:
    found = unproved(told(RESULTS[name][1]))
    assert not any("may read Kept" in each for each in found), found


def unproved(report: Report) -> list[str]:
    return [each.story for each in report.findings if each.status is not Status.PROVED]


def started(*states: Document) -> Document:
    """A state machine that events of the owned bucket start."""
    return machine(*states) | {
        "Acts": role("states.amazonaws.com", allow("s3:PutObject", join(att("Kept"), "/*"))),
        "Rule": of("AWS::Events::Rule", Targets=[{"Id": "1", "Arn": ref("Machine"), "RoleArn": att("Starts")}],
                   EventPattern={"source": ["aws.s3"], "detail": {"bucket": {"name": [ref(NAMES.bucket)]}}}),
        "Starts": role("events.amazonaws.com", allow("states:StartExecution", ref("Machine"))),
    }  # fmt: skip


def test_what_a_state_machine_sends_of_an_owned_event_is_a_copy() -> None:
    words = "events of it go to: Machine, and what its states send goes to"
    assert any(words in each for each in unproved(told(started(PUT), READ)))
    assert unproved(told(started(PUT))) == []


def test_a_message_of_an_owned_event_to_a_topic_elsewhere_stays_proved() -> None:
    message = task("sns:publish", **{"TopicArn": "arn:aws:sns:eu-west-1:999999999999:t", "Message.$": "$"})
    assert unproved(told(started(message), READ)) == []


@pytest.mark.parametrize(
    ("into", "found"),
    [({"Prefix": "results/r"}, True), ({"Key": "results/r"}, True), ({"Key.$": "$.key"}, True),
     ({"Prefix": "other/"}, False), ({"Key": "other/r"}, False)],
)  # fmt: skip
def test_results_in_an_owned_bucket_are_where_their_keys_begin(into: Document, found: bool) -> None:
    given = {"Bucket": "${to}", "Body.$": "$", **into}
    app = machine(
        DefinitionString=json.dumps({"States": {"P": task("aws-sdk:s3:putObject", **given)}}),
        DefinitionSubstitutions={"to": ref(NAMES.bucket)},
    )
    read = allow("s3:GetObject", join(att(NAMES.bucket), "/results/*"))
    assert any("may read Bucket" in each for each in unproved(told(app, read))) is found


def rows(call: str) -> Document:
    """A table without owners and a state machine with calls for its rows."""
    given: Document = {"TableName": ref("Rows"), "Item": {"id": {"S": "1"}, "row.$": "$.Item"}}
    return {
        "Rows": of("AWS::DynamoDB::Table", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}]),
        **machine(Definition={"States": {"P": task(call, **given)}}),
    }


READ_ROWS: Final = allow("dynamodb:GetItem", att("Rows"))


@pytest.mark.parametrize("call", ["dynamodb:putItem", "dynamodb:updateItem", "aws-sdk:dynamodb:batchWriteItem"])
def test_rows_that_a_state_machine_writes_into_a_table_without_owners_are_copies(call: str) -> None:
    assert any("may read Rows" in each and SENT in each for each in unproved(told(rows(call), READ_ROWS)))
    assert unproved(told(rows(call))) == []


@pytest.mark.parametrize("call", ["dynamodb:getItem", "aws-sdk:dynamodb:query", "dynamodb:deleteItem"])
def test_a_table_whose_rows_a_state_machine_reads_or_deletes_stays_proved(call: str) -> None:
    assert unproved(told(rows(call), READ_ROWS)) == []


def test_rows_that_a_state_machine_writes_into_a_table_with_owners_stay_proved() -> None:
    given: Document = {"TableName": ref(NAMES.table), "Item": {"row.$": "$.Item"}}
    assert unproved(told(machine(Definition={"States": {"P": task("dynamodb:putItem", **given)}}))) == []


def test_state_machines_that_start_many_others_are_followed_once() -> None:
    starts = {f"M{number}": task("states:startExecution", StateMachineArn=ref(f"M{number}")) for number in range(16)}
    chain = {
        name: of("AWS::StepFunctions::StateMachine", RoleArn=att("Idle"), Definition={"States": {
            **{later: starts[later] for later in [*starts][number + 1 :]}, "P": PUT_KEPT}})
        for number, name in enumerate(starts)
    }  # fmt: skip
    found = unproved(told(CHILD | chain | machine(Definition={"States": starts}), READ))
    assert any("may read Kept" in story for story in found), found
