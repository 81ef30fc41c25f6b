"""Flows of owned data without a reference to it: rules, trails and backups of everything, dead-letter queues."""

from collections.abc import Callable
from dataclasses import replace
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
from tests.analysis.proof.access_paths.openings_by_copy import COPY, replicates

QUEUE = of("AWS::SQS::Queue")
RECEIVES = allow("sqs:ReceiveMessage", att("Q"))
READS_LOGS = allow(["s3:GetObject", "s3:ListBucket"], [att("Logs"), join(att("Logs"), "/*")])
LOGS = {"Logs": of("AWS::S3::Bucket")}


def function(names: Names) -> Document:
    made = of("AWS::Lambda::Function", Role=att("Acts"), Code={"ZipFile": "x"})
    return {"Fn": made, "Acts": role("lambda.amazonaws.com", *reads(names))}


def told(resources: Document, **said: Any) -> Callable[[Names], Opening]:
    """Notifications of the bucket's objects to a function."""
    made = {"Fn": of("AWS::Lambda::Function", Role="arn:aws:iam::111122223333:role/x", Code={"ZipFile": "x"}, **said)}
    return lambda _: Opening(
        resources={"Q": QUEUE, **made, **resources},
        bucket={"NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:*", "Function": att("Fn")}]}},
        user=(RECEIVES,),
    )


def fails(destination: str, user: Document, **resources: Document) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        mapping = of(
            "AWS::Lambda::EventSourceMapping", EventSourceArn=att(names.table, "StreamArn"), FunctionName=ref("Fn"),
            DestinationConfig={"OnFailure": {"Destination": att(destination)}}, FunctionResponseTypes=["x"],
        )  # fmt: skip
        return Opening(resources={**function(names), "Mapping": mapping, **resources}, user=(user,))

    return make


def backup(**chosen: Any) -> Callable[[Names], Opening]:
    copy = {"DestinationBackupVaultArn": "arn:aws:backup:us-east-1:999999999999:backup-vault:x"}
    rule = {"RuleName": "r", "TargetBackupVault": ref("Vault"), "CopyActions": [copy]}
    resources = {
        "Vault": of("AWS::Backup::BackupVault", BackupVaultName="v"),
        "Plan": of("AWS::Backup::BackupPlan", BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [rule]}),
        "Chosen": of("AWS::Backup::BackupSelection", BackupPlanId=ref("Plan"), BackupSelection={
            "SelectionName": "s", "IamRoleArn": "arn", **chosen}),
    }  # fmt: skip
    return lambda _: Opening(resources=resources)


def trail(**selectors: Any) -> Callable[[Names], Opening]:
    made = of("AWS::CloudTrail::Trail", S3BucketName=ref("Logs"), **selectors)
    return lambda _: Opening(resources={**LOGS, "Trail": made}, user=(READS_LOGS,))


def advanced(*fields: Document) -> Document:
    data = {"Field": "eventCategory", "Equals": ["Data"]}
    return {"AdvancedEventSelectors": [{"FieldSelectors": [data, *fields]}]}


def trail_of_this_bucket(names: Names) -> Opening:
    within = {"Field": "resources.ARN", "StartsWith": [join(names.bucket_arn, "/")]}
    return replace(trail(**advanced(within))(names), user=())


def trail_by_the_cdk(*actions: str, service: str = "cloudtrail.amazonaws.com") -> Callable[[Names], Opening]:
    """A trail of this bucket in a bucket in which its service may act, also for other accounts."""

    def make(names: Names) -> Opening:
        statement = allow([*actions], join(att("Logs"), "/*"), Principal={"Service": service})
        statements = [statement, allow("s3:GetBucketAcl", att("Logs"), Principal={"Service": service})]
        policy = of("AWS::S3::BucketPolicy", Bucket=ref("Logs"),
                    PolicyDocument={"Version": "2012-10-17", "Statement": statements})  # fmt: skip
        made = trail_of_this_bucket(names)
        return replace(made, resources={**made.resources, "LogsPolicy": policy})

    return make


def rule(pattern: Any) -> Callable[[Names], Opening]:
    made = of("AWS::Events::Rule", EventPattern=pattern, Targets=[{"Id": "1", "Arn": att("Q")}])
    return lambda _: Opening(resources={"Q": QUEUE, "Rule": made}, user=(RECEIVES,))


