"""Ways to open owned data that take several resources: distributions, copies, routes, resolvers, state machines."""

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
    opening,
    reads,
    ref,
    role,
    sub,
)

OWN_ACCOUNT = {"Ref": "AWS::AccountId"}
DIST_ARN = sub("arn:aws:cloudfront::${AWS::AccountId}:distribution/${Dist}")


def distribution(names: Names, behaviour: Document, *others: Document, **config: Any) -> Document:
    return of(
        "AWS::CloudFront::Distribution",
        DistributionConfig={
            "Enabled": True,
            "Origins": [{"Id": "o", "DomainName": att(names.bucket, "RegionalDomainName"),
                         "OriginAccessControlId": "x", "S3OriginConfig": {}}],
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", **behaviour},
            "CacheBehaviors": [{"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only", **each}
                               for each in others],
            **config,
        },
    )  # fmt: skip


def served(names: Names, made: Document, resource: Any = None) -> Opening:
    grant = allow(
        "s3:GetObject", resource or names.objects, Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceArn": DIST_ARN}},
    )  # fmt: skip
    return Opening(resources={"Dist": made}, bucket_policy=(grant,))


SIGNED: Document = {"TrustedKeyGroups": ["key-group"]}
EDGE: Document = {"FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": "arn"}]}

DISTRIBUTIONS: dict[str, Callable[[Names], Document]] = {
    "a distribution for everyone": lambda names: distribution(names, {}),
    "a distribution with code at the edge": lambda names: distribution(names, EDGE),
    "a distribution with a firewall": lambda names: distribution(names, {}, WebACLId="arn"),
    "a distribution signed by default, open where owned objects are": lambda names: distribution(
        names, SIGNED, {"PathPattern": f"{names.folder}/*"}
    ),
    "a distribution signed for some of the owned objects": lambda names: distribution(
        names, {}, {"PathPattern": f"{names.folder}/a*", **SIGNED}
    ),
    "a distribution signed for a path of another case": lambda names: distribution(
        names, {}, {"PathPattern": f"{names.folder.upper()}/*", **SIGNED}
    ),
    "a distribution with an empty list of key groups": lambda names: distribution(names, {"TrustedKeyGroups": []}),
}


def by_distribution(made: Callable[[Names], Document]) -> Callable[[Names], Opening]:
    return lambda names: served(names, made(names))


OPENINGS |= {name: by_distribution(made) for name, made in DISTRIBUTIONS.items()}


@opening
def a_distribution_that_adds_the_folder(names: Names) -> Opening:
    made = distribution(names, {})
    made["Properties"]["DistributionConfig"]["Origins"][0]["OriginPath"] = f"/{names.folder}"
    return served(names, made)


@opening
def a_distribution_by_an_origin_group(names: Names) -> Opening:
    groups = {"Quantity": 1, "Items": [{"Id": "g", "Members": {"Items": [{"OriginId": "x"}, {"OriginId": "o"}]}}]}
    return served(names, distribution(names, {"TargetOriginId": "g"}, OriginGroups=groups))


@opening
def a_distribution_by_an_access_identity(names: Names) -> Opening:
    grant = allow(
        "s3:GetObject", names.objects, Principal={"CanonicalUser": att("Identity", "S3CanonicalUserId")}
    )  # fmt: skip
    identity = of("AWS::CloudFront::CloudFrontOriginAccessIdentity", CloudFrontOriginAccessIdentityConfig={})
    return Opening(resources={"Dist": distribution(names, {}), "Identity": identity}, bucket_policy=(grant,))


@opening
def a_distribution_whose_origin_is_not_told(names: Names) -> Opening:
    made = distribution(names, {})
    made["Properties"]["DistributionConfig"]["Origins"][0]["DomainName"] = "{{resolve:ssm:/bucket}}"
    return served(names, made)


