"""Ways to open owned data by its copies: replicas, inventories, notifications, streams."""

from typing import Any

from tests.analysis.proof.access_paths.openings import (
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
)

READ_COPY = ["s3:GetObject", "s3:ListBucket"]
COPY = of("AWS::S3::Bucket", VersioningConfiguration={"Status": "Enabled"})
COPY_ARNS = [att("Copy"), join(att("Copy"), "/*")]


def replicates(names: Names) -> Document:
    """A role for replication with its permissions in a separate policy: the bucket names the role."""
    rights = {"Version": "2012-10-17", "Statement": list(reads(names))}
    policy = of("AWS::IAM::Policy", PolicyName="rights", PolicyDocument=rights, Roles=[ref("Replicates")])
    return {"Replicates": role("s3.amazonaws.com"), "ReplicatesRights": policy}


def replicated_into(names: Names, key: Any) -> Opening:
    """A bucket of which users write a key, and which is replicated into the owned one."""
    rules = [{"Status": "Enabled", "Destination": {"Bucket": names.bucket_arn}}]
    source = of(
        "AWS::S3::Bucket",
        VersioningConfiguration={"Status": "Enabled"},
        ReplicationConfiguration={"Role": att("Replicates"), "Rules": rules},
    )
    writes = allow("s3:PutObject", join(att("From"), key))
    return Opening(resources={"From": source, **replicates(names)}, user=(writes,), attack=True)


@opening
def a_source_of_the_owned_bucket_that_users_write(names: Names) -> Opening:
    return replicated_into(names, f"/{names.folder}/*")


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
