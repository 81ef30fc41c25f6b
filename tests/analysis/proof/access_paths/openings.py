"""Ways to open owned data other than its owners' policies: each is added to a proved template, and must be found.

`Names` describes a template; `OPENINGS` lists the additions. None of them may end PROVED without a finding.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Names:
    """The logical IDs of a template whose users own `FOLDER/{owner}/*` of a bucket and rows of a table.

    Args:
        bucket: The bucket.
        table: The table.
        user: The signed-in users' role.
        folder: The folder of the owned objects.
    """

    bucket: str = "Bucket"
    table: str = "Table"
    user: str = "User"
    folder: str = "private"

    @property
    def bucket_arn(self) -> Document:
        return att(self.bucket)

    @property
    def objects(self) -> Document:
        return join(self.bucket_arn, "/*")

    @property
    def table_arn(self) -> Document:
        return att(self.table)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An addition that opens owned data.

    Args:
        resources: The added resources, by logical ID.
        bucket: The added properties of the bucket.
        table: The added properties of the table.
        bucket_policy: The added statements of the bucket policy.
        user: The added statements of the signed-in users' role.
        attack: Whether it must be a counterexample, and not only undecided.
    """

    resources: Document = field(default_factory=dict)
    bucket: Document = field(default_factory=dict)
    table: Document = field(default_factory=dict)
    bucket_policy: tuple[Document, ...] = ()
    user: tuple[Document, ...] = ()
    attack: bool = False


OPENINGS: dict[str, Callable[[Names], Opening]] = {}


def opening(make: Callable[[Names], Opening]) -> Callable[[Names], Opening]:
    OPENINGS[make.__name__] = make
    return make


def seeded(action: str, bucket: Any = None) -> Callable[[Names], Opening]:
    """A call of AWS at deployment with the name of the bucket."""

    def make(names: Names) -> Opening:
        before = f'{{"service":"S3","action":"{action}","parameters":{{"x":{{"action":"putObject"}},"Bucket":"'
        text = join(before, bucket or ref(names.bucket), '"}}')
        return Opening(resources={"Seed": of("Custom::AWS", ServiceToken="arn", Create=text)})

    return make


OPENINGS |= {
    "a call that copies owned objects": seeded("copyObject"),
    "a call that changes the bucket's policy": seeded("putBucketPolicy"),
    "a call that is not known": seeded("${x}"),
}


def applied(body: Document, names: Names, what: Opening) -> Document:
    """Return a template with an opening added."""
    resources = {logical_id: dict(resource) for logical_id, resource in body["Resources"].items()}
    resources |= what.resources
    for logical_id, more in ((names.bucket, what.bucket), (names.table, what.table)):
        if more:
            held = resources[logical_id]
            resources[logical_id] = {**held, "Properties": {**held.get("Properties", {}), **more}}
    if what.bucket_policy:
        policy = next(
            (name for name, each in resources.items() if each["Type"] == "AWS::S3::BucketPolicy"), "OpeningPolicy"
        )
        held = resources.get(policy, {}).get("Properties", {}).get("PolicyDocument", {}).get("Statement", [])
        document = {"Version": "2012-10-17", "Statement": [*held, *what.bucket_policy]}
        resources[policy] = {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": ref(names.bucket), "PolicyDocument": document},
        }
    if what.user:
        resources["OpeningRights"] = {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "opening",
                "Roles": [ref(names.user)],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": list(what.user)},
            },
        }
    return {**body, "Resources": resources}


def ref(name: str) -> Document:
    return {"Ref": name}


def att(name: str, attribute: str = "Arn") -> Document:
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> Document:
    return {"Fn::Sub": text}


def join(*parts: Any) -> Document:
    return {"Fn::Join": ["", list(parts)]}


def of(type_: str, **properties: Any) -> Document:
    return {"Type": type_, "Properties": properties}


