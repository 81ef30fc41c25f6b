"""Trusted code from sources that users can write, and calls of any API that change access."""

from collections.abc import Callable

from tests.analysis.proof.access_paths.openings import (
    OPENINGS,
    Names,
    Opening,
    allow,
    join,
    of,
    ref,
)
from tests.analysis.proof.access_paths.resources_with_code import (
    ASSETS,
    BOX,
    CDK,
    CODE,
    IAM,
    LOGS,
    MACHINE,
    PUBLIC,
    PULL,
    RUN,
    SOURCE,
    association,
    beside,
    build,
    by_acl,
    by_policy,
    call,
    elsewhere,
    function,
    image,
    job,
    layer,
    listed,
    machine_with_init,
    pipeline,
    replicated_image,
    revision,
    rule_that_runs,
    signed,
    ssm_document,
    taken,
    task,
    trusting,
    unknown_role,
    unreviewed,
    with_role,
)

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
    "a build's cache": unreviewed(
        "AWS::CodeBuild::Project", where="/cache/*", ServiceRole="arn", Cache={"Type": "S3", "Location": "CODE_CACHE"}
    ),
    "a build's cache in all of a bucket": unreviewed(
        "AWS::CodeBuild::Project", where="/uploads/*", ServiceRole="arn", Cache={"Type": "S3", "Location": "CODE"}
    ),
}  # fmt: skip
NO_CODE: dict[str, Callable[[Names], Opening]] = {
    "code of another folder": unreviewed(
        "AWS::Synthetics::Canary", where="/uploads/*", Code={"S3Bucket": "CODE", "S3Key": "c.zip"}
    ),
    "a build's cache beside what users write": unreviewed(
        "AWS::CodeBuild::Project", where="/uploads/*", ServiceRole="arn", Cache={"Type": "S3", "Location": "CODE_CACHE"}
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
OPENINGS |= {
    "everyone with a tag": signed(StringEquals={"aws:PrincipalTag/team": "x"}),
    "everyone by their tag": signed("/private/${aws:PrincipalTag/owner}/*"),
    "everyone of a type": signed(StringEquals={"aws:PrincipalType": "User"}),
    "users of a name": signed(StringLike={"aws:username": "*"}),
    "objects for a machine image": listed("AwsExecRead"),
    "an ACL that S3 does not have": listed("publicRead"),
}

__all__ = ["CALLS", "NO_CODE", "OPENINGS", "TAKEN"]
