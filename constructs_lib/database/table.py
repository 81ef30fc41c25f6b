"""A new table with safe defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.cdk_tokens import is_token
from constructs_lib.database.index import ATTRIBUTE, NAME, TABLE, key_attribute, key_name
from constructs_lib.regions import check_region
from constructs_lib.resource_limits import check_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from constructs_lib.database.index import Index

_PATHS: Final = {
    "owner_key": ATTRIBUTE,
    "sort_key": ATTRIBUTE,
    # The schema does not constrain it; it is an attribute's name (`TimeToLiveSpecification` of DynamoDB's API).
    "time_to_live_attribute": ATTRIBUTE,
    "max_read_units": "ReadOnDemandThroughputSettings.MaxReadRequestUnits",
    "max_write_units": "WriteOnDemandThroughputSettings.MaxWriteRequestUnits",
    # The schema also takes an ARN for it; a table's own name has the form of an index name ("Supported data types and
    # naming rules in Amazon DynamoDB").
    "table_name": NAME,
}


def create_table(
    scope: Construct,
    *,
    owner_key: str,
    sort_key: str | dynamodb.Attribute | None,
    indexes: Sequence[Index],
    time_to_live_attribute: str | None,
    stream: dynamodb.StreamViewType | None,
    replica_regions: Sequence[str],
    encryption_key: kms.IKey | None,
    replica_key_arns: Mapping[str, str],
    contributor_insights: bool,
    max_read_units: int | None,
    max_write_units: int | None,
    table_name: str | None,
    removal_policy: RemovalPolicy,
) -> dynamodb.TableV2:
    """Create an on-demand table with point-in-time recovery, and deletion protection unless it is to be destroyed.

    Raises:
        ValueError: For replicas or a key in a stack without an explicit region, or replicas without keys under
            `encryption_key`.
    """
    names = {"owner_key": owner_key, "sort_key": key_name(sort_key) if sort_key is not None else None}
    units = {"max_read_units": max_read_units, "max_write_units": max_write_units}
    others = {"time_to_live_attribute": time_to_live_attribute, "table_name": table_name}
    check_options(TABLE, _PATHS, {**names, **units, **others})
    key_names = [each for each in (names["owner_key"], names["sort_key"]) if each is not None]
    if len(set(key_names)) < len(key_names):
        raise ValueError(f"sort_key={key_names[0]!r} is also owner_key; name another attribute")
    if time_to_live_attribute in key_names:
        raise ValueError(f"time_to_live_attribute={time_to_live_attribute!r} is a key; name another attribute")
    if foreign := [each for each in replica_key_arns if each not in replica_regions]:
        raise ValueError(
            f"replica_key_arns has a key for {foreign[0]!r}, which replica_regions does not contain; add it there"
        )
    if replica_key_arns and encryption_key is None:
        raise ValueError(
            "replica_key_arns has no effect without encryption_key; add encryption_key=..., or remove replica_key_arns"
        )
    own = Stack.of(scope).region
    _check_regions(replica_regions, own)
    if (replica_regions or encryption_key is not None) and is_token(own):
        option = f"replica_regions={list(replica_regions)}" if replica_regions else "encryption_key"
        raise ValueError(
            f"{option} needs a stack with a region, because CloudFormation takes the settings of each region by name; "
            "pass env=Environment(region=...) to the stack"
        )
    if encryption_key is not None and (missing := [r for r in replica_regions if r not in replica_key_arns]):
        raise ValueError(
            f"replica_regions has {missing[0]} without a key, and a KMS key is used in its own region only; add a key "
            f"of that region with replica_key_arns={{{missing[0]!r}: ...}}"
        )
    encryption = None
    if encryption_key is not None:
        encryption = dynamodb.TableEncryptionV2.customer_managed_key(encryption_key, dict(replica_key_arns) or None)
    return dynamodb.TableV2(
        scope,
        "Table",
        partition_key=key_attribute(owner_key),
        sort_key=key_attribute(sort_key) if sort_key is not None else None,
        global_secondary_indexes=[index.to_props(owner_key) for index in indexes] or None,
        table_name=table_name,
        billing=dynamodb.Billing.on_demand(
            max_read_request_units=max_read_units, max_write_request_units=max_write_units
        ),
        time_to_live_attribute=time_to_live_attribute,
        dynamo_stream=stream,
        replicas=[dynamodb.ReplicaTableProps(region=region) for region in replica_regions] or None,
        encryption=encryption,
        contributor_insights_specification=dynamodb.ContributorInsightsSpecification(enabled=True)
        if contributor_insights
        else None,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=removal_policy is not RemovalPolicy.DESTROY,
        removal_policy=removal_policy,
    )


def check_keys(table: dynamodb.ITable, *, owner_key: str, sort_key: str | None) -> None:
    """Refuse a table of this app whose keys differ from the options: IAM would limit callers to the wrong rows.

    Raises:
        ValueError: With the key of the table. The keys of an imported table are unknown.
    """
    resource = table.node.default_child
    if not isinstance(resource, dynamodb.CfnTable | dynamodb.CfnGlobalTable):
        return
    _check_types(table, resource, owner_key)
    schema = resource.key_schema
    keys = [getattr(entry, "_values", entry) for entry in schema] if isinstance(schema, list) else []
    known = {each["key_type"]: each["attribute_name"] for each in keys if isinstance(each, dict)}
    for kind, option, given in (("HASH", "owner_key", owner_key), ("RANGE", "sort_key", sort_key)):
        has = known.get(kind)
        if has is not None and given is not None and has != given:
            raise ValueError(
                f"{option}={given!r} differs from the table {table.node.path!r}, which has {has!r}; write "
                f"{option}={has!r} if this is intended, or use another table"
            )


def _check_types(table: dynamodb.ITable, resource: dynamodb.CfnTable | dynamodb.CfnGlobalTable, owner_key: str) -> None:
    """Refuse an owner key that is not a string: IAM compares keys as text, and an owner's ID is not a number."""
    defined = resource.attribute_definitions
    attributes = [getattr(entry, "_values", entry) for entry in defined] if isinstance(defined, list) else []
    for each in attributes:
        if isinstance(each, dict) and each["attribute_name"] == owner_key and each["attribute_type"] != "S":
            raise ValueError(
                f"owner_key={owner_key!r} has the type {each['attribute_type']!r} in the table {table.node.path!r}, "
                "and an owner's ID is a string; use a table whose partition key has type 'S'"
            )


def _check_regions(regions: Sequence[str], own: str) -> None:
    if not regions:
        return
    for region in regions:
        if region == own:
            raise ValueError(
                f"replica_regions={region!r} is the stack's own region, which the table already has; remove it"
            )
        if regions.count(region) > 1:
            raise ValueError(f"replica_regions contains {region!r} more than once; remove the duplicate")
    for region in regions:
        check_region("replica_regions", region)
