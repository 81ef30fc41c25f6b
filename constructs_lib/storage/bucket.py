"""A new bucket with safe defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib.cors_origins import check_origins
from constructs_lib.log_buckets import check_log_bucket
from constructs_lib.stack_cycles import forbid_by_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct

_UNFINISHED_UPLOADS: Final = Duration.days(1)
OLD_VERSIONS: Final = Duration.days(90)
"""The default retention of deleted or overwritten versions."""
_CORS_SECONDS: Final = 3_000
_DOES: Final = (
    "expiration",
    "expiration_date",
    "expired_object_delete_marker",
    "transitions",
    "noncurrent_version_expiration",
    "noncurrent_version_transitions",
    "abort_incomplete_multipart_upload_after",
)
"""The actions of a lifecycle rule; the other options select its objects."""


def create_bucket(
    scope: Construct,
    *,
    cors_origins: Sequence[str],
    encryption_key: kms.IKey | None,
    lifecycle_rules: Sequence[s3.LifecycleRule],
    intelligent_tiering: bool,
    access_logs_bucket: s3.IBucket | None,
    transfer_acceleration: bool,
    noncurrent_version_expiration: Duration | None,
    object_lock_retention: s3.ObjectLockRetention | None,
    replication_rules: Sequence[s3.ReplicationRule],
    removal_policy: RemovalPolicy,
) -> s3.Bucket:
    """Create a private, encrypted, versioned bucket that requires TLS.

    Raises:
        ValueError: For an origin that opens the bucket to every page, or that no browser sends, and for locked objects
            in a bucket that is to be destroyed.
    """
    if object_lock_retention is not None and removal_policy is RemovalPolicy.DESTROY:
        raise ValueError(
            "object_lock_retention contradicts removal_policy=RemovalPolicy.DESTROY, because locked objects cannot be "
            "deleted; use RemovalPolicy.RETAIN, or remove object_lock_retention"
        )
    check_origins(cors_origins, wildcards=True)
    check_log_bucket(access_logs_bucket, "S3")
    _check_replication(replication_rules)
    _check_lifecycle(lifecycle_rules)
    _check_days(noncurrent_version_expiration)
    bucket = s3.Bucket(
        scope,
        "Bucket",
        encryption=s3.BucketEncryption.KMS if encryption_key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=encryption_key,
        # One call to KMS per period instead of per object; costs up to 99 % less (AWS: "Reducing the cost of SSE-KMS").
        bucket_key_enabled=True if encryption_key else None,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        lifecycle_rules=[
            s3.LifecycleRule(abort_incomplete_multipart_upload_after=_UNFINISHED_UPLOADS),
            *([_tiering()] if intelligent_tiering else []),
            *([_expiry(noncurrent_version_expiration)] if noncurrent_version_expiration else []),
            *lifecycle_rules,
        ],
        cors=[_cors(cors_origins)] if cors_origins else None,
        server_access_logs_bucket=access_logs_bucket,
        # Buckets may share a log bucket.
        server_access_logs_prefix=f"{scope.node.path}/" if access_logs_bucket else None,
        transfer_acceleration=transfer_acceleration or None,
        object_lock_default_retention=object_lock_retention,
        replication_rules=list(replication_rules) or None,
        removal_policy=removal_policy,
        auto_delete_objects=removal_policy is RemovalPolicy.DESTROY,
    )
    if encryption_key is not None:
        _refuse_other_encryption(bucket)
    resource = bucket.node.default_child if cors_origins else None
    if isinstance(resource, s3.CfnBucket):
        forbid_by_address(resource, "cors_origins", cors_origins)
    return bucket


def _check_replication(rules: Sequence[s3.ReplicationRule]) -> None:
    """Refuse a bucket of this app without versioning: S3 replicates into versioned ones ("Replication")."""
    for rule in rules:
        made = rule.destination.node.default_child
        if isinstance(made, s3.CfnBucket) and made.versioning_configuration is None:
            raise ValueError(
                f"replication_rules has the bucket {rule.destination.node.path!r} without versioning, and S3 "
                "replicates to versioned buckets only; create it with versioned=True"
            )


def _check_lifecycle(rules: Sequence[s3.LifecycleRule]) -> None:
    for place, rule in enumerate(rules):
        if not set(_DOES).intersection(name for name, value in rule._values.items() if value is not None):  # noqa: SLF001 - all that a struct of the CDK's holds
            raise ValueError(f"lifecycle_rules[{place}] has no effect; set one of {', '.join(_DOES)}")


def _refuse_other_encryption(bucket: s3.Bucket) -> None:
    """Refuse uploads that request encryption by S3 instead: the header overrides the bucket's default."""
    header = "s3:x-amz-server-side-encryption"
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects("*")],
            conditions={"Null": {header: "false"}, "StringNotEquals": {header: "aws:kms"}},
        )
    )


def _tiering() -> s3.LifecycleRule:
    at_once = s3.Transition(storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(0))
    return s3.LifecycleRule(transitions=[at_once])


def _expiry(after: Duration) -> s3.LifecycleRule:
    # A deleted object is a marker over old versions; once these are gone the marker goes too.
    return s3.LifecycleRule(noncurrent_version_expiration=after, expired_object_delete_marker=True)


def _check_days(after: Duration | None) -> None:
    """Refuse invalid numbers of days: "'NoncurrentDays' must be a positive integer" (`PutBucketLifecycle`)."""
    if after is None or after.is_unresolved():
        return
    days = after.to_days(integral=False)
    if days < 1 or days != int(days):
        raise ValueError(
            f"noncurrent_version_expiration is {days:g} days, and S3 counts whole days from 1; write "
            "Duration.days(30), or None to keep old versions"
        )


def _cors(origins: Sequence[str]) -> s3.CorsRule:
    methods = [s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.PUT, s3.HttpMethods.POST, s3.HttpMethods.DELETE]
    return s3.CorsRule(
        allowed_methods=methods,
        allowed_origins=list(origins),
        allowed_headers=["*"],
        # A browser needs each part's ETag to complete a multipart upload.
        exposed_headers=["ETag", "x-amz-version-id", "x-amz-request-id", "x-amz-id-2"],
        max_age=_CORS_SECONDS,
    )