def delivered(*user: Document, **destinations: Any) -> Callable[[Names], Opening]:
    """A rule of all objects' events that sends them to a delivery stream."""
    stream = of("AWS::KinesisFirehose::DeliveryStream", **destinations)
    made = of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=[{"Id": "1", "Arn": att("Firehose")}])
    return lambda _: Opening(resources={**LOGS, "Firehose": stream, "Rule": made}, user=user)


TO_LOGS = {"ExtendedS3DestinationConfiguration": {"BucketARN": att("Logs"), "RoleARN": "arn"}}
TO_AN_ENDPOINT = {"HttpEndpointDestinationConfiguration": {"EndpointConfiguration": {"Url": "https://example.com"}}}


def delivered_to_the_owned_bucket(names: Names) -> Opening:
    return delivered(ExtendedS3DestinationConfiguration={"BucketARN": names.bucket_arn})(names)


def delivered_to_a_replica(names: Names) -> Opening:
    """A delivery stream of other records, whose keys may say whose they are."""
    rules = [{"Status": "Enabled", "Destination": {"Bucket": att("Copy")}}]
    stream = of("AWS::KinesisFirehose::DeliveryStream", ExtendedS3DestinationConfiguration={"BucketARN": att("Copy")})
    return Opening(
        resources={"Copy": COPY, "Firehose": stream, **replicates(names)},
        bucket={"ReplicationConfiguration": {"Role": att("Replicates"), "Rules": rules}},
    )


def failed(names: Names) -> Opening:
    """A subscription's dead letters."""
    made = topic({"Protocol": "lambda", "Endpoint": att("Fn")})(names)
    letters = {"deadLetterTargetArn": att("Q")}
    subscribed = of("AWS::SNS::Subscription", TopicArn=ref("Topic"), Endpoint=att("Fn"), RedrivePolicy=letters)
    code = of("AWS::Lambda::Function", Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": "x"})
    more = {"Q": QUEUE, "Fn": code, "Subscribed": subscribed}
    return Opening(resources={**made.resources, **more}, bucket=made.bucket, user=(RECEIVES,))


def topic(subscription: Document, **more: Document) -> Callable[[Names], Opening]:
    resources = {"Topic": of("AWS::SNS::Topic", Subscription=[subscription]), **more}
    topics = [{"Event": "s3:*", "Topic": ref("Topic")}]
    return lambda _: Opening(
        resources=resources,
        bucket={"NotificationConfiguration": {"TopicConfigurations": topics}},
        user=(RECEIVES,) if more else (),
    )


def open_bus(names: Names) -> Opening:
    del names
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "events:PutRule", "Resource": "*"}
    bus = of("AWS::Events::EventBus", Name="b", Policy={"Version": "2012-10-17", "Statement": [anyone]})
    targets = [{"Id": "1", "Arn": att("Bus")}]
    return Opening(
        resources={"Bus": bus, "Rule": of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=targets)}
    )


UNKNOWN = {"Fn::ImportValue": "x"}


def told_by_the_cdk(target: Any) -> Callable[[Names], Opening]:
    def make(names: Names) -> Opening:
        made = of("Custom::S3BucketNotifications", ServiceToken="arn", BucketName=ref(names.bucket),
                  NotificationConfiguration={"QueueConfigurations": [target]})  # fmt: skip
        return Opening(resources={"Q": QUEUE, "Told": made}, user=(RECEIVES,))

    return make


STORE = of("AWS::CloudTrail::EventDataStore", **advanced())


def store(names: Names) -> Opening:
    del names
    return Opening(resources={"Store": STORE}, user=(allow("cloudtrail:StartQuery", "*"),))


def lens(names: Names) -> Opening:
    del names
    export = {"S3BucketDestination": {"Arn": att("Logs"), "Format": "CSV"}}
    made = of("AWS::S3::StorageLens", StorageLensConfiguration={"Id": "x", "IsEnabled": True, "DataExport": export})
    return Opening(resources={**LOGS, "Lens": made}, user=(READS_LOGS,))


def short_name(names: Names) -> Opening:
    named = role("iot.amazonaws.com", *reads(names), RoleName="rd")
    alias = of("AWS::IoT::RoleAlias", RoleArn="arn:aws:iam::111122223333:role/rd")
    return Opening(resources={"Named": named, "Alias": alias})