@opening
def any_distribution_of_the_account(names: Names) -> Opening:
    grant = allow(
        "s3:GetObject", names.objects, Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": OWN_ACCOUNT}},
    )  # fmt: skip
    return Opening(bucket_policy=(grant,))


READ_COPY = ["s3:GetObject", "s3:ListBucket"]
COPY = of("AWS::S3::Bucket", VersioningConfiguration={"Status": "Enabled"})
COPY_ARNS = [att("Copy"), join(att("Copy"), "/*")]


def replicates(names: Names) -> Document:
    """A role for replication, its rights in a policy of their own: the bucket names the role."""
    rights = {"Version": "2012-10-17", "Statement": list(reads(names))}
    policy = of("AWS::IAM::Policy", PolicyName="p", PolicyDocument=rights, Roles=[ref("Replicates")])
    return {"Replicates": role("s3.amazonaws.com"), "ReplicatesRights": policy}


@opening
def a_replica_that_users_read(names: Names) -> Opening:
    rules = [{"Status": "Enabled", "Destination": {"Bucket": att("Copy")}}]
    return Opening(
        resources={"Copy": COPY, **replicates(names)},
        bucket={"ReplicationConfiguration": {"Role": att("Replicates"), "Rules": rules}},
        user=(allow(READ_COPY, COPY_ARNS),),
        attack=True,
    )


@opening
def a_replica_elsewhere(names: Names) -> Opening:
    rules = [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::elsewhere", "Account": "999999999999"}}]
    return Opening(
        resources=replicates(names),
        bucket={"ReplicationConfiguration": {"Role": att("Replicates"), "Rules": rules}},
    )


@opening
def an_inventory_that_users_read(names: Names) -> Opening:
    del names
    inventory = {"Id": "i", "Enabled": True, "IncludedObjectVersions": "All", "ScheduleFrequency": "Daily",
                 "Destination": {"BucketArn": att("Copy"), "Format": "CSV"}}  # fmt: skip
    return Opening(
        resources={"Copy": COPY}, bucket={"InventoryConfigurations": [inventory]}, user=(allow(READ_COPY, COPY_ARNS),)
    )


@opening
def records_of_access_that_users_read(names: Names) -> Opening:
    del names
    return Opening(
        resources={"Copy": COPY},
        bucket={"LoggingConfiguration": {"DestinationBucketName": ref("Copy")}},
        user=(allow("s3:GetObject", COPY_ARNS),),
    )


@opening
def records_of_access_in_the_bucket_itself(names: Names) -> Opening:
    return Opening(
        bucket={"LoggingConfiguration": {"LogFilePrefix": "logs/"}},
        user=(allow("s3:GetObject", join(names.bucket_arn, "/logs/*")),),
    )


@opening
def a_metadata_table(names: Names) -> Opening:
    del names
    return Opening(bucket={"MetadataTableConfiguration": {"S3TablesDestination": {"TableName": "t"}}})


@opening
def notifications_that_users_receive(names: Names) -> Opening:
    del names
    return Opening(
        resources={"Queue": of("AWS::SQS::Queue")},
        bucket={"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:*", "Queue": att("Queue")}]}},
        user=(allow("sqs:ReceiveMessage", att("Queue")),),
    )


@opening
def notifications_to_a_topic_of_elsewhere(names: Names) -> Opening:
    del names
    topic = {"Event": "s3:*", "Topic": "arn:aws:sns:us-east-1:999999999999:x"}
    return Opening(bucket={"NotificationConfiguration": {"TopicConfigurations": [topic]}})


@opening
def notifications_by_mail(names: Names) -> Opening:
    del names
    subscription = of("AWS::SNS::Subscription", Protocol="email", Endpoint="x@example.com", TopicArn=ref("Topic"))
    return Opening(
        resources={"Topic": of("AWS::SNS::Topic"), "Mail": subscription},
        bucket={"NotificationConfiguration": {"TopicConfigurations": [{"Event": "s3:*", "Topic": ref("Topic")}]}},
    )


