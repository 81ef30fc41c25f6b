"""Buckets for access logs: checks that the services that write the logs can write to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3

from constructs_lib.key_policies import grant_key_use, usable_by
from constructs_lib.resource_properties import resolve_resources

if TYPE_CHECKING:
    from constructs import Construct, IConstruct


def check_log_bucket(bucket: s3.IBucket | None, writer: str) -> None:
    """Refuse a bucket that is encrypted with a KMS key: S3 and load balancers cannot write logs to it.

    Sources: "Enabling Amazon S3 server access logging", "The destination bucket must use Amazon S3 managed keys
    (SSE-S3)"; "Enable access logs for your Application Load Balancer", "The only server-side encryption option that's
    supported is Amazon S3-managed keys (SSE-S3)". The writer is the service that writes to it, for the message.

    Raises:
        ValueError: For such a bucket.
    """
    if bucket is not None and (bucket.encryption_key is not None or encrypted_by_aws(bucket)):
        raise ValueError(
            f"access_logs_bucket={bucket.node.path!r} is encrypted with a KMS key, and {writer} cannot write to such "
            "a bucket; create it with encryption=s3.BucketEncryption.S3_MANAGED"
        )


def encrypted_by_aws(bucket: IConstruct) -> bool:
    """Return whether a bucket of this app is encrypted with the AWS managed key, which cannot be shared."""
    made = bucket.node.default_child
    encryption = made.bucket_encryption if isinstance(made, s3.CfnBucket) else None
    if not isinstance(encryption, s3.CfnBucket.BucketEncryptionProperty):
        return False
    rules = encryption.server_side_encryption_configuration
    for rule in rules if isinstance(rules, list) else ():
        chosen = getattr(rule, "server_side_encryption_by_default", None)
        if getattr(chosen, "sse_algorithm", "").startswith("aws:kms") and not getattr(chosen, "kms_master_key_id", ""):
            return True
    return False


def _is_without_acls(bucket: IConstruct) -> bool:
    """Return whether a bucket of this app disables ACLs, as new buckets do by default."""
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        return False
    [resolved] = resolve_resources(Stack.of(made), made)
    controls = resolved.properties.get("ownershipControls")
    return controls is None or "BucketOwnerEnforced" in str(controls)


def grant_cloudfront_logging(scope: Construct, bucket: s3.IBucket | None) -> None:
    """Allow CloudFront to use a bucket's key ("Configure standard logging (legacy)", "Required key policy").

    Raises:
        ValueError: For a bucket that is encrypted with AWS's own key, or does not allow ACLs ("Don't choose a bucket
            with S3 Object Ownership set to bucket owner enforced", ibid.; that is the default of new buckets).
    """
    if bucket is None:
        return
    if encrypted_by_aws(bucket):
        raise ValueError(
            f"access_logs_bucket={bucket.node.path!r} is encrypted with an AWS managed KMS key, which CloudFront "
            "cannot use; pass an encryption_key of your own to the bucket, or "
            "encryption=s3.BucketEncryption.S3_MANAGED"
        )
    if _is_without_acls(bucket):
        raise ValueError(
            f"access_logs_bucket={bucket.node.path!r} does not allow ACLs, by which CloudFront writes its logs; create "
            "it with object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED"
        )
    may = usable_by(["delivery.logs"], ["kms:GenerateDataKey*"], {})
    grant_key_use(scope, "access_logs_bucket", bucket.encryption_key, [may])
