"""Indexes as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.actions import Verb
from constructs_lib.argument_checks import checked
from constructs_lib.duplicates import check_once
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.access import Rule

TABLE: Final = "AWS::DynamoDB::GlobalTable"
"""The resource type of `TableV2`."""
NAME: Final = "GlobalSecondaryIndexes[].IndexName"
ATTRIBUTE: Final = "AttributeDefinitions[].AttributeName"
MOST_INDEXES: Final = 20
"""Global secondary indexes of a table, unless AWS raised the quota, which is unknown to the CDK ("Quotas in Amazon
DynamoDB")."""
_NON_KEY_ATTRIBUTES: Final = "GlobalSecondaryIndexes[].Projection.NonKeyAttributes"


@checked
@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index: the same rows in another order.

    Args:
        name: Its name; changing it replaces the index.
        sort_key: The attribute that orders an owner's rows: the name of a string attribute, or an attribute with its
            type. Default: the entries have no defined order.
        partition_key: The attribute that groups the rows. Default: the owner, so that a caller who may list their rows
            may query the index. Any other attribute is for functions only.
        key: The content of `partition_key`, if it names the owner in another form than the table's key, such as
            `TENANT#{tenant}`. The rules in `access` then open the index. Default: it has the content of the table's
            key, or names no owner.
        access: Rules with `list` for an index with a separate `key`. A rule that shows more than the caller's own rows
            must have `everyone`. No user may write the attribute, because they could then assign rows to other owners.
            Default: callers who may list the table's rows may query the index.
        functions_only: Whether only functions may query the index. Default: callers who may list rows may query it. An
            index that is not grouped by the owner requires True.
        attributes: Names of the attributes that the index contains in addition to the keys. Default: all attributes.

    Raises:
        ValueError: For a name DynamoDB refuses, an index that is not grouped by the owner and neither for functions
            only nor with a separate key, or rules that an index cannot enforce.
    """

    name: str
    sort_key: str | dynamodb.Attribute | None = field(default=None, kw_only=True)
    partition_key: str | dynamodb.Attribute | None = field(default=None, kw_only=True)
    key: str | None = field(default=None, kw_only=True)
    access: Sequence[Rule] = field(default=(), kw_only=True)
    functions_only: bool = field(default=False, kw_only=True)
    attributes: Sequence[str] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse an index whose callers could read every owner's rows."""
        check_limits("index name", self.name, TABLE, NAME)
        for option, key in (("partition_key", self.partition_key), ("sort_key", self.sort_key)):
            if key is not None:
                check_limits(f"{option} of index {self.name!r}", key_name(key), TABLE, ATTRIBUTE)
        if self.attributes is not None:
            check_limits(f"attributes of index {self.name!r}", self.attributes, TABLE, _NON_KEY_ATTRIBUTES)
            if len(set(self.attributes)) < len(self.attributes):
                raise ValueError(
                    f"attributes of index {self.name!r} contains a name more than once; remove the duplicate"
                )
            for each in self.attributes:
                check_limits(f"attributes of index {self.name!r}", each, TABLE, f"{_NON_KEY_ATTRIBUTES}[]")
        check_once(f"access of index {self.name!r}", self.access)
        if self.key is not None or self.access:
            _check_own_key(self)
        elif self.partition_key is not None and not self.functions_only:
            key = key_name(self.partition_key)
            raise ValueError(
                f"index {self.name!r} has the partition key {key!r}, which is not the owner, so dynamodb:LeadingKeys "
                f"would be compared with the {key} and IAM could not limit a caller to their own rows; set "
                "functions_only=True and query it in a function, or remove partition_key, or declare its content, "
                "such as key='TENANT#{tenant}'"
            )

    def keys(self, owner_key: str) -> tuple[str, ...]:
        """Return the names of its key attributes."""
        keys = (self.partition_key or owner_key, self.sort_key)
        return tuple(key_name(key) for key in keys if key is not None)

    def to_props(self, owner_key: str) -> dynamodb.GlobalSecondaryIndexPropsV2:
        """Return the CDK's properties of the index."""
        if self.attributes is None:
            projection = dynamodb.ProjectionType.ALL
        else:
            projection = dynamodb.ProjectionType.INCLUDE if self.attributes else dynamodb.ProjectionType.KEYS_ONLY
        return dynamodb.GlobalSecondaryIndexPropsV2(
            index_name=self.name,
            partition_key=key_attribute(self.partition_key or owner_key),
            sort_key=key_attribute(self.sort_key) if self.sort_key is not None else None,
            projection_type=projection,
            non_key_attributes=list(self.attributes) if self.attributes else None,
        )


def check_indexes(indexes: Sequence[Index], *, owner_key: str, sort_key: str | dynamodb.Attribute | None) -> None:
    """Check the indexes of a table against its keys and each other.

    Raises:
        ValueError: For duplicate names, more indexes than DynamoDB allows, an index with the table's keys or the same
            attribute twice, a key among its attributes, or an attribute with two types.
    """
    if twice := [index.name for index in indexes if [i.name for i in indexes].count(index.name) > 1]:
        raise ValueError(f"indexes contains two indexes of the name {twice[0]!r}; rename one of them")
    if len(indexes) > MOST_INDEXES:
        raise ValueError(f"indexes has {len(indexes)} values, and a table has at most {MOST_INDEXES}; remove some")
    keys = [owner_key, *([key_name(sort_key)] if sort_key is not None else [])]
    types = {each.name: each.type for each in map(key_attribute, (owner_key, *([sort_key] if sort_key else [])))}
    for index in indexes:
        own = list(index.keys(owner_key))
        if len(set(own)) < len(own):
            raise ValueError(
                f"index {index.name!r} has sort_key={own[0]!r}, which is also its partition key; name another attribute"
            )
        if own == keys and index.sort_key is not None and index.attributes is None:
            raise ValueError(f"index {index.name!r} has the same keys as the table; remove it")
        if repeated := [each for each in index.attributes or () if each in {*own, *keys}]:
            raise ValueError(
                f"attributes of index {index.name!r} contains {repeated[0]!r}, which is a key and always in the index; "
                "remove it"
            )
        for key in (index.partition_key or owner_key, index.sort_key):
            if key is not None and types.setdefault(key_name(key), key_attribute(key).type) != key_attribute(key).type:
                raise ValueError(
                    f"index {index.name!r} has {key_name(key)!r} of type {key_attribute(key).type.value}, which is of "
                    f"type {types[key_name(key)].value} elsewhere in the table; write the same "
                    "dynamodb.Attribute(name=..., type=...) in both"
                )


def _check_own_key(index: Index) -> None:
    if index.key is None or index.partition_key is None or index.functions_only or not index.access:
        raise ValueError(
            f"index {index.name!r} has a part of partition_key, key and access, and a separate key needs all three; "
            "write partition_key='...', key='TENANT#{tenant}' and access=[...], and remove functions_only"
        )
    for rule in index.access:
        if rule.verbs != {Verb.LIST} or rule.attributes:
            raise ValueError(
                f"index {index.name!r} has a rule for {rule.subject} with other verbs or attributes, and an index can "
                "only be queried; write 'list' alone, without attributes"
            )


def key_name(key: str | dynamodb.Attribute) -> str:
    """Return the name of a key attribute."""
    return key if isinstance(key, str) else key.name


def key_attribute(key: str | dynamodb.Attribute) -> dynamodb.Attribute:
    """Return a key attribute with its type; a bare name has type string."""
    return dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING) if isinstance(key, str) else key