def written_parameter(names: Names) -> Opening:
    parameter = of("AWS::SSM::Parameter", Type="String", Value=ref(names.table))
    return Opening(resources={"P": parameter}, user=(allow("ssm:PutParameter", "*"),))


def scan_results(names: Names) -> Opening:
    protected = {"S3Bucket": {"BucketName": ref(names.bucket)}}
    plan = of("AWS::GuardDuty::MalwareProtectionPlan", Role="arn", ProtectedResource=protected)
    made = of("AWS::Events::Rule", EventPattern={"source": ["aws.guardduty"]}, Targets=[{"Id": "1", "Arn": att("Q")}])
    return Opening(resources={"Q": QUEUE, "Rule": made, "Plan": plan}, user=(RECEIVES,))


INVOKED = of(
    "AWS::Lambda::EventInvokeConfig", FunctionName=ref("Fn"), DestinationConfig={"OnFailure": {"Destination": att("Q")}}
)
FLOWS: dict[str, Callable[[Names], Opening]] = {
    "records that a function fails on, in a queue": fails("Q", RECEIVES, Q=QUEUE),
    "records that a function fails on, in a bucket": fails("Logs", READS_LOGS, **LOGS),
    "dead letters of a function that is told": told({}, DeadLetterConfig={"TargetArn": att("Q")}),
    "destinations of a function that is told": told({"Invoked": INVOKED}),
    "a backup of everything": backup(Resources=["*"]),
    "a backup of every bucket": backup(Resources=["arn:aws:s3:::*"]),
    "a backup by tag": backup(ListOfTags=[{"ConditionKey": "a", "ConditionValue": "b"}]),
    "a backup of all but something": backup(NotResources=["arn:aws:s3:::other"]),
    "a backup that a parameter chooses": backup(Resources=[{"Fn::ImportValue": "x"}, "arn:aws:*"]),
    "a trail of every object": trail(EventSelectors=[{"DataResources": [{"Values": ["arn:aws:s3"]}]}]),
    "a trail of every bucket": trail(EventSelectors=[{"DataResources": [{"Values": ["arn:aws:s3:::"]}]}]),
    "a trail of every table": trail(EventSelectors=[{"DataResources": [{"Values": ["arn:aws:dynamodb"]}]}]),
    "a trail of all data": trail(**advanced()),
    "a trail of all objects": trail(**advanced({"Field": "resources.type", "Equals": ["AWS::S3::Object"]})),
    "a trail of all but some objects": trail(**advanced({"Field": "resources.ARN", "NotStartsWith": ["arn:x"]})),
    "a store of all data": store,
    "a rule of every source": rule({"source": [{"prefix": "aws."}]}),
    "a rule of all but a source": rule({"source": [{"anything-but": ["x"]}]}),
    "a rule of an account": rule({"account": [ref("AWS::AccountId")]}),
    "a rule of every new object": rule({"detail-type": ["Object Created"]}),
    "a rule of a table's calls": rule({"source": ["aws.dynamodb"]}),
    "a rule of a source that is not known": rule({"source": [{"Fn::ImportValue": "x"}]}),
    "a rule of a pattern that is not known": rule({"Fn::ImportValue": "x"}),
    "a rule of some buckets": rule({"source": ["aws.s3"], "detail": {"bucket": {"name": [{"prefix": "a"}]}}}),
    "a rule of one bucket or of any": rule({"detail": {"bucket": {"name": ["other", {"prefix": ""}]}}}),
    "a rule of one bucket or another that is not known": rule(
        {"detail": {"bucket": {"name": ["other", {"Fn::ImportValue": "x"}]}}}
    ),
    "a rule of one object's name in any bucket": rule(
        {"detail": {"bucket": {"x": ["other"]}, "object": {"key": ["a"]}}}
    ),
    "a rule of recorded calls with one argument": rule({"detail": {"requestParameters": {"versionId": ["1"]}}}),
    "a trail of all that begins as every bucket": trail(
        **advanced({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::other/", "arn:aws:s3:::"]})
    ),
    "a rule of findings of Macie": rule({"source": ["aws.macie"]}),
    "a rule of findings of Security Hub": rule({"detail-type": ["Security Hub Findings - Imported"]}),
    "a rule of findings of GuardDuty": rule({"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}),
    "a backup of all that is supported": backup(),
    "a backup of another bucket or by a tag": backup(
        Resources=["arn:aws:s3:::other"], ListOfTags=[{"ConditionKey": "backup", "ConditionValue": "yes"}]
    ),
    "a delivery stream to a bucket that users read": delivered(READS_LOGS, **TO_LOGS),
    "a delivery stream to an endpoint": delivered(**TO_AN_ENDPOINT),
    "a delivery stream to the owned bucket": delivered_to_the_owned_bucket,
    "a delivery stream to a replica": delivered_to_a_replica,
    "what fails of a subscription": failed,
    "a rule whose targets are not known": lambda _: Opening(
        resources={"Rule": of("AWS::Events::Rule", EventPattern={"source": ["aws.s3"]}, Targets=[UNKNOWN])}
    ),
    "a trail of types that are not known": trail(**advanced({"Field": "resources.type", "Equals": [UNKNOWN]})),
    "a trail of a category that is not known": trail(
        AdvancedEventSelectors=[{"FieldSelectors": [{"Field": "eventCategory", "Equals": [UNKNOWN]}]}]
    ),
    "a trail by a field that is not known": trail(
        AdvancedEventSelectors=[{"FieldSelectors": [{"Field": UNKNOWN, "Equals": ["Data"]}]}]
    ),
    "a trail of fields that are not spelled out": trail(AdvancedEventSelectors=[{"FieldSelectors": ["x"]}]),
    "a trail of a bucket that is not known": trail(
        **advanced({"Field": "resources.ARN", "StartsWith": [{"Fn::ImportValue": "x"}]})
    ),
    "a trail of values that are not known": trail(
        EventSelectors=[{"DataResources": [{"Values": [{"Fn::ImportValue": "x"}]}]}]
    ),
    "a topic's own subscription by mail": topic({"Protocol": "email", "Endpoint": "x@example.com"}),
    "a topic's own subscription of a queue": topic({"Protocol": "sqs", "Endpoint": att("Q")}, Q=QUEUE),
    "notifications by the CDK to a queue that users read": told_by_the_cdk(
        {"Events": ["s3:ObjectCreated:*"], "QueueArn": att("Q")}
    ),
    "notifications by the CDK that are not known": told_by_the_cdk(UNKNOWN),
    "a trail of this bucket that its service may read for others": trail_by_the_cdk("s3:PutObject", "s3:GetObject"),
    "a trail of this bucket where another service may write for others": trail_by_the_cdk(
        "s3:PutObject", service="macie.amazonaws.com"
    ),
    "the filter of an export": lambda names: Opening(
        user=(allow("dynamodb:DescribeExport", join(att(names.table), "/export/*")),)
    ),
    "a bus with a policy of its own": open_bus,
    "a lens on every bucket": lens,
    "a parameter with the table's name that users write": written_parameter,
    "the results of scans for malware": scan_results,
    "a role by a name of two letters": short_name,
}


def named_in_part(make: Callable[[Names], Opening]) -> Callable[[Names], Opening]:
    """The bucket's name is known in part, and the addition names a bucket whose name may be the same."""
    name = {"BucketName": {"Fn::Sub": "${AWS::StackName}-files"}}
    return lambda names: replace(make(names), bucket=name)


NAMED = {
    "a backup of a bucket by name": backup(Resources=["arn:aws:s3:::app-files"]),
    "a backup of buckets by the begin of their names": backup(Resources=["arn:aws:s3:::app*"]),
    "a trail of a bucket by name": trail(EventSelectors=[{"DataResources": [{"Values": ["arn:aws:s3:::app-files/"]}]}]),
    "a trail of buckets by the begin of their names": trail(
        EventSelectors=[{"DataResources": [{"Values": ["arn:aws:s3:::app"]}]}]
    ),
    "a trail of a bucket's objects by name": trail(
        **advanced({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::app-files/"]})
    ),
    "a rule of a bucket by name": rule({"source": ["aws.s3"], "detail": {"bucket": {"name": ["app-files"]}}}),
}
OPENINGS |= FLOWS | {name: named_in_part(make) for name, make in NAMED.items()}

SETS: dict[str, Any] = {
    "a permission set of AWS's policy": {"ManagedPolicies": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]},
    "a permission set of a policy that is not known": {"ManagedPolicies": [{"Fn::ImportValue": "x"}]},
    "a permission set of an account's policy": {"CustomerManagedPolicyReferences": [{"Name": "x"}]},
    "a permission set of its own policy": {
        "InlinePolicy": {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "*")]}
    },
}


def permission_set(**said: Any) -> Callable[[Names], Opening]:
    return lambda _: Opening(resources={"Set": of("AWS::SSO::PermissionSet", Name="x", InstanceArn="x", **said)})


OPENINGS |= {name: permission_set(**said) for name, said in SETS.items()}


def logged(*user: Document, **said: Any) -> Callable[[Names], Opening]:
    """A state machine that reads everything and logs."""

    def make(names: Names) -> Opening:
        logs = {"Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": att("Log")}}], "Level": "ALL", **said}
        machine = of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), DefinitionString="{}",
                     LoggingConfiguration=logs)  # fmt: skip
        resources = {
            "Machine": machine,
            "Log": of("AWS::Logs::LogGroup"),
            "Acts": role("states.amazonaws.com", *reads(names)),
        }
        return Opening(resources=resources, user=user)

    return make


