"""Refusals of S3: public policies that the bucket blocks, and replication without versioning."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.template_rules.template_view import Found, View, entries, get, statements
from constructs_lib.analysis.replacements.value_comparison import same

_PUBLIC: Final = Refusal(
    message="API: s3:PutBucketPolicy Access Denied",
    way_out=(
        "Serve the files through CloudFront, or set BlockPublicPolicy and RestrictPublicBuckets of the bucket's "
        "PublicAccessBlockConfiguration to false; a bucket blocks public policies unless it says so."
    ),
    source="https://github.com/aws/aws-cdk/issues/25983",
)
_VERSIONS: Final = Refusal(
    message="Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    way_out="Set VersioningConfiguration.Status to Enabled on both buckets.",
    source="https://github.com/crossplane-contrib/provider-aws/issues/553",
)
_COPIES: Final = Refusal(
    message="Destination bucket must have versioning enabled",
    way_out=_VERSIONS.way_out,
    source="https://github.com/terraform-aws-modules/terraform-aws-s3-bucket/issues/172",
)


def _public(view: View) -> Iterator[Found]:
    blocking = "PublicAccessBlockConfiguration"
    for policy in view.of("S3::BucketPolicy"):
        for bucket in view.named(get(policy, "Bucket"), "S3::Bucket"):
            # The value of an intrinsic function may disable the block.
            setting = get(bucket, f"{blocking}.BlockPublicPolicy")
            open_ = (
                same(setting, False)
                or (get(bucket, blocking) is not None and setting is None)
                or isinstance(setting, dict)
            )
            if not open_ and any(map(_is_public, statements(get(policy, "PolicyDocument")))):
                what = f"The policy lets everybody in, and {bucket.logical_id} blocks public policies"
                yield policy, _PUBLIC, "PolicyDocument", what, True


def _is_public(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement is public: one with a condition may not be, and functions are unknown."""
    principal = statement.get("Principal")
    all_callers = principal == "*" or (isinstance(principal, Mapping) and principal.get("AWS") in ("*", ["*"]))
    return statement.get("Effect") == "Allow" and all_callers and not statement.get("Condition")


def _replicated(view: View) -> Iterator[Found]:
    for bucket in view.of("S3::Bucket"):
        rules = entries(bucket, "ReplicationConfiguration.Rules")
        if rules and _has_no_versions(bucket):
            what = "The bucket is copied elsewhere and keeps no versions"
            yield bucket, _VERSIONS, "ReplicationConfiguration", what, True
        for rule in rules:
            target = rule.get("Destination")
            copies = view.named(target.get("Bucket") if isinstance(target, Mapping) else None, "S3::Bucket")
            for copy in filter(_has_no_versions, copies):
                what = f"{copy.logical_id}, which takes the copies, keeps no versions"
                yield bucket, _COPIES, f"ReplicationConfiguration {copy.logical_id}", what, True


def _has_no_versions(bucket: Resource) -> bool:
    setting = get(bucket, "VersioningConfiguration.Status")
    return "VersioningConfiguration" not in bucket.properties or setting == "Suspended"


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_public, _replicated)
