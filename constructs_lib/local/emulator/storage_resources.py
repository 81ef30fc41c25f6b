"""Deletion of buckets, with or without auto-delete, and the tables' time to live and point-in-time recovery.

Stock MiniStack deletes a bucket with its content, depends on CDK's auto-delete function, and drops these properties of
tables (measured on 1.5.33).
"""

from typing import Any, Final

from ministack.core.responses import get_region
from ministack.services import dynamodb, s3

from .ministack_interface import expect_attributes, expect_keys, expect_parameters
from .provisioning import Handlers, Props, add_type, after_put, done, expect_types, handlers

_TABLE: Final = "AWS::DynamoDB::Table"
_GLOBAL_TABLE: Final = "AWS::DynamoDB::GlobalTable"
_GLOBAL_ONLY: Final = (
    "GlobalTableSourceArn", "GlobalTableWitnesses", "MultiRegionConsistency", "ReadOnDemandThroughputSettings",
    "ReadProvisionedThroughputSettings", "Replicas", "WarmThroughput", "WriteOnDemandThroughputSettings",
    "WriteProvisionedThroughputSettings",
)  # fmt: skip
_PITR: Final = "PointInTimeRecoverySpecification"
_TTL: Final = "TimeToLiveSpecification"


def check() -> None:
    """Refuse a MiniStack whose storage calls take other arguments."""
    expect_types("AWS::S3::Bucket", _TABLE, _GLOBAL_TABLE)
    expect_keys(handlers()[_TABLE], _TABLE, "update_with_logical_id")
    expect_parameters(s3._delete_bucket, "name")
    expect_parameters(s3._delete_object, "bucket_name", "key", "headers", "query_params")
    expect_attributes(s3, "_buckets", "_object_versions")
    for function in (dynamodb._update_continuous_backups, dynamodb._update_ttl):
        expect_parameters(function, "data")


def install() -> None:
    """Add the auto-delete resource and wrap the others."""
    add_type("Custom::S3AutoDeleteObjects", _AUTO_DELETE)
    bucket = handlers()["AWS::S3::Bucket"]
    bucket["delete"] = _with_care(bucket["delete"])
    handlers()[_GLOBAL_TABLE] |= {"update": _update_global_table, "update_with_logical_id": True}
    for name in (_TABLE, _GLOBAL_TABLE):
        after_put(name, _apply_table_settings)


def _accept(logical_id: str, props: Props, stack_name: str) -> Any:
    """Replace CDK's Node function, which needs a missing SDK and would block the deploy."""
    del logical_id, stack_name
    return f"{props['BucketName']}-auto-delete", {}


def _keep(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    del old, new, stack_name
    return physical_id, {}


def _empty(physical_id: str, props: Props) -> None:
    del physical_id
    name = props.get("BucketName")
    bucket = s3._buckets.get(name)
    if bucket is None:
        return
    versions = [
        (key, version["version_id"])
        for (owner, key), history in s3._object_versions.items()
        if owner == name
        for version in history
    ]
    for key, version in versions:
        s3._delete_object(name, key, {"x-amz-bypass-governance-retention": "true"}, {"versionId": [version]})
    for key in list(bucket["objects"]):
        s3._delete_object(name, key)


_AUTO_DELETE: Final[Handlers] = {"create": _accept, "update": _keep, "delete": _empty}


def _with_care(stock: Any) -> Any:
    def delete(physical_id: str, props: Props) -> Any:
        if s3._buckets.get(physical_id) is not None:
            answer = s3._delete_bucket(physical_id)
            if b"BucketNotEmpty" in (answer[2] or b""):
                raise ValueError(f"The bucket you tried to delete is not empty (Bucket: {physical_id})")
            done(answer)
        return stock(physical_id, props)

    return delete


def _update_global_table(physical_id: str, old: Props, new: Props, stack_name: str, logical_id: str) -> Any:
    """Update in place. The stock update loses the logical ID, treats the table as renamed, and drops its rows."""
    before, after = ({key: each[key] for key in each if key not in _GLOBAL_ONLY} for each in (old, new))
    return handlers()[_TABLE]["update"](physical_id, before, after, stack_name, logical_id)


def _apply_table_settings(table: str, props: Props) -> None:
    local: Props = next((each for each in props.get("Replicas") or [] if each.get("Region") == get_region()), {})
    recovery = props.get(_PITR) or local.get(_PITR) or {}
    enabled = bool(recovery.get("PointInTimeRecoveryEnabled"))
    done(dynamodb._update_continuous_backups({"TableName": table, _PITR: {"PointInTimeRecoveryEnabled": enabled}}))
    if expiry := props.get(_TTL):
        done(dynamodb._update_ttl({"TableName": table, _TTL: expiry}))
