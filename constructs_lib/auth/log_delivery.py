"""Where a user pool's logs go: CloudWatch Logs, and sign-ins to S3 or Firehose too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from aws_cdk import ArnFormat, Stack, Tags
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from aws_cdk import aws_kinesisfirehose as firehose
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

SignInLogs: TypeAlias = "logs.ILogGroup | s3.IBucket | firehose.IDeliveryStream"
_delivery = cognito.CfnLogDeliveryConfiguration
_SERVICE: Final = "delivery.logs.amazonaws.com"


def create_log_delivery(
    scope: Construct, user_pool: cognito.IUserPool, *, messages: logs.ILogGroup | None, sign_ins: SignInLogs | None
) -> None:
    """Deliver errors of sending messages, and sign-ins, where each is wanted.

    Raises:
        ValueError: For a log group that is encrypted with a key of KMS.
    """
    configurations = []
    if messages is not None:
        target = _delivery.CloudWatchLogsConfigurationProperty(log_group_arn=_log_group_arn(scope, messages))
        configurations.append(
            _delivery.LogConfigurationProperty(
                event_source="userNotification", log_level="ERROR", cloud_watch_logs_configuration=target
            )
        )
    if sign_ins is not None:
        configurations.append(_sign_ins(scope, sign_ins))
    _delivery(scope, "LogDelivery", user_pool_id=user_pool.user_pool_id, log_configurations=configurations)


def _sign_ins(scope: Construct, target: SignInLogs) -> cognito.CfnLogDeliveryConfiguration.LogConfigurationProperty:
    source, level = "userAuthEvents", "INFO"
    if bucket_arn := getattr(target, "bucket_arn", None):
        _let_logs_be_written(scope, target)  # type: ignore[arg-type]
        bucket = _delivery.S3ConfigurationProperty(bucket_arn=bucket_arn)
        return _delivery.LogConfigurationProperty(event_source=source, log_level=level, s3_configuration=bucket)
    if stream_arn := getattr(target, "delivery_stream_arn", None):
        # The service-linked role of log delivery writes to streams with this tag only.
        Tags.of(target).add("LogDeliveryEnabled", "true")
        stream = _delivery.FirehoseConfigurationProperty(stream_arn=stream_arn)
        return _delivery.LogConfigurationProperty(event_source=source, log_level=level, firehose_configuration=stream)
    group = _delivery.CloudWatchLogsConfigurationProperty(
        log_group_arn=_log_group_arn(scope, target)  # type: ignore[arg-type]
    )
    return _delivery.LogConfigurationProperty(
        event_source=source, log_level=level, cloud_watch_logs_configuration=group
    )


def _let_logs_be_written(scope: Construct, bucket: s3.IBucket) -> None:
    """Let log delivery write, as "Logs sent to Amazon S3" (CloudWatch Logs user guide) asks for."""
    stack = Stack.of(scope)
    of_here = {
        "StringEquals": {"aws:SourceAccount": stack.account},
        "ArnLike": {"aws:SourceArn": stack.format_arn(service="logs", resource="*")},
    }
    principal = iam.ServicePrincipal(_SERVICE)
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[principal], actions=["s3:GetBucketAcl"], resources=[bucket.bucket_arn], conditions=of_here
        )
    )
    owned = {**of_here["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[principal],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{stack.account}/*")],
            conditions={**of_here, "StringEquals": owned},
        )
    )


def _log_group_arn(scope: Construct, log_group: logs.ILogGroup) -> str:
    """Return the ARN without the `:*` that CloudFormation's ends with: Cognito takes it so."""
    resource = log_group.node.default_child
    if getattr(resource, "kms_key_id", None) is not None:
        raise ValueError(
            f"log group {log_group.node.path!r} is encrypted with a key of KMS, and Cognito writes to no such group: "
            "leave its encryption_key out"
        )
    return Stack.of(scope).format_arn(
        service="logs",
        resource="log-group",
        resource_name=log_group.log_group_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
