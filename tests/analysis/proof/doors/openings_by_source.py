"""Trusted code that is taken from where users write, and calls of any API that change who may do what."""

import json
from collections.abc import Callable
from typing import Any

from tests.analysis.proof.doors.openings import (
    OPENINGS,
    Document,
    Names,
    Opening,
    allow,
    att,
    join,
    of,
    reads,
    ref,
    role,
)

PUBLIC = "/public/*"
CODE = {"Runtime": "python3.13", "Handler": "x.y"}


def taken(service: str, type_: str, *, where: str = PUBLIC, **properties: Any) -> Callable[[Names], Opening]:
    """Code with a role that reads everything, taken from `BUCKET`, where users may write below `where`."""

    def make(names: Names) -> Opening:
        filled = json.loads(
            json.dumps(properties)
            .replace('"BUCKET"', json.dumps(ref(names.bucket)))
            .replace('"S3URL"', json.dumps(join("s3://", ref(names.bucket), "/public/x")))
            .replace('"PATH"', json.dumps(join(ref(names.bucket), "/public/x.zip")))
            .replace('"ARN"', json.dumps(join(names.bucket_arn, "/public/x.env")))
            .replace('"ROLE"', json.dumps(att("OpeningRole")))
            .replace('"PROFILE"', json.dumps(ref("Profile")))
        )
        return Opening(
            resources={
                "Opening": of(type_, **filled),
                "OpeningRole": role(service, *reads(names)),
                "Profile": of("AWS::IAM::InstanceProfile", Roles=[ref("OpeningRole")]),
            },
            user=(allow("s3:PutObject", join(names.bucket_arn, where)),),
        )

    return make


def function(*, where: str = PUBLIC, **code: str) -> Callable[[Names], Opening]:
    return taken("lambda.amazonaws.com", "AWS::Lambda::Function", where=where, Role="ROLE", Code=code, **CODE)


def layer(names: Names) -> Opening:
    made = function(ZipFile="x")(names)
    made.resources["Opening"]["Properties"]["Layers"] = [ref("Layer")]
    content = {"S3Bucket": ref(names.bucket), "S3Key": "public/layer.zip"}
    return Opening(
        resources={**made.resources, "Layer": of("AWS::Lambda::LayerVersion", Content=content)}, user=made.user
    )


def elsewhere(*statements: Document) -> Callable[[Names], Opening]:
    """Code from a bucket in which nothing is owned and which a statement lets users write."""

    def make(names: Names) -> Opening:
        made = function(S3Bucket="assets-of-mine", S3Key="code.zip")(names)
        return Opening(resources=made.resources, user=statements)

    return make


def by_policy(names: Names) -> Opening:
    made = function(S3Bucket="assets-of-mine", S3Key="code.zip")(names)
    grant = {**allow("s3:Put*", "arn:aws:s3:::assets-of-mine/*"), "Principal": {"AWS": att(names.user)}}
    return Opening(
        resources={
            **made.resources,
            "Assets": of("AWS::S3::Bucket", BucketName="assets-of-mine"),
            "AssetsPolicy": of(
                "AWS::S3::BucketPolicy", Bucket=ref("Assets"),
                PolicyDocument={"Version": "2012-10-17", "Statement": [grant]},
            ),
        }
    )  # fmt: skip


def by_acl(names: Names) -> Opening:
    made = function(S3Bucket="assets-of-mine", S3Key="code.zip")(names)
    assets = of(
        "AWS::S3::Bucket", BucketName="assets-of-mine", AccessControl="PublicReadWrite",
        PublicAccessBlockConfiguration={"IgnorePublicAcls": False},
    )  # fmt: skip
    return Opening(resources={**made.resources, "Assets": assets})


