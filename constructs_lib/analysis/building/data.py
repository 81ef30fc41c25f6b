"""Buckets and tables, with their own policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.building.resources import Resource, Resources, as_list, is_true
from constructs_lib.analysis.model import Bucket, Role, Table
from constructs_lib.analysis.policies import Policy, parse_policy

_UNKNOWN_KEY: Final = "⟦unknown key⟧"


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


_NAME: Final = r"((?:⟦[^⟧]*⟧|[^/*?$⟦])+)"
_OUTSIDE_BUCKET: Final = re.compile(rf"arn:aws:s3:::{_NAME}(?:/|$)")
_OUTSIDE_TABLE: Final = re.compile(rf"(arn:aws:dynamodb:[^*?]*?:table/{_NAME})(?:/index/{_NAME})?$")


def buckets_outside(roles: Iterable[Role], known: Iterable[Bucket], resources: Resources) -> list[Bucket]:
    """Return the buckets that roles name and no template has: whoever owns them may say more than is seen here."""
    names = {bucket.arn for bucket in known}
    found: dict[str, Bucket] = {}
    for arn in _named(roles):
        match = _OUTSIDE_BUCKET.match(arn)
        if match and f"arn:aws:s3:::{match.group(1)}" not in names:
            name = match.group(1)
            found[name] = Bucket(
                arn=f"arn:aws:s3:::{name}", name=name, policy=Policy(source=name), blocks_public_policy=True
            )
            resources.note(f"bucket {name} is outside the templates: its bucket policy is not seen")
    return list(found.values())


def tables_outside(roles: Iterable[Role], known: Iterable[Table], resources: Resources) -> list[Table]:
    """Return the tables that roles name and no template has; what their indexes are keyed by is not known."""
    names = {table.arn for table in known}
    indexes: dict[str, dict[str, str]] = {}
    for arn in _named(roles):
        match = _OUTSIDE_TABLE.match(arn)
        if match and match.group(1) not in names:
            indexes.setdefault(match.group(1), {})
            if match.group(3):
                indexes[match.group(1)][match.group(3)] = _UNKNOWN_KEY
    found = []
    for arn, keys in indexes.items():
        name = arn.rpartition("/")[2]
        found.append(Table(arn=arn, name=name, partition_key="", indexes=keys, policy=Policy(source=name)))
        resources.note(f"table {name} is outside the templates: its resource policy is not seen")
    return found


def _named(roles: Iterable[Role]) -> Iterator[str]:
    for role in roles:
        for policy in role.policies:
            for statement in policy.statements:
                yield from statement.resources
