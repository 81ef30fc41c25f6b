"""Destinations of a user pool's logs: CloudWatch Logs, and for sign-ins also S3 or Firehose."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aws_cdk import ArnFormat, Stack, Tags, Validations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.cdk_tokens import is_token
from constructs_lib.key_policies import grant_key_use, usable_by
from constructs_lib.log_buckets import encrypted_by_aws

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
    """Deliver errors of sending messages, and sign-ins, to their destinations.

    Raises:
        ValueError: For a log group that is encrypted with a key of KMS or of another account or region, a bucket with
            AWS's own key, or a stream that accepts no records.
    """
    logged = (("userNotification", "ERROR", messages), ("userAuthEvents", "INFO", sign_ins))
    configurations = [
        _delivery.LogConfigurationProperty(event_source=source, log_level=level, **_destination(scope, target))
        for source, level, target in logged
        if target is not None
    ]
    _delivery(scope, "LogDelivery", user_pool_id=user_pool.user_pool_id, log_configurations=configurations)


def _destination(scope: Construct, target: SignInLogs) -> dict[str, Any]:
    if bucket_arn := getattr(target, "bucket_arn", None):
        _grant_log_writing(scope, target)  # type: ignore[arg-type] # told apart by its attribute
        _grant_log_encryption(scope, target)  # type: ignore[arg-type] # told apart by its attribute
        return {"s3_configuration": _delivery.S3ConfigurationProperty(bucket_arn=bucket_arn)}
    if stream_arn := getattr(target, "delivery_stream_arn", None):
        _tag_stream(scope, target)  # type: ignore[arg-type] # told apart by its attribute
        return {"firehose_configuration": _delivery.FirehoseConfigurationProperty(stream_arn=stream_arn)}
    group_arn = _log_group_arn(scope, target)  # type: ignore[arg-type] # told apart by its attribute
    return {"cloud_watch_logs_configuration": _delivery.CloudWatchLogsConfigurationProperty(log_group_arn=group_arn)}


def _grant_log_writing(scope: Construct, bucket: s3.IBucket) -> None:
    """Allow log delivery to write, as "Logs sent to Amazon S3" (CloudWatch Logs user guide) requires."""
    stack, of_here = Stack.of(scope), _of_here(scope)
    principal = iam.ServicePrincipal(_SERVICE)
    owned = {**of_here["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}
    statements = [
        iam.PolicyStatement(
            principals=[principal], actions=["s3:GetBucketAcl"], resources=[bucket.bucket_arn], conditions=of_here
        ),
        iam.PolicyStatement(
            principals=[principal],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{stack.account}/*")],
            conditions={**of_here, "StringEquals": owned},
        ),
    ]
    added = [bucket.add_to_resource_policy(each).statement_added for each in statements]
    if not all(added):
        statements_json = json.dumps(stack.resolve([each.to_statement_json() for each in statements]))
        Validations.of(scope).add_warning(
            "cognito-app:Auth.signInLogsBucket",
            f"sign_in_logs: the policy of the bucket {bucket.node.path!r}, which exists already, is not known here; no "
            f"sign-in is logged unless it has {statements_json}",
        )


def _grant_log_encryption(scope: Construct, bucket: s3.IBucket) -> None:
    """Let log delivery use a bucket's key ("Logs sent to Amazon S3", "Amazon S3 bucket server-side encryption")."""
    if encrypted_by_aws(bucket):
        raise ValueError(
            f"sign_in_logs={bucket.node.path!r} is encrypted with an AWS managed KMS key, which log delivery cannot "
            "use; pass an encryption_key of your own to the bucket, or encryption=s3.BucketEncryption.S3_MANAGED"
        )
    actions = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    grant_key_use(
        scope, "sign_in_logs", bucket.encryption_key, [usable_by(["delivery.logs"], actions, _of_here(scope))]
    )


def _of_here(scope: Construct) -> dict[str, dict[str, str]]:
    """Return the conditions on a delivery of logs of this account and region."""
    stack = Stack.of(scope)
    return {
        "StringEquals": {"aws:SourceAccount": stack.account},
        "ArnLike": {"aws:SourceArn": stack.format_arn(service="logs", resource="*")},
    }


def _tag_stream(scope: Construct, stream: firehose.IDeliveryStream) -> None:
    """Tag a stream: the service-linked role of log delivery writes only to tagged streams ("Logs sent to Firehose")."""
    made = stream.node.default_child
    if made is None:
        Validations.of(scope).add_warning(
            "cognito-app:Auth.signInLogsStream",
            f"sign_in_logs: the stream {stream.node.path!r} exists already; no sign-in is logged unless it has the tag "
            "LogDeliveryEnabled with the value true",
        )
    elif getattr(made, "delivery_stream_type", None) not in {None, "DirectPut"}:
        raise ValueError(
            f"sign_in_logs={stream.node.path!r} is a stream that reads from another stream, and log delivery cannot "
            "write to it; create one without a source"
        )
    Tags.of(stream).add("LogDeliveryEnabled", "true")


def _log_group_arn(scope: Construct, log_group: logs.ILogGroup) -> str:
    """Return the ARN without the `:*` at the end of CloudFormation's value: Cognito requires this form."""
    stack, env = Stack.of(scope), log_group.env
    for what, of_group, own in (("account", env.account, stack.account), ("region", env.region, stack.region)):
        if not is_token(of_group) and not is_token(own) and of_group != own:
            raise ValueError(
                f"log group {log_group.node.path!r} is in {what} {of_group}, and Cognito writes to log groups in the "
                f"{what} of the user pool only, {own}; create one there"
            )
    resource = log_group.node.default_child
    if getattr(resource, "kms_key_id", None) is not None:
        raise ValueError(
            f"log group {log_group.node.path!r} is encrypted with a KMS key, and Cognito cannot write to such a log "
            "group; remove its encryption_key"
        )
    return stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name=log_group.log_group_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
