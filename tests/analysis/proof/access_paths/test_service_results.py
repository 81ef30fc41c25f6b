"""Results that a service writes for code with owned data are copies: who reads there is asked, and nobody else."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.proof.access_paths.openings import Document, Opening, allow, att, join, of, reads, ref, role
from tests.analysis.proof.access_paths.test_access_paths import NAMES, opened

READ: Final = allow("s3:GetObject", join(att("Kept"), "/*"))
KEPT: Final = {"Kept": of("AWS::S3::Bucket")}
QUERIES: Final = allow("athena:StartQueryExecution", "*")


def told(resources: Document, *user: Document) -> Report:
    """Return the report of an app with a bucket `Kept` and more resources, whose users have more rights."""
    return opened(Opening(resources=KEPT | resources, user=user))


def role_of(service: str, *more: Document) -> Document:
    return {"Acts": role(f"{service}.amazonaws.com", *reads(NAMES), *more)}


def function(**properties: Any) -> Document:
    return {"Code": of("AWS::Lambda::Function", Role=att("Acts"), Code={"ZipFile": "x"}, **properties)}


def build(**properties: Any) -> Document:
    given = {"Artifacts": {"Type": "NO_ARTIFACTS"}, "Source": {"Type": "NO_SOURCE"}, **properties}
    return {"Code": of("AWS::CodeBuild::Project", ServiceRole=att("Acts"), **given)}


def calls(**to: Any) -> Document:
    return {"Calls": of("AWS::Lambda::EventInvokeConfig", FunctionName=ref("Code"), DestinationConfig=to)}


def delivered(before: str, **more: Any) -> Document:
    """A delivery stream to the bucket, and the role with which a service sends there."""
    to = {"BucketARN": att("Kept"), "RoleARN": att("Delivers")}
    return {
        "Stream": of("AWS::KinesisFirehose::DeliveryStream", ExtendedS3DestinationConfiguration=to),
        "Delivers": role("firehose.amazonaws.com", allow("s3:PutObject", join(att("Kept"), "/*"))),
        "Sends": role(f"{before}.amazonaws.com", allow("firehose:PutRecord", att("Stream")), *more.get("rights", ())),
    }


def rule(**pattern: Any) -> Document:
    targets = [{"Id": "1", "Arn": att("Stream"), "RoleArn": att("Sends")}]
    return {"Rule": of("AWS::Events::Rule", EventPattern=pattern, Targets=targets)}


BY_BUS: Final = join("arn:aws:events:", ref("AWS::Region"), ":", ref("AWS::AccountId"), ":event-bus/default")
COMMANDS: Final = {"S3Location": {"OutputS3BucketName": ref("Kept")}}
CONTAINERS: Final = [{"Name": "c", "Image": "nginx"}]
SESSIONS: Final = {"ExecuteCommandConfiguration": {"LogConfiguration": {"S3BucketName": ref("Kept")}}}
FOUND: Final = {"ResultConfiguration": {"OutputLocation": join("s3://", ref("Kept"), "/q/")}}

RESULTS: Final[dict[str, tuple[str, Document]]] = {
    "a destination": ("its events and answers go to", {
        **role_of("lambda"), **function(), **calls(OnSuccess={"Destination": att("Kept")}),
    }),
    "a destination by the default bus": ("its events and answers go to", {
        **role_of("lambda"), **function(), **calls(OnSuccess={"Destination": BY_BUS}), **delivered("events"),
        **rule(source=["lambda"]),
    }),
    "a destination by a bus that an import names": ("its events and answers go to", {
        **role_of("lambda"), **function(), **calls(OnSuccess={"Destination": {"Fn::ImportValue": "Bus"}}),
        **delivered("events"), **rule(source=["lambda"]),
    }),
    "a destination by a queue and a pipe": ("its events and answers go to", {
        **role_of("lambda"), **function(), **calls(OnSuccess={"Destination": att("Queue")}), **delivered(
            "pipes", rights=[allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], att("Queue"))]),
        "Queue": of("AWS::SQS::Queue"),
        "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Sends"), Source=att("Queue"), Target=att("Stream")),
    }),
    "dead letters by a topic": ("what fails there goes to", {
        **role_of("lambda"), **function(DeadLetterConfig={"TargetArn": ref("Topic")}), **delivered("sns"),
        "Topic": of("AWS::SNS::Topic"),
        "On": of("AWS::SNS::Subscription", TopicArn=ref("Topic"), Protocol="firehose", Endpoint=att("Stream"),
                 SubscriptionRoleArn=att("Sends")),
    }),
    "the answers of an enrichment": ("its answers go to", {
        **role_of("lambda"), **function(), **delivered(
            "pipes", rights=[allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"], att("Queue")),
                             allow("lambda:InvokeFunction", att("Code"))]),
        "Queue": of("AWS::SQS::Queue"),
        "Pipe": of("AWS::Pipes::Pipe", RoleArn=att("Sends"), Source=att("Queue"), Enrichment=att("Code"),
                   Target=att("Stream")),
    }),
    "artifacts": ("its artifacts go to", {
        **role_of("codebuild"), **build(Artifacts={"Type": "S3", "Location": ref("Kept")}),
    }),
    "more artifacts": ("its artifacts go to", {
        **role_of("codebuild"), **build(SecondaryArtifacts=[{"Type": "S3", "Location": ref("Kept")}]),
    }),
    "a cache": ("its artifacts go to", {
        **role_of("codebuild"), **build(Cache={"Type": "S3", "Location": join(ref("Kept"), "/c")}),
    }),
    "reports": ("its reports go to", {
        **role_of("codebuild"), **build(),
        "Reports": of("AWS::CodeBuild::ReportGroup", Type="TEST", ExportConfig={
            "ExportConfigType": "S3", "S3Destination": {"Bucket": ref("Kept")}}),
    }),
    "files of a job": ("what it logs or keeps for a time goes to", {
        **role_of("glue"),
        "Code": of("AWS::Glue::Job", Role=att("Acts"), Command={"Name": "glueetl"},
                   DefaultArguments={"--TempDir": join("s3://", ref("Kept"), "/t/")}),
    }),
    "events of a job": ("what it logs or keeps for a time goes to", {
        **role_of("glue"),
        "Code": of("AWS::Glue::Job", Role=att("Acts"), Command={"Name": "glueetl"},
                   DefaultArguments={"--spark-event-logs-path": join("s3://", ref("Kept"), "/t/")}),
    }),
    "files of a job with a second role": ("what it logs or keeps for a time goes to", {
        **role_of("glue"),
        "Code": of("AWS::Glue::Job", Role=att("Acts"), Command={"Name": "glueetl"}, DefaultArguments={
            "--TempDir": join("s3://", ref("Kept"), "/t/"), "--role": att("Powerful")}),
        "Powerful": role("glue.amazonaws.com", allow("iam:PutRolePolicy", "*")),
    }),
    "sessions in containers": ("what it logs or keeps for a time goes to", {
        **role_of("ecs-tasks"), "Cluster": of("AWS::ECS::Cluster", Configuration=SESSIONS),
        "Code": of("AWS::ECS::TaskDefinition", TaskRoleArn=att("Acts"), ContainerDefinitions=CONTAINERS),
    }),
    "log lines of a build": ("what it logs or keeps for a time goes to", {
        **role_of("codebuild"), **build(LogsConfig={"S3Logs": {"Status": "ENABLED", "Location": ref("Kept")}}),
    }),
    "commands on instances of a template": ("what its commands print goes to", {
        **role_of("ec2"), "Profile": of("AWS::IAM::InstanceProfile", Roles=[ref("Acts")]),
        "Code": of("AWS::EC2::LaunchTemplate", LaunchTemplateData={"IamInstanceProfile": {"Arn": att("Profile")}}),
        "Commands": of("AWS::SSM::Association", Name="AWS-RunShellScript", OutputLocation=COMMANDS,
                       Targets=[{"Key": "tag:a", "Values": ["b"]}]),
    }),
    "commands on an instance": ("what its commands print goes to", {
        **role_of("ec2"), "Profile": of("AWS::IAM::InstanceProfile", Roles=[ref("Acts")]),
        "Code": of("AWS::EC2::Instance", IamInstanceProfile=ref("Profile")),
        "Commands": of("AWS::SSM::Association", Name="AWS-RunShellScript", OutputLocation=COMMANDS,
                       Targets=[{"Key": "tag:a", "Values": ["b"]}]),
    }),
    "what queries find": ("what its queries find goes to", {
        **role_of("lambda", QUERIES), **function(),
        "Queries": of("AWS::Athena::WorkGroup", Name="w", WorkGroupConfiguration=FOUND),
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_who_reads_where_results_go_is_asked(name: str) -> None:
    words, resources = RESULTS[name]
    report = told(resources, READ)
    assert report.status is Status.UNDECIDED
    stories = [each.story for each in report.findings if each.status is Status.UNDECIDED]
    assert all("a signed-in user may read Kept" in each and words in each for each in stories), stories


@pytest.mark.parametrize("name", RESULTS)
def test_results_that_only_the_team_reads_stay_proved(name: str) -> None:
    report = told(RESULTS[name][1])
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.status is not Status.PROVED]


OTHERS: Final[dict[str, Document]] = {
    "code without a right on owned data": {
        "Acts": role("lambda.amazonaws.com"), **function(), **calls(OnSuccess={"Destination": att("Kept")}),
    },
    "another destination": {
        **role_of("lambda"), **function(), **calls(OnSuccess={"Destination": att("Other")}),
        "Other": of("AWS::S3::Bucket"),
    },
    "the destination of what it is a destination of": {
        **role_of("lambda"), **function(),
        "Calls": of("AWS::Lambda::EventInvokeConfig", FunctionName=ref("First"), DestinationConfig={
            "OnSuccess": {"Destination": att("Code")}, "OnFailure": {"Destination": att("Kept")}}),
        "First": of("AWS::Lambda::Function", Role=att("None"), Code={"ZipFile": "x"}),
        "None": role("lambda.amazonaws.com"),
    },
    "a rule on other events": {
        **role_of("lambda"), **function(), **calls(OnSuccess={"Destination": BY_BUS}), **delivered("events"),
        **rule(source=["aws.ec2"]),
    },
    "a rule, and no destination": {
        **role_of("lambda"), **function(), **delivered("events"), **rule(source=["lambda"]),
    },
    "queries of code without a right to ask any": {
        **role_of("lambda"), **function(),
        "Queries": of("AWS::Athena::WorkGroup", Name="w", WorkGroupConfiguration=FOUND),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_readers_of_what_has_no_owned_data_stay_proved(name: str) -> None:
    report = told(OTHERS[name], READ)
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.status is not Status.PROVED]


def test_a_log_group_is_no_copy_of_results() -> None:
    logs = {"LogDriver": "awslogs", "Options": {"awslogs-group": ref("Lines")}}
    report = told({
        **role_of("ecs-tasks"), "Lines": of("AWS::Logs::LogGroup"),
        "Code": of("AWS::ECS::TaskDefinition", TaskRoleArn=att("Acts"), ContainerDefinitions=[
            {"Name": "c", "Image": "nginx", "LogConfiguration": logs}]),
        "Worker": of("AWS::Lambda::Function", Role=att("Looks"), Code={"ZipFile": "x"}),
        "Looks": role("lambda.amazonaws.com", allow("logs:FilterLogEvents", att("Lines"))),
    })  # fmt: skip
    assert report.status is Status.PROVED
    assert set(report.trusted) == {"Code"}