READS_ALL_LOGS = allow("logs:FilterLogEvents", "*")
OPENINGS |= {
    "a state machine's log with what its states answer": logged(READS_ALL_LOGS, IncludeExecutionData=True),
    "a state machine's log with what a parameter says": logged(
        allow("logs:GetLogEvents", att("Log")), IncludeExecutionData={"Fn::ImportValue": "data"}
    ),
}


def to_a_queue_that_nobody_reads(names: Names) -> Opening:
    """A trail and the CDK's notifications have lists of texts beside where they send to."""
    told = {"QueueConfigurations": [{"Events": ["s3:ObjectCreated:*"], "QueueArn": att("Q")}]}
    notifies = of("Custom::S3BucketNotifications", BucketName=ref(names.bucket), NotificationConfiguration=told)
    records = of("AWS::CloudTrail::Trail", S3BucketName=ref("Logs"), **advanced())
    return Opening(resources={**LOGS, "Q": QUEUE, "Notifies": notifies, "Records": records})


CLOSED_FLOWS: dict[str, Callable[[Names], Opening]] = {
    "a delivery stream to a bucket that nobody reads": delivered(**TO_LOGS),
    "a queue and a trail of owned objects that nobody reads": to_a_queue_that_nobody_reads,
    "a trail of another bucket": trail(EventSelectors=[{"DataResources": [{"Values": ["arn:aws:s3:::other/"]}]}]),
    "a trail of this bucket that nobody reads": trail_of_this_bucket,
    "a trail of this bucket by the CDK": trail_by_the_cdk("s3:PutObject"),
    "a trail of management": trail(IsLogging=True),
    "a trail of another bucket's objects": trail(
        **advanced({"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::other/"]})
    ),
    "a trail of functions": trail(**advanced({"Field": "resources.type", "Equals": ["AWS::Lambda::Function"]})),
    "a rule of another service": rule({"source": ["aws.codepipeline"]}),
    "a rule of the app's own": rule({"source": ["my.app"], "detail-type": ["x"]}),
    "a rule of other events": rule({"detail-type": ["EC2 Instance State-change Notification"]}),
    "a rule of another bucket": rule({"source": ["aws.s3"], "detail": {"bucket": {"name": ["other"]}}}),
    "a rule of two other buckets": rule({"detail": {"bucket": {"name": ["other", "third"]}}}),
    "a rule of an object in another bucket": rule(
        {"detail": {"bucket": {"name": ["other"]}, "object": {"key": [{"prefix": ""}]}}}
    ),
    "a backup of another bucket": backup(Resources=["arn:aws:s3:::other"]),
    "a backup of volumes": backup(Resources=["arn:aws:ec2:*:*:volume/*"]),
    "a function without dead letters": told({}),
    "a permission set for other things": permission_set(
        InlinePolicy={"Version": "2012-10-17", "Statement": [allow("sns:Publish", "*")]}
    ),
    "a state machine's log without what its states answer": logged(READS_ALL_LOGS),
    "a state machine's log that nobody reads": logged(IncludeExecutionData=True),
    "a store that callers do not ask": lambda _: Opening(resources={"Store": STORE}),
}
__all__ = ["CLOSED_FLOWS", "OPENINGS"]
