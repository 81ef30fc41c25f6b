"""Where a user pool's logs go."""

from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match, Template

from constructs_lib.auth import Auth, Protection
from tests.synthesis import plain


@pytest.fixture
def here() -> Stack:
    """Return a stack with a place of its own."""
    return Stack(App(), "Stack", env={"account": "111122223333", "region": "eu-west-1"})


def configurations(stack: Stack) -> list[dict[str, Any]]:
    [found] = Template.from_stack(stack).find_resources("AWS::Cognito::LogDeliveryConfiguration").values()
    delivered: list[dict[str, Any]] = plain(found["Properties"]["LogConfigurations"])
    return delivered


def test_sign_ins_go_to_a_bucket_that_lets_log_delivery_of_this_account_write(here: Stack) -> None:
    bucket = s3.Bucket(here, "Bucket")
    group = logs.LogGroup(here, "Logs")
    Auth(here, "Auth", protection=Protection(plan="plus", log_group=group, sign_in_logs=bucket))
    messages, sign_ins = configurations(here)
    assert messages["EventSource"] == "userNotification"
    assert sign_ins == {
        "EventSource": "userAuthEvents",
        "LogLevel": "INFO",
        "S3Configuration": {"BucketArn": "<Bucket.Arn>"},
    }
    [policy] = Template.from_stack(here).find_resources("AWS::S3::BucketPolicy").values()
    acl, put = plain(policy["Properties"]["PolicyDocument"]["Statement"])
    of_here = {"aws:SourceAccount": "111122223333"}
    source = {"ArnLike": {"aws:SourceArn": "arn:<AWS::Partition>:logs:eu-west-1:111122223333:*"}}
    service = {"Service": "delivery.logs.amazonaws.com"}
    assert acl == {
        "Effect": "Allow",
        "Action": "s3:GetBucketAcl",
        "Principal": service,
        "Resource": "<Bucket.Arn>",
        "Condition": {"StringEquals": of_here, **source},
    }
    assert put == {
        "Effect": "Allow",
        "Action": "s3:PutObject",
        "Principal": service,
        "Resource": "<Bucket.Arn>/AWSLogs/111122223333/*",
        "Condition": {"StringEquals": {**of_here, "s3:x-amz-acl": "bucket-owner-full-control"}, **source},
    }


def test_sign_ins_go_to_a_firehose_stream_that_log_delivery_may_write_to(here: Stack) -> None:
    bucket = s3.Bucket(here, "Bucket")
    stream = firehose.DeliveryStream(here, "Stream", destination=firehose.S3Bucket(bucket))
    Auth(here, "Auth", protection=Protection(plan="plus", sign_in_logs=stream))
    [only] = configurations(here)
    assert only["FirehoseConfiguration"] == {"StreamArn": "<Stream.Arn>"}
    Template.from_stack(here).has_resource_properties(
        "AWS::KinesisFirehose::DeliveryStream", {"Tags": [{"Key": "LogDeliveryEnabled", "Value": "true"}]}
    )


def test_sign_ins_may_have_a_log_group_of_their_own(here: Stack) -> None:
    group = logs.LogGroup(here, "SignIns")
    Auth(here, "Auth", protection=Protection(threat_protection="audit", sign_in_logs=group))
    [only] = configurations(here)
    assert only["CloudWatchLogsConfiguration"]["LogGroupArn"].endswith("log-group:<SignIns>")


def test_logs_that_cognito_would_not_write_are_refused(here: Stack) -> None:
    with pytest.raises(ValueError, match=r"the only plan that logs sign-ins; use Protection\(plan='plus'\)"):
        Protection(sign_in_logs=s3.Bucket(here, "Bucket"))
    encrypted = logs.LogGroup(here, "Encrypted", encryption_key=kms.Key(here, "Key"))
    with pytest.raises(ValueError, match="log group 'Stack/Encrypted' is encrypted with a KMS key"):
        Auth(here, "Auth", protection=Protection(log_group=encrypted))


def test_a_log_group_of_another_account_or_region_is_refused(here: Stack) -> None:
    for number, place in enumerate(("eu-west-1:999922223333", "eu-north-1:111122223333")):
        group = logs.LogGroup.from_log_group_arn(here, f"Known{number}", f"arn:aws:logs:{place}:log-group:known:*")
        with pytest.raises(ValueError, match="create one there"):
            Auth(here, f"Auth{number}", protection=Protection(log_group=group))


def test_a_bucket_with_the_key_of_aws_is_refused(here: Stack) -> None:
    bucket = s3.Bucket(here, "Bucket", encryption=s3.BucketEncryption.KMS_MANAGED)
    with pytest.raises(ValueError, match="sign_in_logs='Stack/Bucket' is encrypted with an AWS managed KMS key"):
        Auth(here, "Auth", protection=Protection(plan="plus", sign_in_logs=bucket))


def test_a_stream_that_reads_from_another_is_refused(here: Stack) -> None:
    source = firehose.KinesisStreamSource(kinesis.Stream(here, "Source"))
    stream = firehose.DeliveryStream(
        here, "Stream", destination=firehose.S3Bucket(s3.Bucket(here, "Bucket")), source=source
    )
    with pytest.raises(ValueError, match="reads from another stream"):
        Auth(here, "Auth", protection=Protection(plan="plus", sign_in_logs=stream))


def test_what_exists_already_comes_with_a_warning_that_says_what_it_needs(here: Stack) -> None:
    arn = "arn:aws:firehose:eu-west-1:111122223333:deliverystream/known"
    stream = firehose.DeliveryStream.from_delivery_stream_arn(here, "Known", arn)
    Auth(here, "One", protection=Protection(plan="plus", sign_in_logs=stream))
    bucket = s3.Bucket.from_bucket_name(here, "KnownBucket", "known")
    Auth(here, "Two", protection=Protection(plan="plus", sign_in_logs=bucket))
    warnings = Annotations.from_stack(here)
    warnings.has_warning("/Stack/One", Match.string_like_regexp("tag LogDeliveryEnabled with the value true"))
    warnings.has_warning("/Stack/Two", Match.string_like_regexp(r"s3:GetBucketAcl.*s3:PutObject"))