TAKEN: dict[str, Callable[[Names], Opening]] = {
    "a function's code that users may write": function(S3Bucket="BUCKET", S3Key="public/code.zip"),
    "a function's code in an owned folder": function(S3Bucket="BUCKET", S3Key="private/x/code.zip"),
    "a function's code whose key is not known": function(S3Bucket="BUCKET", S3Key="{{resolve:ssm:/key}}"),
    "a layer that users may write": layer,
    "a function's code in another bucket that users may write": elsewhere(
        allow("s3:P*Object", "arn:aws:s3:::assets-*/code.zip")
    ),
    "a function's code in a bucket whose policy users may write": elsewhere(
        allow("s3:PutBucketPolicy", "arn:aws:s3:::assets-of-mine")
    ),
    "a function's code in a bucket that lets users write by its policy": by_policy,
    "a function's code in a bucket that everyone may write by its ACL": by_acl,
    "a Glue job's script that users may write": taken(
        "glue.amazonaws.com", "AWS::Glue::Job", Role="ROLE", Command={"Name": "glueetl", "ScriptLocation": "S3URL"}
    ),
    "a Glue job's library that users may write": taken(
        "glue.amazonaws.com", "AWS::Glue::Job", Role="ROLE", Command={"ScriptLocation": "s3://mine/x"},
        DefaultArguments={"--extra-py-files": "S3URL"},
    ),
    "a build's source that users may write": taken(
        "codebuild.amazonaws.com", "AWS::CodeBuild::Project", ServiceRole="ROLE",
        Source={"Type": "S3", "Location": "PATH"},
    ),
    "a task's environment that users may write": taken(
        "ecs-tasks.amazonaws.com", "AWS::ECS::TaskDefinition", TaskRoleArn="ROLE",
        ContainerDefinitions=[{"Name": "x", "EnvironmentFiles": [{"Type": "s3", "Value": "ARN"}]}],
    ),
    "a state machine's definition that users may write": taken(
        "states.amazonaws.com", "AWS::StepFunctions::StateMachine", RoleArn="ROLE",
        DefinitionS3Location={"Bucket": "BUCKET", "Key": "public/machine.json"},
    ),
    "a machine that starts with what users may write": taken(
        "ec2.amazonaws.com", "AWS::EC2::Instance", IamInstanceProfile="PROFILE", UserData={"Fn::Base64": "S3URL"}
    ),
    "a template of machines that start with what users may write": taken(
        "ec2.amazonaws.com", "AWS::EC2::LaunchTemplate", LaunchTemplateData={
            "IamInstanceProfile": {"Arn": "ROLE"}, "UserData": {"Fn::Base64": "S3URL"}},
    ),
}  # fmt: skip


def call(action: str, service: str = "IAM") -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        text = join(f'{{"service":"{service}","action":"{action}","parameters":{{"Name":"', ref(names.user), '"}}')
        return Opening(resources={"Call": of("Custom::AWS", ServiceToken="arn", Create=text)})

    return make


CALLS: dict[str, Callable[[Names], Opening]] = {
    "a call that gives the users' role a policy": call("attachRolePolicy"),
    "a call that changes a role's trust": call("updateAssumeRolePolicy"),
    "a call without an action": call(""),
}
OPENINGS |= TAKEN | CALLS


def signed(resource: str = "/*", **condition: Any) -> Callable[[Names], Opening]:
    """A grant to everyone on a bucket that lets strangers in, which only a signed request can meet."""

    def make(names: Names) -> Opening:
        statement = {**allow("s3:GetObject", join(names.bucket_arn, resource)), "Principal": "*"}
        if condition:
            statement["Condition"] = condition
        unblocked = {"BlockPublicPolicy": False, "RestrictPublicBuckets": False}
        return Opening(bucket={"PublicAccessBlockConfiguration": unblocked}, bucket_policy=(statement,))

    return make


def listed(acl: str) -> Callable[[Names], Opening]:
    properties = {"AccessControl": acl, "PublicAccessBlockConfiguration": {"IgnorePublicAcls": False}}
    return lambda _: Opening(bucket=properties)


OPENINGS |= {
    "everyone with a tag": signed(StringEquals={"aws:PrincipalTag/team": "x"}),
    "everyone by their tag": signed("/private/${aws:PrincipalTag/owner}/*"),
    "everyone of a type": signed(StringEquals={"aws:PrincipalType": "User"}),
    "users of a name": signed(StringLike={"aws:username": "*"}),
    "objects for a machine image": listed("AwsExecRead"),
    "an ACL that S3 does not have": listed("publicRead"),
}

__all__ = ["OPENINGS", "call", "elsewhere", "function"]
