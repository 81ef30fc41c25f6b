"""Pipes: what their source carries is followed to their targets, and what feeds them to what they may start."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, allow, applied, att, of, reads, ref, role
from tests.analysis.proof.access_paths.openings_by_distribution import signed_by_a_function
from tests.analysis.proof.access_paths.services_with_roles import CUSTOM, IAM, PUT_EVENTS, machine, report, rule
from tests.analysis.proof.access_paths.test_access_paths import NAMES, followed
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

STREAM: Final = att("Table", "StreamArn")
QUEUE: Final = of("AWS::SQS::Queue")
CODE: Final = {
    "Code": of("AWS::Lambda::Function", Role=att("Runs"), Code={"ZipFile": "x"}),
    "Runs": role("lambda.amazonaws.com", *reads(NAMES)),
}
READS_STREAM: Final = allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], STREAM)
CONSUMES: Final = allow(
    ["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], att("In")
)
HOOK: Final = {
    "Hook": of("AWS::Events::ApiDestination", ConnectionArn=att("Key"), HttpMethod="POST",
               InvocationEndpoint="https://example.com"),
    "Key": of("AWS::Events::Connection", AuthorizationType="API_KEY"),
}  # fmt: skip
BUS: Final = {
    "Bus": of("AWS::Events::EventBus", Name="rows"),
    "OnRows": of("AWS::Events::Rule", EventBusName=ref("Bus"), EventPattern=CUSTOM, Targets=[
        {"Id": "1", "Arn": att("Code")}]),
}  # fmt: skip
SEND: Final = allow("sqs:SendMessage", att("In"))
READ: Final = allow("sqs:ReceiveMessage", att("Out"))
CALLS_HOOK: Final = allow("events:InvokeApiDestination", "*")
DEFAULT_BUS: Final = "arn:aws:events:us-east-1:123456789012:event-bus/default"


def pipe(source: Any, target: Any, *rights: Document, more: Document | None = None, **said: Any) -> Document:
    made = of("AWS::Pipes::Pipe", RoleArn=att("Moves"), Source=source, Target=target, **said)
    return {"Pipe": made, "Moves": role("pipes.amazonaws.com", *rights), "In": QUEUE, **CODE, **(more or {})}


def of_table(target: Any, *rights: Document, more: Document | None = None, **said: Any) -> Document:
    return pipe(STREAM, target, READS_STREAM, *rights, more=more, **said)


def of_queue(target: Any, *rights: Document, more: Document | None = None) -> Document:
    return pipe(att("In"), target, CONSUMES, *rights, more=more)


def out(**more: Any) -> Document:
    return {"Out": QUEUE, **more}


DEAD: Final = {"DynamoDBStreamParameters": {"DeadLetterConfig": {"Arn": att("Out")}, "StartingPosition": "LATEST"}}
LOGGED: Final = {"CloudwatchLogsLogDestination": {"LogGroupArn": att("Log")}, "IncludeExecutionData": ["ALL"]}
BUS_TO_OUT: Final = {**BUS, "OnRows": of("AWS::Events::Rule", EventBusName=ref("Bus"), EventPattern=CUSTOM, Targets=[
    {"Id": "1", "Arn": att("Out")}])}  # fmt: skip
BUS_THAT_FAILS: Final = {"Bus": of("AWS::Events::EventBus", Name="b", DeadLetterConfig={"Arn": att("Out")})}
SHUT: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "rows to code": (of_table(att("Code"), allow("lambda:InvokeFunction", att("Code"))), ()),
    "rows to code by a bus": (of_table(att("Bus"), allow("events:PutEvents", att("Bus")), more=BUS), ()),
    "rows to a machine that reads none": (
        of_table(ref("Machine"), allow("states:StartExecution", ref("Machine")),
                 more=machine(allow("lambda:InvokeFunction", "*"))), ()
    ),
    "rows to a queue that nobody reads": (of_table(att("Out"), more=out(), SourceParameters=DEAD), ()),
    "messages to code": (of_queue(att("Code"), allow("lambda:InvokeFunction", att("Code"))), (SEND,)),
    "messages to an API destination": (of_queue(att("Hook"), CALLS_HOOK, more=HOOK), (SEND,)),
}  # fmt: skip
OPEN: dict[str, tuple[Document, tuple[Document, ...]]] = {
    "rows to a queue": (of_table(att("Out"), more=out()), (READ,)),
    "rows that fail": (of_table(att("Code"), more=out(), SourceParameters=DEAD), (READ,)),
    "rows in a log": (
        of_table(att("Code"), more={"Log": of("AWS::Logs::LogGroup", LogGroupName="/rows")}, LogConfiguration=LOGGED),
        (allow("logs:GetLogEvents", att("Log")),),
    ),
    "rows to a bus with another rule": (of_table(att("Bus"), more=out(**BUS_TO_OUT)), (READ,)),
    "rows to a bus whose events fail": (of_table(att("Bus"), more=out(**BUS_THAT_FAILS)), (READ,)),
    "rows to an API destination": (of_table(att("Hook"), CALLS_HOOK, more=HOOK), ()),
    "rows to an enrichment elsewhere": (of_table(att("Code"), Enrichment=att("Hook"), more=HOOK), ()),
    "rows by a role that reads objects, too": (of_table(att("Code"), *reads(NAMES)), ()),
    "rows to a machine that reads all": (of_table(ref("Machine"), more=machine(*reads(NAMES))), ()),
    "messages to a bus that starts a machine": (
        of_queue(DEFAULT_BUS, PUT_EVENTS, CALLS_HOOK, more={**machine(IAM), **rule(CUSTOM)}), (SEND,)
    ),
    "messages by a role that may do more": (of_queue(att("Code"), IAM), (SEND,)),
}  # fmt: skip


@pytest.mark.parametrize("name", SHUT)
def test_a_pipe_to_code_of_the_templates_stays_proved(name: str) -> None:
    resources, rights = SHUT[name]
    found = report(resources, *rights)
    assert found.status is Status.PROVED, [each.story for each in found.findings if each.story]


@pytest.mark.parametrize("name", OPEN)
def test_a_pipe_that_shows_rows_or_acts_for_callers_is_told(name: str) -> None:
    resources, rights = OPEN[name]
    assert followed(report(resources, *rights)) is Status.UNDECIDED


@pytest.mark.parametrize("rights", [(), (SEND,)])
def test_who_feeds_a_pipe_runs_the_code_that_signs_urls(rights: tuple[Document, ...]) -> None:
    resources = of_queue(att("Signer"), allow("lambda:InvokeFunction", att("Signer")))
    signs = signed_by_a_function(NAMES, user=rights, **resources)
    found = proof_of(applied(template([OWN, ROWS]), NAMES, signs))
    told = [each for each in found.findings if "may feed Pipe, which acts on events, which start Signer" in each.story]
    assert len(told) == len(rights)
