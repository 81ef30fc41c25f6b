"""Events about objects, from a bucket through EventBridge to a target.

EventBridge rather than S3's own notifications, because CDK sets those through a custom resource (one more Lambda
function per stack), and in plain CloudFormation a bucket that notifies a function which may read that bucket is a
circular dependency. A rule is a separate resource, filters by folder, retries for a day and supports a dead-letter
queue. S3 events cost 1 USD a million.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from aws_cdk import Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3

from constructs_lib.cross_stack import beside, check_queue
from constructs_lib.dead_letter_queues import check_standard
from constructs_lib.function_wrappers import function_of
from constructs_lib.invocation_paths import EVENT, reserve_invocation_path
from constructs_lib.key_policies import grant_key_use, usable_by

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from constructs_lib.access import Folder
    from constructs_lib.functions import PythonFunction


EventTarget: TypeAlias = "lambda_.IFunction | PythonFunction | events.IRuleTarget"
"""The target of events: a function, a `PythonFunction`, or any target of `aws_events_targets`."""


def create_rule(
    scope: Construct,
    id: str,
    *,
    bucket: s3.IBucket,
    detail_type: str,
    target: EventTarget,
    folder: Folder | None,
    suffix: str | None,
    dead_letter_queue: sqs.IQueue | None,
) -> events.Rule:
    """Send events about the objects of a folder to a target.

    Raises:
        ValueError: For a wildcard in the suffix, a dead-letter queue for a target that has its own, a FIFO one, or one
            in another stack than the function's.
    """
    detail: dict[str, object] = {"bucket": {"name": [bucket.bucket_name]}}
    if key := _key_pattern(folder, suffix):
        detail["object"] = {"key": [key]}
    called = function_of(target)
    where, name = scope, id
    if hasattr(called, "function_arn"):
        reserve_invocation_path(EVENT, called)
        where, name = beside(called, scope, id)
        check_queue(dead_letter_queue, where)
        check_standard(dead_letter_queue)
        if dead_letter_queue is not None:
            # Amazon EventBridge, "Event bus targets": the permissions that EventBridge needs on a target's key.
            may = usable_by(["events"], ["kms:Decrypt", "kms:GenerateDataKey"], {})
            grant_key_use(scope, "dead_letter_queue", dead_letter_queue.encryption_master_key, [may])
    return events.Rule(
        where,
        name,
        event_pattern=events.EventPattern(source=["aws.s3"], detail_type=[detail_type], detail=detail),
        targets=[_rule_target(called, dead_letter_queue)],
    )


def send_events(scope: Construct, bucket: s3.IBucket) -> None:
    """Make the bucket send its events to EventBridge; for an existing bucket, warn that its owner must enable this."""
    resource = bucket.node.default_child
    if isinstance(resource, s3.CfnBucket) and bucket.node.scope is scope:
        # The L2's event_bridge_enabled would be the custom resource.
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        return
    Validations.of(scope).add_warning(
        "cognito-app:Storage.eventBridge",
        "the bucket exists already and keeps its settings: no event arrives unless its owner turned EventBridge on "
        "(`aws s3api put-bucket-notification-configuration ... EventBridgeConfiguration={}`)",
    )


def _key_pattern(folder: Folder | None, suffix: str | None) -> dict[str, str] | None:
    if suffix is not None and "*" in suffix:
        raise ValueError(f"suffix={suffix!r} has a wildcard; write the end of the names, such as '.jpg'")
    if folder is None:
        return None if suffix is None else {"suffix": suffix}
    if suffix is None and not folder.placeholders:
        return {"prefix": folder.prefix({}, 0)}
    escaped = (part.replace("\\", "\\\\") for part in (folder.prefix({}, 0), suffix or ""))
    return {"wildcard": "*".join(escaped)}


def _rule_target(target: Any, dead_letter_queue: sqs.IQueue | None) -> events.IRuleTarget:
    if hasattr(target, "function_arn"):
        return targets.LambdaFunction(target, dead_letter_queue=dead_letter_queue)
    if dead_letter_queue is not None:
        raise ValueError("dead_letter_queue applies to functions only; set the dead_letter_queue of the event target")
    rule_target: events.IRuleTarget = target
    return rule_target
