"""Log lines of code with owned data, and of APIs with owned paths, are copies where a subscription sends them."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import att, of, ref, role
from tests.analysis.proof.test_traps import allow
from tests.proofs import proof_of

APPS: Final = Path(__file__).parent.parent / "wrongly_proved"
CODE: Final = "logs-of-code-with-owned-rows-in-a-bucket"
TASKS: Final = "log-lines-of-containers-in-a-bucket"
PUBLIC: Final = "log-lines-of-a-public-build"
PATHS: Final = "execution-logs-of-an-owned-path-in-a-bucket"
STREAM: Final = of("AWS::Kinesis::Stream", ShardCount=1)
OTHERS: Final = of("AWS::Logs::LogGroup", LogGroupName="/aws/vpc")
DEFAULT: Final = {"Fn::Sub": "/aws/lambda/${F}"}
BY_STREAM: Final = {"KinesisStreamARN": att("Stream"), "RoleARN": att("FHR")}


def report_of(app: str, **changes: Document) -> Report:
    """Return the report of an app whose users read the bucket of log lines, with changed properties or resources."""
    body = json.loads((APPS / f"{app}.json").read_text())["templates"]["Stack.template.json"]
    for name, change in changes.items():
        if "Type" in change:
            body["Resources"][name] = change
        else:
            body["Resources"][name]["Properties"].update(change)
    return proof_of(body, name="Stack")


def user(*more: Document) -> Document:
    """Return a change after which users may do this instead of reading the bucket of log lines."""
    body = json.loads((APPS / f"{CODE}.json").read_text())["templates"]["Stack.template.json"]
    policy = body["Resources"]["User"]["Properties"]["Policies"][0]
    said = policy["PolicyDocument"]["Statement"]
    return {"Policies": [{**policy, "PolicyDocument": {"Version": "2012-10-17", "Statement": [*said[:-1], *more]}}]}


READERS: Final[dict[str, tuple[str, Document]]] = {
    "code": (CODE, {}),
    "an API": (PATHS, {}),
    "code by its default group": (CODE, {"F": {"LoggingConfig": None}, "S": {"LogGroupName": DEFAULT}}),
    "a group by a parameter": (CODE, {"S": {"LogGroupName": {"Fn::ImportValue": "Group"}}}),
    "every group": (CODE, {"S": of("AWS::Logs::AccountPolicy", PolicyType="SUBSCRIPTION_FILTER_POLICY", PolicyName="p",
                                   PolicyDocument={"Fn::Sub": '{"DestinationArn": "${FH.Arn}"}'})}),
    "by a stream": (CODE, {"Stream": STREAM, "S": {"DestinationArn": att("Stream")},
                           "FH": {"KinesisStreamSourceConfiguration": BY_STREAM}}),
    "by a destination": (CODE, {"S": {"DestinationArn": att("To")},
                                "To": of("AWS::Logs::Destination", DestinationName="d", TargetArn=att("FH"))}),
    "readers of a stream": (CODE, {"Stream": STREAM, "S": {"DestinationArn": att("Stream")},
                                   "User": user(allow("kinesis:GetRecords", att("Stream")))}),
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_who_reads_where_log_lines_go_learns_what_they_tell(name: str) -> None:
    app, changes = READERS[name]
    report = report_of(app, **changes)
    assert report.status is Status.UNDECIDED
    assert any("sends log lines" in each.story for each in report.findings)


READ: Final = allow(["s3:GetObject*", "s3:PutObject*"], {"Fn::Join": ["", [att("LogB"), "/*"]]})
WORKER: Final = {
    "Worker": of(
        "AWS::Lambda::Function", Role=att("Reads"), Code={"ZipFile": "x"}, Handler="i.h", Runtime="python3.12"
    ),
    "Reads": role("lambda.amazonaws.com", READ),
}
NOBODY: Final[dict[str, dict[str, Any]]] = {
    "no reader": {"User": user()},
    "another group": {"Others": OTHERS, "S": {"LogGroupName": ref("Others")}},
    "users send there": {"User": user(allow("firehose:PutRecord", att("FH")))},
    "the role of the delivery stream": {"User": user(), "FHR": role("firehose.amazonaws.com", READ)},
    "a function of the team": {"User": user(), **WORKER},
    "a service of others that the team uses": {
        "User": user(), "FH": {"HttpEndpointDestinationConfiguration": {"EndpointConfiguration": {"Url": "https://x"}}}
    },
    "a table of the team for searches": {
        "User": user(), "Lines": of("AWS::Glue::Table", TableInput={"StorageDescriptor": {"Location": att("LogB")}})
    },
}  # fmt: skip


@pytest.mark.parametrize("name", NOBODY)
def test_log_lines_that_no_caller_reads_stay_proved(name: str) -> None:
    report = report_of(CODE, **NOBODY[name])
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.status is not Status.PROVED]


def test_sessions_in_containers_are_logged_where_the_cluster_says() -> None:
    logs = {"Logging": "OVERRIDE", "LogConfiguration": {"S3BucketName": ref("LogB")}}
    cluster = of("AWS::ECS::Cluster", Configuration={"ExecuteCommandConfiguration": logs})
    quiet = {"ContainerDefinitions": [{"Name": "c", "Image": "nginx"}]}
    report = report_of(TASKS, Cluster=cluster, TD=quiet)
    assert any("of TD: what it logs or keeps for a time goes to" in each.story for each in report.findings)
    assert report_of(TASKS, TD=quiet).status is Status.PROVED


def test_a_private_build_stays_proved() -> None:
    report = report_of(PUBLIC, CB={"Visibility": "PRIVATE"})
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]
    assert report_of(PUBLIC, CB={"Visibility": {"Fn::ImportValue": "Visibility"}}).status is Status.UNDECIDED
