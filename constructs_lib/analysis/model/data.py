"""Buckets and tables, with their own policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.model.model import Bucket, Role, Table
from constructs_lib.analysis.model.resources import Resource, Resources, as_list, is_true

_UNKNOWN_KEY: Final = "⟦unknown key⟧"
_OTHER_WAYS: Final = (
    "AWS::S3::AccessGrant", "AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3::MultiRegionAccessPointPolicy", "AWS::S3ObjectLambda::AccessPoint",
    "AWS::S3ObjectLambda::AccessPointPolicy",
)  # fmt: skip
_STRANGERS: Final = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")


def buckets_of(resources: Resources) -> list[Bucket]:
    """Return every bucket."""
    policies: dict[str, Policy] = {}
    for resource in resources.of("AWS::S3::BucketPolicy"):
        bucket = str(resource.get("Bucket"))
        policies[bucket] = parse_policy(resource.get("PolicyDocument"), resource.name)
        if is_unknown(bucket):
            resources.note(f"{resource.name} is the policy of {bucket}, taken to be none of the templates' buckets")
    for resource in resources.of(*_OTHER_WAYS):
        resources.gap(f"{resource.name} ({resource.type}) is a way to objects that is not looked at")
    found = []
    for resource in resources.of("AWS::S3::Bucket"):
        block = resource.get("PublicAccessBlockConfiguration")
        # Since April 2023 S3 blocks public access unless the bucket says otherwise.
        blocks = True if not isinstance(block, Mapping) else is_true(block.get("RestrictPublicBuckets"))
        acl = str(resource.get("AccessControl", ""))
        opens = acl in _STRANGERS and isinstance(block, Mapping) and not is_true(block.get("IgnorePublicAcls"))
        found.append(
            Bucket(
                arn=resource.arn,
                name=_short(resource),
                policy=policies.get(resource.id) or Policy(source=resource.name),
                blocks_public_policy=blocks,
                public_acl=acl if opens else "",
                declared=resource.owned,
            )
        )
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
            policy=_resource_policy(resource),
            declared=resource.owned,
        )
        for resource in resources.of("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
    ]


def _resource_policy(resource: Resource) -> Policy:
    """Return a table's policy; of several replicas', all they allow and only what all of them deny."""
    source = f"{resource.name}, resource policy"
    holders = [resource.properties, *(each for each in as_list(resource.get("Replicas")) if isinstance(each, Mapping))]
    said = [parse_policy(_document(each.get("ResourcePolicy")), source) for each in holders]
    replicas = said[1:] or said
    return Policy(
        source=source,
        statements=tuple(
            dict.fromkeys(
                statement
                for policy in said
                for statement in policy.statements
                if statement.allow or all(statement in other.statements for other in replicas)
            )
        ),
        possible=tuple(statement for policy in said for statement in policy.possible),
    )


def _document(policy: Any) -> Any:
    return policy.get("PolicyDocument") if isinstance(policy, Mapping) else policy


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