@opening
def notifications_to_an_open_queue(names: Names) -> Opening:
    del names
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = of(
        "AWS::SQS::QueuePolicy",
        Queues=[ref("Queue")],
        PolicyDocument={"Version": "2012-10-17", "Statement": [anyone]},
    )
    return Opening(
        resources={"Queue": of("AWS::SQS::Queue"), "Policy": policy},
        bucket={"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:*", "Queue": att("Queue")}]}},
    )


@opening
def a_property_of_the_bucket_that_is_new(names: Names) -> Opening:
    del names
    return Opening(bucket={"SharingConfiguration": {"Everyone": True}})


@opening
def a_property_of_the_table_that_is_new(names: Names) -> Opening:
    del names
    return Opening(table={"SharingConfiguration": {"Everyone": True}})


@opening
def a_stream_of_changes_that_users_read(names: Names) -> Opening:
    del names
    return Opening(
        resources={"Stream": of("AWS::Kinesis::Stream")},
        table={"KinesisStreamSpecification": {"StreamArn": att("Stream")}},
        user=(allow("kinesis:*", att("Stream")),),
    )


@opening
def a_stream_of_changes_that_goes_on(names: Names) -> Opening:
    del names
    source = {"KinesisStreamARN": att("Stream"), "RoleARN": "arn"}
    firehose = of("AWS::KinesisFirehose::DeliveryStream", KinesisStreamSourceConfiguration=source)
    return Opening(
        resources={"Stream": of("AWS::Kinesis::Stream"), "On": firehose},
        table={"KinesisStreamSpecification": {"StreamArn": att("Stream")}},
    )


@opening
def a_stream_whose_own_policy_lets_users_read(names: Names) -> Opening:
    statement = allow(
        ["dynamodb:GetRecords", "dynamodb:GetShardIterator"], "*", Principal={"AWS": att(names.user)}
    )  # fmt: skip
    document = {"Version": "2012-10-17", "Statement": [statement]}
    specification = {"StreamViewType": "NEW_IMAGE", "ResourcePolicy": {"PolicyDocument": document}}
    return Opening(table={"StreamSpecification": specification}, attack=True)


def route(auth: str, uri: Any, **integration: Any) -> Callable[[Names], Opening]:
    """A route of a REST API that acts on AWS with a role."""

    def make(names: Names) -> Opening:
        method = of(
            "AWS::ApiGateway::Method",
            RestApiId=ref("Api"),
            ResourceId=ref("Path"),
            HttpMethod="GET",
            AuthorizationType=auth,
            Integration={"Type": "AWS", "Credentials": att("Acts"), "Uri": uri(names), **integration},
        )
        return Opening(
            resources={
                "Api": of("AWS::ApiGateway::RestApi", Name="a"),
                "Path": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), PathPart="{key}",
                           ParentId=att("Api", "RootResourceId")),
                "Call": method,
                "Acts": role("apigateway.amazonaws.com", *reads(names)),
            },
            attack=auth == "NONE" and ("RequestParameters" in integration or "Scan" in str(uri(names))),
        )  # fmt: skip

    return make


def s3_path(names: Names) -> Document:
    return sub(f"arn:aws:apigateway:${{AWS::Region}}:s3:path/${{{names.bucket}}}/{{key}}")


PASSED = {"RequestParameters": {"integration.request.path.key": "method.request.path.key"}}
OPENINGS |= {
    "an open route that reads any object": route("NONE", s3_path, **PASSED),
    "an open route that reads what a template says": route("NONE", s3_path),
    "a route by token that reads any object": route("COGNITO_USER_POOLS", s3_path, **PASSED),
    "a route by code that reads any object": route("CUSTOM", s3_path, **PASSED),
    "a route of an unknown kind that reads any object": route("MUTUAL", s3_path, **PASSED),
    "an open route that scans the table": route("NONE", lambda _: "arn:aws:apigateway:us-east-1:dynamodb:action/Scan"),
    "an open route that queries the table": route(
        "NONE", lambda _: "arn:aws:apigateway:us-east-1:dynamodb:action/Query", RequestTemplates={"x": "$input"}
    ),
}


