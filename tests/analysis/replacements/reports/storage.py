"""Reports about buckets and tables."""

from typing import Any, Final

from constructs_lib.analysis.replacements import Effect
from tests.analysis.replacements.reports.report import (
    CDK,
    CODE,
    REFERENCE,
    ROADMAP,
    ROLE,
    Report,
    Resources,
    allow,
    att,
    of,
    policy,
    ref,
)

OWNER: Final = [{"AttributeName": "owner", "KeyType": "HASH"}]
_NAMED: Final = "CloudFormation cannot update a stack when a custom-named resource requires replacing"
_TABLE: Final = f"{REFERENCE}/TemplateReference/aws-resource-dynamodb-table.html"


def bucket(**properties: Any) -> Resources:
    return {"Bucket": of("S3::Bucket", **properties)}


def table(kind: str = "Table", keys: Any = OWNER, **properties: Any) -> Resources:
    names = {each["AttributeName"] for each in keys} | {
        key["AttributeName"] for index in properties.get("GlobalSecondaryIndexes", ()) for key in index["KeySchema"]
    }
    defined = [{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)]
    return {"Table": of(f"DynamoDB::{kind}", KeySchema=keys, AttributeDefinitions=defined, **properties)}


def index(name: str, *keys: str) -> dict[str, Any]:
    kinds = zip(keys, ("HASH", "RANGE"), strict=False)
    return {
        "IndexName": name, "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in kinds],
    }  # fmt: skip


def on_demand(*indexes: dict[str, Any], **properties: Any) -> Resources:
    return table(BillingMode="PAY_PER_REQUEST", GlobalSecondaryIndexes=list(indexes), **properties)


def expiring(attribute: str) -> Resources:
    return on_demand(TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute})


READ_BY_ALL: Final = policy(allow("s3:GetObject", resource={"Fn::Sub": "${Bucket.Arn}/*"}) | {"Principal": "*"})
FUNCTION: Final[Resources] = {**ROLE, "Fn": of("Lambda::Function", **CODE)}
LET_IN: Final = of("Lambda::Permission", FunctionName=ref("Fn"), Action="lambda:InvokeFunction",
                   Principal="s3.amazonaws.com", SourceAccount=ref("AWS::AccountId"))  # fmt: skip
NOTIFIED: Final = {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": att("Fn", "Arn")}]}


def queues(*events: str) -> dict[str, Any]:
    return {"QueueConfigurations": [{"Event": event, "Queue": f"arn:aws:sqs:us-east-1:111122223333:{number}"}
                                    for number, event in enumerate(events)]}  # fmt: skip


COPIED: Final = {
    "Role": "arn:aws:iam::111122223333:role/copies",
    "Rules": [{"Status": "Enabled", "Destination": {"Bucket": att("Copy", "Arn")}}],
}
VERSIONED: Final = {"VersioningConfiguration": {"Status": "Enabled"}}

REPORTS: Final = [
    Report(
        what="A bucket with objects is removed from the stack", says="The bucket you tried to delete is not empty",
        source="https://github.com/aws-samples/aws-sdk-js-notes-app/issues/21",
        old=bucket(), new={}, told="it is deleted if it is empty, and otherwise stays", effect=Effect.DELETED,
    ),
    Report(
        what="A bucket policy with public access, on a bucket with the default settings",
        says="API: s3:PutBucketPolicy Access Denied",
        source=f"{CDK}/25983",
        new=bucket() | {"Policy": of("S3::BucketPolicy", Bucket=ref("Bucket"), PolicyDocument=READ_BY_ALL)},
    ),
    Report(
        what="A bucket notifies a function before S3 may invoke it",
        says="Unable to validate the following destination configurations",
        source="https://github.com/serverless/serverless/issues/12361",
        new=FUNCTION | bucket(NotificationConfiguration=NOTIFIED),
    ),
    Report(
        what="A function's permission names the bucket that notifies it", says="Circular dependency between resources",
        source="https://github.com/serverless/serverless/issues/4231", rule="F3004",
        new={
            **FUNCTION, "Bucket": of("S3::Bucket", NotificationConfiguration=NOTIFIED) | {"DependsOn": "LetIn"},
            "LetIn": {**LET_IN, "Properties": {**LET_IN["Properties"], "SourceArn": att("Bucket", "Arn")}},
        },
    ),
    Report(
        what="Two notifications for the same event of all objects",
        says="Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules",
        source="https://github.com/aws-solutions/aws-waf-security-automations/issues/49",
        new=bucket(NotificationConfiguration=queues("s3:ObjectCreated:*", "s3:ObjectCreated:Put")),
    ),
    Report(
        what="A bucket without versioning is replicated",
        says="Versioning must be 'Enabled' on the bucket to apply a replication configuration",
        source="https://github.com/crossplane-contrib/provider-aws/issues/553",
        new=bucket(ReplicationConfiguration=COPIED) | {"Copy": of("S3::Bucket", **VERSIONED)},
    ),
    Report(
        what="A bucket is replicated to one without versioning", says="Destination bucket must have versioning enabled",
        source="https://github.com/terraform-aws-modules/terraform-aws-s3-bucket/issues/172",
        new=bucket(ReplicationConfiguration=COPIED, **VERSIONED) | {"Copy": of("S3::Bucket")},
    ),
    Report(
        what="A table gets two indexes in one update",
        says="Cannot perform more than one GSI creation or deletion in a single update", source=f"{CDK}/14920",
        old=on_demand(), new=on_demand(index("by_a", "a"), index("by_b", "b")),
        told="One update creates or deletes one index at most",
    ),
    Report(
        what="The key of an index changes", says="An existing index keeps its keys", source=_TABLE,
        old=on_demand(index("by_a", "a")), new=on_demand(index("by_a", "a", "b")),
        told="KeySchema of an existing index are fixed",
    ),
    Report(
        what="The attribute of the time to live changes",
        says="The attribute cannot change while the time to live is on",
        source=f"{REFERENCE}/TemplateReference/aws-properties-dynamodb-table-timetolivespecification.html",
        old=expiring("until"), new=expiring("expires"), told="The attribute of the time to live cannot change",
    ),
    Report(
        what="The key of a table with a fixed name changes", says=_NAMED,
        source=f"{REFERENCE}/TemplateReference/aws-properties-name.html",
        old=table(TableName="notes"),
        new=table(TableName="notes", keys=[*OWNER, {"AttributeName": "id", "KeyType": "RANGE"}]),
    ),
    Report(
        what="An index of a table with provisioned capacity has no capacity",
        says="Both ReadCapacityUnits and WriteCapacityUnits must be specified for index",
        source="https://github.com/aws-amplify/amplify-cli/issues/1714",
        new=table(ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                  GlobalSecondaryIndexes=[index("by_a", "a")]),
    ),
    Report(
        what="A global table has no capacity settings",
        says="You must specify ReadCapacityUnits or ReadCapacityAutoScalingSettings for each global table replica",
        source=f"{ROADMAP}/1982", new=table("GlobalTable", Replicas=[{"Region": "us-east-1"}]),
    ),
]  # fmt: skip
