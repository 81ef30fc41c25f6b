"""Resources that run code from a bucket, an image or a repository, for tests of who may choose that code."""

import json
from collections.abc import Callable
from typing import Any

from tests.analysis.proof.access_paths.openings import (
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
            .replace('"CODE_CACHE"', json.dumps(join(ref("Code"), "/cache")))
            .replace('"CODE_URL"', json.dumps(join("s3://", ref("Code"), "/run.sh")))
            .replace('"CODE_PATH"', json.dumps(join("https://s3.amazonaws.com/", ref("Code"), "/run.sh")))
        )
        resources = {"Opening": of(type_, **filled), "Code": of("AWS::S3::Bucket")}
        return Opening(resources=resources, user=(allow("s3:PutObject", join(att("Code"), where)),))

    return make


SOURCE = {"Name": "s", "Configuration": {"S3Bucket": "CODE", "S3ObjectKey": "t.zip"}}


CDK = "arn:aws:lambda:us-east-1:123456789012:function:S-AWS679f53fac002430cb0da5b7982bd2287-x"


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