@opening
def an_open_route_of_a_document(names: Names) -> Opening:
    operation = {
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": "GET",
            "credentials": att("Acts"),
            "uri": s3_path(names),
            "requestParameters": {"integration.request.path.key": "method.request.path.key"},
        }
    }
    body = {"openapi": "3.0.1", "paths": {"/{key}": {"get": operation}}}
    return Opening(
        resources={
            "Api": of("AWS::ApiGateway::RestApi", Body=body),
            "Acts": role("apigateway.amazonaws.com", *reads(names)),
        },
        attack=True,
    )


@opening
def a_route_for_iam_that_users_may_call(names: Names) -> Opening:
    made = route("AWS_IAM", s3_path, **PASSED)(names)
    call = sub("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/*")
    return Opening(resources=made.resources, user=(allow("execute-api:Invoke", call),))


def machine(names: Names) -> Document:
    states = {
        "StartAt": "Get",
        "States": {
            "Get": {
                "Type": "Task",
                "Resource": "arn:aws:states:::dynamodb:getItem",
                "Parameters": {"Key": {"owner": {"S.$": "$.owner"}}},
                "End": True,
            }
        },
    }
    return {
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), DefinitionString=json.dumps(states)),
        "Acts": role("states.amazonaws.com", *reads(names)),
    }


@opening
def a_state_machine_that_users_start(names: Names) -> Opening:
    return Opening(resources=machine(names), user=(allow("states:StartExecution", ref("Machine")),))


@opening
def every_state_machine_that_users_start(names: Names) -> Opening:
    return Opening(resources=machine(names), user=(allow("states:*", "*"),))


@opening
def a_state_machine_that_an_open_route_starts(names: Names) -> Opening:
    starts = role("apigateway.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    integration = of(
        "AWS::ApiGatewayV2::Integration",
        ApiId=ref("Http"),
        IntegrationType="AWS_PROXY",
        IntegrationSubtype="StepFunctions-StartExecution",
        CredentialsArn=att("Starts"),
        RequestParameters={"Input": "$request.body", "StateMachineArn": ref("Machine")},
    )
    opened = of(
        "AWS::ApiGatewayV2::Route", ApiId=ref("Http"), RouteKey="POST /x", Target=join("integrations/", ref("Starts2"))
    )
    http = of("AWS::ApiGatewayV2::Api", Name="h", ProtocolType="HTTP")
    more = {"Http": http, "Starts": starts, "Starts2": integration, "Opened": opened}
    return Opening(resources={**machine(names), **more})