def role(service: str, *statements: Document, **more: Any) -> Document:
    """A role that an AWS service acts with."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return of(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        Policies=[
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}},
        ],
        **more,
    )


def allow(action: str | list[str], resource: Any, **more: Any) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def reads(names: Names) -> tuple[Document, ...]:
    """The permissions to read every object and every row."""
    return (
        allow(["s3:GetObject", "s3:ListBucket"], [names.bucket_arn, names.objects]),
        allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:GetRecords"],
              [names.table_arn, join(names.table_arn, "/*")]),
    )  # fmt: skip


def holding(service: str, type_: str, **properties: Any) -> Callable[[Names], Opening]:
    """A resource with a role that reads everything; `ROLE`, `BUCKET` and `TABLE` are placeholders of their names."""

    def make(names: Names) -> Opening:
        stand = {
            "ROLE": att("OpeningRole"),
            "BUCKET": ref(names.bucket),
            "BUCKET_ARN": names.bucket_arn,
            "TABLE": ref(names.table),
            "TABLE_ARN": names.table_arn,
            "STREAM": att(names.table, "StreamArn"),
            "OBJECTS": join("s3://", ref(names.bucket), "/"),
        }

        def filled(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: filled(inner) for key, inner in value.items()}
            if isinstance(value, list):
                return [filled(inner) for inner in value]
            return stand.get(value, value) if isinstance(value, str) else value

        resources = {"Opening": of(type_, **filled(properties))}
        if "ROLE" in str(properties):
            resources["OpeningRole"] = role(service, *reads(names))
        return Opening(resources=resources)

    return make


# Resources that refer to the role or the data, of types that are not reviewed or that are known to open access.
HELD: dict[str, Callable[[Names], Opening]] = {
    "an IoT rule": holding("iot.amazonaws.com", "AWS::IoT::TopicRule", TopicRulePayload={
        "Sql": "SELECT * FROM 'x'", "Actions": [{"S3": {"BucketName": "BUCKET", "Key": "k", "RoleArn": "ROLE"}}]}),
    "an IoT role alias": holding("credentials.iot.amazonaws.com", "AWS::IoT::RoleAlias", RoleArn="ROLE"),
    "a Transfer user": holding("transfer.amazonaws.com", "AWS::Transfer::User", Role="ROLE", ServerId="s-1",
                               UserName="anna", HomeDirectory="/"),
    "a Transfer server": holding("transfer.amazonaws.com", "AWS::Transfer::Server", LoggingRole="ROLE"),
    "a DataSync location": holding("datasync.amazonaws.com", "AWS::DataSync::LocationS3", S3BucketArn="BUCKET_ARN",
                                   S3Config={"BucketAccessRoleArn": "ROLE"}),
    "a Firehose stream": holding("firehose.amazonaws.com", "AWS::KinesisFirehose::DeliveryStream",
                                 ExtendedS3DestinationConfiguration={"BucketARN": "BUCKET_ARN", "RoleARN": "ROLE"}),
    "a Pipe from the table's stream": holding("pipes.amazonaws.com", "AWS::Pipes::Pipe", Source="STREAM",
                                              RoleArn="ROLE", Target="arn:aws:sqs:us-east-1:999999999999:q"),
    "a Scheduler call of any API": holding("scheduler.amazonaws.com", "AWS::Scheduler::Schedule", Target={
        "Arn": "arn:aws:scheduler:::aws-sdk:s3:putBucketPolicy", "RoleArn": "ROLE"}),
    "a rule's role": holding("events.amazonaws.com", "AWS::Events::Rule", ScheduleExpression="rate(1 day)", Targets=[
        {"Id": "1", "Arn": "arn:aws:ssm:us-east-1:999999999999:automation-definition/x", "RoleArn": "ROLE"}]),
    "an automation document's association": holding("ssm.amazonaws.com", "AWS::SSM::Association", Name="x",
                                                    Parameters={"AutomationAssumeRole": ["ROLE"]}),
    "a maintenance task": holding("ssm.amazonaws.com", "AWS::SSM::MaintenanceWindowTask", ServiceRoleArn="ROLE"),
    "a Glue crawler": holding("glue.amazonaws.com", "AWS::Glue::Crawler", Role="ROLE",
                              Targets={"S3Targets": [{"Path": "OBJECTS"}]}),
    "a Glue table": holding("", "AWS::Glue::Table", DatabaseName="d", TableInput={
        "StorageDescriptor": {"Location": "OBJECTS"}}),
    "an Athena workgroup": holding("", "AWS::Athena::WorkGroup", Name="w", WorkGroupConfiguration={
        "ResultConfiguration": {"OutputLocation": "OBJECTS"}}),
    "a data lake's location": holding("lakeformation.amazonaws.com", "AWS::LakeFormation::Resource",
                                      ResourceArn="BUCKET_ARN", RoleArn="ROLE"),
    "a knowledge base": holding("bedrock.amazonaws.com", "AWS::Bedrock::KnowledgeBase", RoleArn="ROLE", Name="k"),
    "a data source of Bedrock": holding("", "AWS::Bedrock::DataSource", DataSourceConfiguration={
        "Type": "S3", "S3Configuration": {"BucketArn": "BUCKET_ARN"}}),
    "a Kendra source": holding("kendra.amazonaws.com", "AWS::Kendra::DataSource", RoleArn="ROLE", Type="S3",
                               DataSourceConfiguration={"S3Configuration": {"BucketName": "BUCKET"}}),
    "a Q source": holding("qbusiness.amazonaws.com", "AWS::QBusiness::DataSource", RoleArn="ROLE"),
    "a DAX cluster": holding("dax.amazonaws.com", "AWS::DAX::Cluster", IAMRoleARN="ROLE", NodeType="dax.t3.small"),
    "a Redshift cluster": holding("redshift.amazonaws.com", "AWS::Redshift::Cluster", IamRoles=["ROLE"]),
    "an OpenSearch pipeline": holding("osis-pipelines.amazonaws.com", "AWS::OSIS::Pipeline",
                                      PipelineConfigurationBody="sts_role_arn", PipelineRoleArn="ROLE"),
    "an EMR cluster": holding("ec2.amazonaws.com", "AWS::EMR::Cluster", JobFlowRole="ROLE"),
    "a SageMaker notebook": holding("sagemaker.amazonaws.com", "AWS::SageMaker::NotebookInstance", RoleArn="ROLE"),
    "a pipeline's artifacts": holding("codepipeline.amazonaws.com", "AWS::CodePipeline::Pipeline", RoleArn="ROLE",
                                      ArtifactStore={"Type": "S3", "Location": "BUCKET"}),
    "an EKS pod's role": holding("pods.eks.amazonaws.com", "AWS::EKS::PodIdentityAssociation", RoleArn="ROLE"),
    "a certificate's profile": holding("rolesanywhere.amazonaws.com", "AWS::RolesAnywhere::Profile",
                                       RoleArns=["ROLE"]),
    "an AppFlow flow": holding("appflow.amazonaws.com", "AWS::AppFlow::Flow", SourceFlowConfig={
        "SourceConnectorProperties": {"S3": {"BucketName": "BUCKET"}}}),
    "a MediaConvert-like custom resource of a registry": holding("", "Acme::Media::Job", Input="OBJECTS"),
    "an access point": holding("", "AWS::S3::AccessPoint", Bucket="BUCKET", Policy={
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
                                                "Resource": "*"}]}),
    "a multi-region access point": holding("", "AWS::S3::MultiRegionAccessPoint", Regions=[{"Bucket": "BUCKET"}]),
    "an Object Lambda access point": holding("", "AWS::S3ObjectLambda::AccessPoint", ObjectLambdaConfiguration={
        "SupportingAccessPoint": "arn:aws:s3:us-east-1:1:accesspoint/x"}),
    "an access grant's location": holding("access-grants.s3.amazonaws.com", "AWS::S3::AccessGrantsLocation",
                                          IamRoleArn="ROLE", LocationScope="OBJECTS"),
    "a file system on the bucket": holding("", "AWS::S3Files::FileSystem", Bucket="BUCKET_ARN"),
    "a share of the table": holding("", "AWS::RAM::ResourceShare", Name="x", ResourceArns=["TABLE_ARN"],
                                    Principals=["999999999999"]),
    "a permission set": holding("", "AWS::SSO::PermissionSet", InlinePolicy={
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "BUCKET_ARN"}]}),
    "another table's import": holding("", "AWS::DynamoDB::Table", KeySchema=[
        {"AttributeName": "x", "KeyType": "HASH"}], ImportSourceSpecification={
            "S3BucketSource": {"S3Bucket": "BUCKET"}, "InputFormat": "CSV"}),
    "the CDK's custom resource that calls any API": holding("", "Custom::AWS", ServiceToken="arn", Create=
                                                            "putBucketPolicy", Bucket="BUCKET"),
    "an ECS capacity of an unknown kind": holding("ecs.amazonaws.com", "AWS::ECS::Daemon", TaskRoleArn="ROLE"),
    "an identity pool's streams": holding("cognito-identity.amazonaws.com", "AWS::Cognito::IdentityPool",
                                          AllowUnauthenticatedIdentities=False, CognitoStreams={"RoleArn": "ROLE"}),
    "logs of a user pool": holding("", "AWS::Cognito::LogDeliveryConfiguration", UserPoolId="x", LogConfigurations=[
        {"S3Configuration": {"BucketArn": "BUCKET_ARN"}}]),
}  # fmt: skip
OPENINGS |= HELD


def service_grant(service: str, action: str = "s3:GetObject", **condition: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        statement = allow(action, names.objects, Principal={"Service": service})
        return Opening(bucket_policy=({**statement, "Condition": condition} if condition else statement,))

    return make


def principal_grant(principal: Any, *, key: str = "Principal", **condition: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": names.objects, key: principal}
        return Opening(bucket_policy=({**statement, "Condition": condition} if condition else statement,))

    return make


OPENINGS |= {
    "an unknown service for this account": lambda names: Opening(
        bucket_policy=(
            {
                **allow("s3:GetObject", names.objects, Principal={"Service": {"Fn::ImportValue": "service"}}),
                "Condition": {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
            },
        )
    ),
    "a service without a source": service_grant("serverlessrepo.amazonaws.com"),
    "a service for any account of the organization": service_grant(
        "config.amazonaws.com", StringEquals={"aws:SourceOrgID": "o-1"}
    ),
    "a service for another account": service_grant(
        "logs.amazonaws.com", StringEquals={"aws:SourceAccount": "999999999999"}
    ),
    "a service by a source that may be absent": service_grant(
        "s3.amazonaws.com", StringEqualsIfExists={"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    ),
    "a service by a source of any account": service_grant(
        "s3.amazonaws.com", ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:*"}
    ),
    "a service by all but one source": service_grant(
        "s3.amazonaws.com", StringNotEquals={"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    ),
    "everyone of this account": principal_grant("*", StringEquals={"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}),
    "everyone of an organization": principal_grant("*", StringEquals={"aws:PrincipalOrgID": "o-1"}),
    "everyone of another account": principal_grant("*", StringEquals={"aws:PrincipalAccount": "999999999999"}),
    "everyone by a VPC endpoint": principal_grant("*", StringEquals={"aws:SourceVpce": "vpce-1"}),
    "everyone from an address": principal_grant("*", IpAddress={"aws:SourceIp": "203.0.113.7/32"}),
    "everyone by an access point": principal_grant("*", StringEquals={"s3:DataAccessPointAccount": "999999999999"}),
    "a role of this account that no template has": principal_grant(
        {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/elsewhere"}}
    ),
    "a user of this account": principal_grant({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:user/anna"}}),
    "another account": principal_grant({"AWS": "arn:aws:iam::999999999999:root"}),
    "a canonical user": principal_grant({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98"}),
    "an OIDC provider": principal_grant({"Federated": "token.actions.githubusercontent.com"}),
    "a kind of principal that is new": principal_grant({"Workload": "x"}),
    "CloudFront without a source": service_grant("cloudfront.amazonaws.com"),
    "CloudFront for a distribution elsewhere": service_grant(
        "cloudfront.amazonaws.com",
        StringEquals={"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE"},
    ),
    "an access identity elsewhere": principal_grant(
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"}
    ),
}  # fmt: skip
