"""Trusted code from sources that users can write, and calls of any API that change access."""

import json
from collections.abc import Callable
from typing import Any

from tests.analysis.proof.access_paths.openings import (
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
    """Code with a role that reads everything, from `BUCKET`, in which users may write below `where`."""

    def make(names: Names) -> Opening:
        filled = json.loads(
            json.dumps(properties)
            .replace('"BUCKET"', json.dumps(ref(names.bucket)))
            .replace('"S3URL"', json.dumps(join("s3://", ref(names.bucket), "/public/x")))
            .replace('"PATH"', json.dumps(join(ref(names.bucket), "/public/x.zip")))
            .replace('"ARN"', json.dumps(join(names.bucket_arn, "/public/x.env")))
            .replace('"BUCKET_ARN"', json.dumps(names.bucket_arn))
            .replace('"ALL"', json.dumps(join("s3://", ref(names.bucket), "/")))
            .replace('"FETCH"', json.dumps(join("curl -s s3://", ref(names.bucket), "/public/x.sh | sh")))
            .replace('"HTTPS"', json.dumps(join("https://", ref(names.bucket), ".s3.us-east-1.amazonaws.com/public/x")))
            .replace('"PATHS"', json.dumps(join("https://s3.amazonaws.com/", ref(names.bucket), "/public/x")))
            .replace('"BOOT"', json.dumps(join("aws s3api get-object --key public/x --bucket ", ref(names.bucket))))
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
    """Code from a bucket without owned places that a statement allows users to write."""

    def make(names: Names) -> Opening:
        made = function(S3Bucket="assets-of-mine", S3Key="code.zip")(names)
        return Opening(resources=made.resources, user=statements)

    return make


def by_policy(names: Names, principal: Any = None) -> Opening:
    made = function(S3Bucket="assets-of-mine", S3Key="code.zip")(names)
    grant = {**allow("s3:Put*", "arn:aws:s3:::assets-of-mine/*"), "Principal": principal or {"AWS": att(names.user)}}
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
    "a function's code in a bucket that someone may write, perhaps everyone": lambda names: by_policy(
        names, {"AWS": {"Fn::ImportValue": "who"}}
    ),
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


MACHINE = {"IamInstanceProfile": "PROFILE"}
TASK = {"TaskRoleArn": "ROLE"}
ASSETS = "assets-of-mine"
"""A bucket without owned places."""


def task(*, where: str = PUBLIC, **container: Any) -> Callable[[Names], Opening]:
    return taken("ecs-tasks.amazonaws.com", "AWS::ECS::TaskDefinition", where=where, **TASK,
                 ContainerDefinitions=[{"Name": "x", "Image": "x", **container}])  # fmt: skip


def job(*, where: str = PUBLIC, **container: Any) -> Callable[[Names], Opening]:
    return taken("ecs-tasks.amazonaws.com", "AWS::Batch::JobDefinition", where=where, Type="container",
                 ContainerProperties={"Image": "x", "JobRoleArn": "ROLE", **container})  # fmt: skip


def build(**project: Any) -> Callable[[Names], Opening]:
    source = {"Type": "GITHUB", "Location": "https://github.com/me/app.git"}
    return taken("codebuild.amazonaws.com", "AWS::CodeBuild::Project", ServiceRole="ROLE",
                 **{"Source": source, **project})  # fmt: skip


def beside(make: Callable[[Names], Opening], **more: Callable[[Names], Document]) -> Callable[[Names], Opening]:
    """Code, with other resources that determine what it runs."""

    def made(names: Names) -> Opening:
        opening = make(names)
        told = {name: each(names) for name, each in more.items()}
        writes = allow("s3:PutObject", f"arn:aws:s3:::{ASSETS}/public/*")
        return Opening(resources={**opening.resources, **told}, user=(*opening.user, writes))

    return made


def machine_with_init(*, where: str) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        opening = taken("ec2.amazonaws.com", "AWS::EC2::Instance", where=where, **MACHINE)(names)
        source = join("https://", ref(names.bucket), ".s3.amazonaws.com/public/app.zip")
        init = {"AWS::CloudFormation::Init": {"config": {"sources": {"/app": source}}}}
        opening.resources["Opening"]["Metadata"] = init
        return opening

    return make


def object_of(names: Names, key: str = "public/x.sh") -> Document:
    return join("s3://", ref(names.bucket), f"/{key}")


RUN = taken("ecs-tasks.amazonaws.com", "AWS::ECS::TaskDefinition", **TASK, ContainerDefinitions=[{"Name": "x"}])
BOX = taken("ec2.amazonaws.com", "AWS::EC2::Instance", **MACHINE)


def rule_that_runs(key: str) -> Callable[[Names], Document]:
    def make(names: Names) -> Document:
        command = join('{"containerOverrides": [{"command": ["', object_of(names, key), '"]}]}')
        target = {"Id": "1", "Arn": "arn", "EcsParameters": {"TaskDefinitionArn": ref("Opening")}, "Input": command}
        return of("AWS::Events::Rule", ScheduleExpression="rate(1 day)", Targets=[target])

    return make


def association(key: str) -> Callable[[Names], Document]:
    return lambda _: of(
        "AWS::SSM::Association", Name="AWS-RunRemoteScript", Targets=[{"Key": "tag:app", "Values": ["x"]}],
        Parameters={"sourceInfo": [f'{{"path": "https://s3.amazonaws.com/{ASSETS}/{key}"}}']},
    )  # fmt: skip


def ssm_document(key: str) -> Callable[[Names], Document]:
    content = {"mainSteps": [{"inputs": {"runCommand": [f"aws s3 cp s3://{ASSETS}/{key} /tmp && sh /tmp/x.sh"]}}]}
    return lambda _: of("AWS::SSM::Document", DocumentType="Command", Content=content)


def revision(key: str) -> Callable[[Names], Document]:
    return lambda _: of("AWS::CodeDeploy::DeploymentGroup", Deployment={"Revision": {
        "S3Location": {"Bucket": ASSETS, "Key": key}}})  # fmt: skip


def image(principal: Any, action: Any = "ecr:PutImage") -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        opening = taken("ecs-tasks.amazonaws.com", "AWS::ECS::TaskDefinition", **TASK)(names)
        container = {"Name": "x", "Image": join(att("Images", "RepositoryUri"), ":latest")}
        opening.resources["Opening"]["Properties"]["ContainerDefinitions"] = [container]
        given = {"AWS": att(names.user)} if principal == "user" else principal
        statement = {"Effect": "Allow", "Principal": given, "Action": action}
        text = {"Version": "2012-10-17", "Statement": [statement]}
        return Opening(resources={**opening.resources, "Images": of("AWS::ECR::Repository", RepositoryPolicyText=text)})

    return make


def replicated_image(principal: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        said = {"Effect": "Allow", "Principal": principal, "Action": "ecr:ReplicateImage", "Resource": "*"}
        registry = of("AWS::ECR::RegistryPolicy", PolicyText={"Version": "2012-10-17", "Statement": [said]})
        return Opening(resources={**image("user", "ecr:BatchGetImage")(names).resources, "Registry": registry})

    return make


def with_role(make: Callable[[Names], Opening], *rights: Document, **more: Document) -> Callable[[Names], Opening]:
    """Code whose role has other rights than to read owned data, beside other resources."""

    def made(names: Names) -> Opening:
        opening = make(names)
        service = opening.resources["OpeningRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0][
            "Principal"
        ]
        acting = role(service["Service"], *rights)
        writes = allow("s3:PutObject", f"arn:aws:s3:::{ASSETS}/public/*")
        return Opening(resources={**opening.resources, "OpeningRole": acting, **more}, user=(*opening.user, writes))

    return made


def trusting(rights: Document) -> Document:
    """A role that the role of the code may take."""
    made = role("x", rights)
    made["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"AWS": att("OpeningRole")}
    return made


def unknown_role(make: Callable[[Names], Opening], **properties: Any) -> Callable[[Names], Opening]:
    def made(names: Names) -> Opening:
        opening = make(names)
        opening.resources["Opening"]["Properties"].update(properties)
        return opening

    return made


def pipeline(key: str = "public/src.zip", **more: Any) -> Document:
    source = {"Configuration": {"S3Bucket": ASSETS, "S3ObjectKey": key}}
    stages = [{"Actions": [source]}, {"Actions": [{"Configuration": {"ProjectName": ref("Opening")}}]}]
    return of("AWS::CodePipeline::Pipeline", RoleArn="arn:aws:iam::123456789012:role/p", Stages=stages, **more)


IAM = allow("iam:AttachRolePolicy", "*")
LOGS = allow("logs:PutLogEvents", "*")
PULL = [{"Type": "EVENT", "Pattern": "PUSH, PULL_REQUEST_CREATED"}]
TAKEN |= {
    "a task's command that users may write": task(Command=["sh", "-c", "FETCH"]),
    "a task that runs all of a bucket": beside(task(Command=["sh", "-c", f"aws s3 sync s3://{ASSETS} /app"])),
    "a task's entry point that users may write": task(EntryPoint=["HTTPS"]),
    "a task's check that users may write": task(HealthCheck={"Command": ["CMD", "PATHS"]}),
    "a task's variable that users may write": task(Environment=[{"Name": "BOOT", "Value": "S3URL"}]),
    "a task's log router that users may write": task(
        FirelensConfiguration={"Options": {"config-file-value": "ARN"}}
    ),
    "a job's command that users may write": job(Command=["FETCH"]),
    "a job's variable that users may write": job(Environment=[{"Name": "S", "Value": "HTTPS"}]),
    "a function's variable that users may write": taken(
        "lambda.amazonaws.com", "AWS::Lambda::Function", Role="ROLE", Code={"ZipFile": "x"},
        Environment={"Variables": {"PLUGIN": "S3URL"}}, **CODE,
    ),
    "a function's variable with the ARN of what users may write": taken(
        "lambda.amazonaws.com", "AWS::Lambda::Function", Role="ROLE", Code={"ZipFile": "x"},
        Environment={"Variables": {"PLUGIN": "ARN"}}, **CODE,
    ),
    "a service's command that users may write": taken(
        "tasks.apprunner.amazonaws.com", "AWS::AppRunner::Service", InstanceConfiguration={"InstanceRoleArn": "ROLE"},
        SourceConfiguration={"ImageRepository": {"ImageConfiguration": {"StartCommand": "FETCH"}}},
    ),
    "a build's steps that users may write": build(Source={"Type": "NO_SOURCE", "BuildSpec": "FETCH"}),
    "a build's variable that users may write": build(
        Environment={"EnvironmentVariables": [{"Name": "X", "Value": "S3URL"}]}
    ),
    "a machine's commands with the bucket and the key apart": taken(
        "ec2.amazonaws.com", "AWS::EC2::Instance", UserData={"Fn::Base64": "BOOT"}, **MACHINE
    ),
    "a machine's metadata that users may write": machine_with_init(where=PUBLIC),
    "a rule that has a task run what users may write": beside(RUN, Rule=rule_that_runs("public/x.sh")),
    "an association that has machines run what users may write": beside(BOX, Runs=association("public/x.sh")),
    "a document that has machines run what users may write": beside(BOX, Runs=ssm_document("public/x.sh")),
    "a revision that users may write": beside(BOX, Group=revision("public/app.zip")),
    "an image that everyone may push": image("*"),
    "an image that another account may push": image({"AWS": "999999999999"}),
    "an image that an unknown principal may push": image({"AWS": {"Fn::ImportValue": "who"}}),
    "an image on which users may do what no template determines": image("user", {"Fn::ImportValue": "action"}),
    "an image that another account may replicate": replicated_image({"AWS": "999999999999"}),
    "an image that users may push": image("user", "ecr:*"),
    "an image of whose repository users may write the policy": image("user", "ecr:SetRepositoryPolicy"),
    "a build of every pull request": build(Triggers={"Webhook": True}),
    "a build of some pull requests": build(Triggers={"Webhook": "true", "FilterGroups": [PULL]}),
    "a build of pull requests of all but one": build(Triggers={"Webhook": True, "FilterGroups": [[
        *PULL, {"Type": "ACTOR_ACCOUNT_ID", "Pattern": "1", "ExcludeMatchedPattern": True}]]}),
    "a build whose triggers are not known": build(Triggers={"Fn::ImportValue": "x"}),
    "code of a role that may escalate": with_role(function(S3Bucket="BUCKET", S3Key="public/code.zip"), IAM),
    "code of a role that can do nothing": with_role(function(S3Bucket="BUCKET", S3Key="public/code.zip"), LOGS),
    "an image of a role that may escalate": with_role(image("user"), IAM),
    "a build of pull requests with a role that may escalate": with_role(build(Triggers={"Webhook": True}), IAM),
    "a build of pull requests with a role that another trusts": with_role(
        build(Triggers={"Webhook": True}), LOGS, Trusting=trusting(IAM)
    ),
    "a build of pull requests with a role that no template has": unknown_role(
        build(Triggers={"Webhook": True}), ServiceRole={"Fn::ImportValue": "r"}
    ),
    "a machine with a role that may escalate": with_role(
        taken("ec2.amazonaws.com", "AWS::EC2::Instance", UserData={"Fn::Base64": "S3URL"}, **MACHINE), IAM
    ),
    "a build of a pipeline's source with a role that may escalate": with_role(build(), IAM, Pipe=pipeline()),
    "a build of a pipeline's pull requests with a role that may escalate": with_role(
        build(), IAM, Pipe=pipeline("own/x", Triggers=[{"GitConfiguration": {"PullRequest": [{"Events": ["OPEN"]}]}}])
    ),
}  # fmt: skip


def call(
    action: str, of_what: Document | None = None, *, type_: str = "Custom::AWS", first: str = ""
) -> Callable[[Names], Opening]:
    """A call of AWS with the name of a resource, the users' role if none is given."""

    def make(names: Names) -> Opening:
        named = ref(names.user) if of_what is None else ref("Named")
        text = join(f'{{{first}"service":"x","action":"{action}","parameters":{{"Name":"', named, '"}}')
        made = {"Call": of(type_, ServiceToken="arn", Create=text)}
        return Opening(resources=made if of_what is None else {**made, "Named": of_what})

    return make


def unreviewed(type_: str, *, where: str = "/*", **properties: Any) -> Callable[[Names], Opening]:
    """A resource with a role of another stack that names `CODE`, a bucket in which users may write below `where`."""

    def make(_: Names) -> Opening:
        filled = json.loads(
            json.dumps(properties)
            .replace('"CODE"', json.dumps(ref("Code")))
            .replace('"CODE_ARN"', json.dumps(att("Code")))
            .replace('"CODE_URL"', json.dumps(join("s3://", ref("Code"), "/run.sh")))
            .replace('"CODE_PATH"', json.dumps(join("https://s3.amazonaws.com/", ref("Code"), "/run.sh")))
        )
        resources = {"Opening": of(type_, **filled), "Code": of("AWS::S3::Bucket")}
        return Opening(resources=resources, user=(allow("s3:PutObject", join(att("Code"), where)),))

    return make


SOURCE = {"Name": "s", "Configuration": {"S3Bucket": "CODE", "S3ObjectKey": "t.zip"}}
OPENINGS |= {
    "a canary": unreviewed("AWS::Synthetics::Canary", Code={"S3Bucket": "CODE", "S3Key": "c.zip"}),
    "a pipeline with a role elsewhere": unreviewed("AWS::CodePipeline::Pipeline", Stages=[{"Actions": [SOURCE]}]),
    "an Airflow environment": unreviewed("AWS::MWAA::Environment", SourceBucketArn="CODE_ARN", DagS3Path="dags"),
    "a cluster": unreviewed("AWS::EMR::Cluster", BootstrapActions=[{"ScriptBootstrapAction": {"Path": "CODE_URL"}}]),
    "a launch configuration": unreviewed("AWS::AutoScaling::LaunchConfiguration", UserData={"Fn::Base64": "CODE_URL"}),
    "a product": unreviewed("AWS::ServiceCatalog::CloudFormationProduct", ProvisioningArtifactParameters=[
        {"Info": {"LoadTemplateFromURL": "CODE_PATH"}}]),
    "a model": unreviewed("AWS::SageMaker::Model", PrimaryContainer={"ModelDataUrl": "CODE_URL"}),
    "a resolver's code": unreviewed("AWS::AppSync::Resolver", CodeS3Location="CODE_URL"),
    "an API's definition": unreviewed("AWS::ApiGateway::RestApi", BodyS3Location={"Bucket": "CODE", "Key": "a.json"}),
    "a type that nobody knows, by a reference": unreviewed("AWS::New::Thing", Any={"Bucket": "CODE", "Key": "x"}),
    "a type that nobody knows, by a literal name": lambda _: Opening(
        resources={"Opening": of("AWS::New::Thing", Any="s3://scripts-of-mine/run.sh")},
        user=(allow("s3:PutObject", "arn:aws:s3:::scripts-of-mine/*"),),
    ),
    "a type that nobody knows": unreviewed("AWS::New::Thing", Any=["CODE_URL"]),
}  # fmt: skip
NO_CODE: dict[str, Callable[[Names], Opening]] = {
    "code of another folder": unreviewed(
        "AWS::Synthetics::Canary", where="/uploads/*", Code={"S3Bucket": "CODE", "S3Key": "c.zip"}
    ),
    "a delivery to a bucket": unreviewed(
        "AWS::KinesisFirehose::DeliveryStream", S3DestinationConfiguration={"BucketARN": "CODE_ARN"}
    ),
    "a table over a bucket": unreviewed("AWS::Glue::Table", TableInput={"StorageDescriptor": {"Location": "CODE_URL"}}),
    "a bucket that is told of another": unreviewed(
        "AWS::S3::Bucket", LoggingConfiguration={"DestinationBucketName": "CODE"}
    ),
    "a trail in a bucket": unreviewed("AWS::CloudTrail::Trail", S3BucketName="CODE"),
    "the name of a bucket in an environment": unreviewed(
        "AWS::Amplify::App", EnvironmentVariables=[{"Name": "UPLOADS", "Value": "CODE"}]
    ),
}

CDK = "arn:aws:lambda:us-east-1:123456789012:function:S-AWS679f53fac002430cb0da5b7982bd2287-x"

CALLS: dict[str, Callable[[Names], Opening]] = {
    "a call that gives the users' role a policy": call("attachRolePolicy"),
    "a call that changes a role's trust": call("updateAssumeRolePolicy"),
    "a call without an action": call(""),
    "a call of a custom type": call("attachRolePolicy", type_="Custom::Attach"),
    "a call of a custom resource": call("attachRolePolicy", type_="AWS::CloudFormation::CustomResource"),
    "a call that no template spells out, by the function of the CDK": lambda names: Opening(
        resources={
            "Call": of("Custom::Any", ServiceToken=CDK, Create=join("", {"Fn::ImportValue": "call"}, ref(names.user)))
        }
    ),
    "a call whose parameters come first": call("attachRolePolicy", first='"parameters":{"action":"getRole"},'),
    "a call that lets others run a function": call("addPermission", of("AWS::Lambda::Function", Role="arn")),
    "a call that changes a key's policy": call("putKeyPolicy", of("AWS::KMS::Key")),
    "a call that begins like a harmless one": call("putObjectAcl", of("AWS::S3::Bucket")),
}
OPENINGS |= TAKEN | CALLS


def signed(resource: str = "/*", **condition: Any) -> Callable[[Names], Opening]:
    """A grant to everyone on a public bucket, with a condition that only a signed request can satisfy."""

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

__all__ = ["IAM", "LOGS", "NO_CODE", "OPENINGS", "call", "elsewhere", "function", "pipeline", "with_role"]