@opening
def a_state_machine_that_something_unreviewed_starts(names: Names) -> Opening:
    starts = role("apigateway.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    rule = of("AWS::IoT::TopicRule", TopicRulePayload={"Actions": [{"StepFunctions": {"RoleArn": att("Starts")}}]})
    return Opening(resources={**machine(names), "Starts": starts, "Rule": rule})


def graphql(kind: str, *resolvers: Document) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        made: Document = {
            "Graph": of("AWS::AppSync::GraphQLApi", Name="g", AuthenticationType=kind),
            "Source": of(
                "AWS::AppSync::DataSource", ApiId=att("Graph", "ApiId"), Name="rows", Type="AMAZON_DYNAMODB",
                ServiceRoleArn=att("Acts"),
                DynamoDBConfig={"TableName": ref(names.table), "AwsRegion": ref("AWS::Region")},
            ),
            "Acts": role("appsync.amazonaws.com", *reads(names)),
        }  # fmt: skip
        for number, each in enumerate(resolvers):
            said = {"ApiId": att("Graph", "ApiId"), "TypeName": "Query", "FieldName": f"f{number}"}
            made[f"Resolver{number}"] = of("AWS::AppSync::Resolver", **said, DataSourceName="rows", **each)
        return Opening(resources=made, attack=kind == "API_KEY" and "Scan" in str(resolvers))

    return make


SCAN: Document = {"RequestMappingTemplate": '{"operation": "Scan"}'}
OWN: Document = {"RequestMappingTemplate": '{"operation": "GetItem", "key": {"owner": "$ctx.identity.sub"}}'}
OPENINGS |= {
    "a resolver that scans, by key": graphql("API_KEY", SCAN),
    "a resolver that reads one row, by key": graphql("API_KEY", OWN),
    "a resolver that scans, by token": graphql("AMAZON_COGNITO_USER_POOLS", SCAN),
    "a resolver by code": graphql("AWS_LAMBDA", OWN),
    "a resolver for IAM": graphql("AWS_IAM", OWN),
    "a data source of an API that no template has": graphql("AMAZON_COGNITO_USER_POOLS"),
}


def trusting(principal: Any, **condition: Any) -> Callable[[Names], Opening]:
    """A role that reaches owned data and that somebody else may take."""

    def make(names: Names) -> Opening:
        made = role("lambda.amazonaws.com", *reads(names))
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        made["Properties"]["AssumeRolePolicyDocument"]["Statement"] = [
            {**trust, "Condition": condition} if condition else trust
        ]
        return Opening(resources={"Reads": made})

    return make


OPENINGS |= {
    "a role for another account": trusting({"AWS": "arn:aws:iam::999999999999:root"}),
    "a role for everyone": trusting("*"),
    "a role for everyone of an organization": trusting("*", StringEquals={"aws:PrincipalOrgID": "o-1"}),
    "a role for an OIDC provider": trusting({"Federated": "arn:aws:iam::123456789012:oidc-provider/example.com"}),
    "a role for a SAML provider": trusting({"Federated": "arn:aws:iam::123456789012:saml-provider/x"}),
    "a role for an account that a parameter names": trusting({"AWS": {"Fn::ImportValue": "other"}}),
}


@opening
def a_user_with_keys(names: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": list(reads(names))}
    user = of("AWS::IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": document}])
    return Opening(resources={"Anna": user})


@opening
def a_group_with_a_policy(names: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": list(reads(names))}
    policy = of("AWS::IAM::ManagedPolicy", PolicyDocument=document, Groups=[ref("Group")])
    return Opening(resources={"Group": of("AWS::IAM::Group"), "Policy": policy})


@opening
def a_policy_for_a_role_elsewhere(names: Names) -> Opening:
    document = {"Version": "2012-10-17", "Statement": list(reads(names))}
    policy = of("AWS::IAM::Policy", PolicyName="p", PolicyDocument=document, Roles=["elsewhere"])
    return Opening(resources={"Policy": policy})


@opening
def backups_that_are_copied_elsewhere(names: Names) -> Opening:
    copy = {"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:999999999999:backup-vault:x"}
    rule = {"RuleName": "r", "TargetBackupVault": ref("Vault"), "CopyActions": [copy]}
    plan = of("AWS::Backup::BackupPlan", BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [rule]})
    chosen = {"SelectionName": "s", "IamRoleArn": "arn", "Resources": [names.table_arn]}
    selection = of("AWS::Backup::BackupSelection", BackupPlanId=ref("Plan"), BackupSelection=chosen)
    vault = of("AWS::Backup::BackupVault", BackupVaultName="v")
    return Opening(resources={"Vault": vault, "Plan": plan, "Selection": selection})


@opening
def backups_whose_vault_lets_others_in(names: Names) -> Opening:
    made = backups_that_are_copied_elsewhere(names).resources
    del made["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"][0]["CopyActions"]
    other = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "backup:*", "Resource": "*"}
    made["Vault"]["Properties"]["AccessPolicy"] = {"Version": "2012-10-17", "Statement": [other]}
    return Opening(resources=made)


__all__ = ["OPENINGS"]
