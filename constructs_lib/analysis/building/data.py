"""Buckets and tables, with their own policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constructs_lib.analysis.building.resources import Resource, Resources, as_list, is_true
from constructs_lib.analysis.model import Bucket, Table
from constructs_lib.analysis.policies import Policy, parse_policy


def buckets_of(resources: Resources) -> list[Bucket]:
    """Return every bucket."""
    policies: dict[str, Policy] = {}
    for resource in resources.of("AWS::S3::BucketPolicy"):
        policies[str(resource.get("Bucket"))] = parse_policy(resource.get("PolicyDocument"), resource.name)
    found = []
    for resource in resources.of("AWS::S3::Bucket"):
        block = resource.get("PublicAccessBlockConfiguration")
        # Since April 2023 S3 blocks public access unless the bucket says otherwise.
        blocks = True if not isinstance(block, Mapping) else is_true(block.get("RestrictPublicBuckets"))
        policy = (
            policies.get(resource.id) or policies.get(str(resource.get("BucketName"))) or Policy(source=resource.name)
        )
        found.append(Bucket(arn=resource.arn, name=_short(resource), policy=policy, blocks_public_policy=blocks))
    return found


def tables_of(resources: Resources) -> list[Table]:
    """Return every table."""
    return [
        Table(
            arn=resource.arn,
            name=_short(resource),
            partition_key=_hash_key(resource.properties),
            indexes={
                str(index.get("IndexName")): _hash_key(index)
                for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
                for index in as_list(resource.get(kind))
                if isinstance(index, Mapping)
            },
            policy=parse_policy(_resource_policy(resource), f"{resource.name}, resource policy"),
        )
        for resource in resources.of("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
    ]


def _resource_policy(resource: Resource) -> Any:
    own = resource.get("ResourcePolicy")
    if isinstance(own, Mapping):
        return own.get("PolicyDocument")
    for replica in as_list(resource.get("Replicas")):
        if isinstance(replica, Mapping) and isinstance(replica.get("ResourcePolicy"), Mapping):
            return replica["ResourcePolicy"].get("PolicyDocument")
    return None


def _hash_key(holder: Mapping[str, Any]) -> str:
    for key in as_list(holder.get("KeySchema")):
        if isinstance(key, Mapping) and key.get("KeyType") == "HASH":
            return str(key.get("AttributeName"))
    return ""


def _short(resource: Resource) -> str:
    """Return a name without the word every construct of the kind ends with."""
    return resource.name.removesuffix("/Bucket").removesuffix("/Table")
