"""DynamoDB tables. An owned place is the rows with a partition key that contains their owner."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import NAME, name_may_be, readable
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.model.holder import Holder, Shape, Unsigned
from constructs_lib.analysis.model.places import EVERYTHING, Whose
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import REGION, as_glob, is_open
from constructs_lib.analysis.template.globs import globs_meet, may_be_equal
from constructs_lib.analysis.template.scalars import text_of
from constructs_lib.analysis.template.unknown_values import leaves

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource, Resources

LEADING_KEYS: Final = "dynamodb:leadingkeys"
_REPLICA: Final = "Custom::DynamoDBReplica"
"""The custom resource by which the CDK's `Table` with `replicationRegions` makes a replica."""
_UNKNOWN_KEY: Final = "⟦unknown key⟧"
_NAMED: Final = re.compile(rf"(arn:aws:dynamodb:[^*?]*?:table/{NAME})(?:/index/{NAME})?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table(Holder):
    """A DynamoDB table.

    Args:
        partition_key: The name of its partition key.
        indexes: The partition key of each index, by the index's name.
        replicas: The regions of a global table; a star for a table that no template has. Empty: it has one.
    """

    kind: ClassVar = "table"
    rank: ClassVar = 2
    service: ClassVar = "dynamodb"
    keyed: ClassVar = True
    anonymous_by_policy: ClassVar = True
    unsigned: ClassVar = Unsigned.REFUSED
    verbs: ClassVar = {
        **{action: verb.value for verb, actions in DYNAMODB_VERBS.items() for action in actions},
        DYNAMODB_BATCH_WRITE: "write",
    }
    main: ClassVar = {verb.value: actions[0] for verb, actions in DYNAMODB_VERBS.items()}
    same: ClassVar = {
        "get": ("dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"),
        "list": ("dynamodb:Scan", "dynamodb:PartiQLSelect"),
        "write": ("dynamodb:BatchWriteItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"),
        "delete": ("dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete"),
    }

    partition_key: str
    indexes: Mapping[str, str]
    replicas: tuple[str, ...] = ()

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the templates' tables."""
        for resource in resources.of("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
            yield cls(
                arn=resource.arn,
                name=resource.name.removesuffix("/Bucket").removesuffix("/Table"),
                partition_key=_hash_key(resource.properties),
                indexes=_indexes(resource, resources),
                policy=_resource_policy(resource),
                declared=resource.owned,
                opened=resource.opened,
                replicas=tuple(_regions(resource, resources)),
            )

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield the tables that roles name and no template has; the keys of their indexes are not known."""
        found: dict[str, dict[str, str]] = {}
        for text in (text for each in statements for text in each.resources):
            match = _NAMED.match(text)
            if match and match.group(1) not in known:
                indexes = found.setdefault(match.group(1), {})
                if match.group(3):
                    indexes[match.group(3)] = _UNKNOWN_KEY
        for arn, indexes in found.items():
            name = arn.rpartition("/")[2]
            resources.note(f"table {name} is outside the templates: its resource policy is not seen")
            policy = Policy(source=name)
            yield cls(arn=arn, name=name, partition_key="", indexes=indexes, policy=policy, replicas=("*",))

    def covers_unknown_index(self, statement: Statement) -> bool:
        """Return whether a statement may allow reading an index of the table that nothing here describes."""
        if not statement.allow or any(glob_match(each, f"{self.arn}/index/*") for each in statement.not_resources):
            return False
        named = {f"{self.arn}/index/{each}" for each in self.indexes}
        patterns = [each for each in statement.resources or ("*",) if each not in named]
        reading = (each for each in catalogue.actions_of(self.service) if "index" in catalogue.resource_types(each))
        return any(globs_meet(each, f"{self.arn}/index/*") for each in patterns) and any(
            any(glob_match(each, action, ignore_case=True) for each in statement.not_actions or statement.actions)
            != bool(statement.not_actions)
            for action in reading
            if action not in catalogue.HARMLESS
        )

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the partition keys that a statement requires."""
        del named
        if statement.not_resources or any(map(self._is_named, statement.resources)):
            for condition in statement.conditions:
                if condition.key == LEADING_KEYS and condition.operator != "null":
                    yield from itertools.product(condition.values, self._keys_of(statement))

    def _is_named(self, text: str) -> bool:
        """Return whether a policy's ARN is, or may be, the table's or one of its parts'."""
        return glob_match(text, self.arn) or text.startswith(f"{self.arn}/") or bool(name_may_be(text, self.arn))

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of its replicas."""
        return self.replicas

    @property
    def attribute(self) -> str:
        """The partition key."""
        return self.partition_key

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield requests about items of the table and of its indexes, and about the table as a whole."""
        named = keys if action in catalogue.BATCH_ACTIONS else 1 if action in catalogue.ITEM_ACTIONS else 0
        lacking = action in catalogue.PARTIQL_ACTIONS
        named = 1 if lacking else named
        types = catalogue.resource_types(action)
        if not types or "table" in types:
            by_owner = named if place.attribute == self.partition_key else 0
            yield Shape(resource=self.arn, keys=by_owner, keys_may_lack=lacking)
        if not types or "index" in types:
            for name, key in self.indexes.items():
                # If the index has another partition key, or none is known, the owner does not restrict its rows.
                by_owner = named if key and key == place.attribute else 0
                yield Shape(resource=f"{self.arn}/index/{name}", keys=by_owner, keys_may_lack=lacking)
        for kind in ("stream", "export", "backup", "import"):
            if kind in types:
                yield Shape(resource=f"{self.arn}/{kind}/⟦{kind}⟧")

    def described_as(self) -> Iterator[tuple[str, str]]:
        """Yield the table, its indexes and its stream."""
        yield "", "table"
        yield from ((f"index/{name}", "index") for name in self.indexes)
        yield "stream/⟦stream⟧", "stream"

    def describe_part(self, place: Place, name: str) -> str:
        """Return the description of rows in a sentence."""
        alone = place.owner is not None and place.part == f"{{{place.owner.placeholder}}}"
        if place.part == EVERYTHING and place.whose is Whose.NOBODY:
            return f"every row of {name}"
        shown = "rows" if alone or place.part == EVERYTHING else f"rows {readable(place.part)}"
        return f"{place.whose_in_words}{shown} of {name}{place.within_in_words}"

    def _keys_of(self, statement: Statement) -> tuple[str, ...]:
        """Return the table's key; the keys of its indexes if a statement covers only these."""
        indexes = {
            key: None
            for name, key in self.indexes.items()
            if any(glob_match(text, f"{self.arn}/index/{name}") for text in statement.resources)
        }
        on_table = statement.not_resources or any(glob_match(text, self.arn) for text in statement.resources)
        return (self.partition_key,) if on_table or not indexes else tuple(indexes)


def _indexes(table: Resource, resources: Resources) -> dict[str, str]:
    """Return the partition key of each index by its name; an index that is not spelled out is a gap."""
    found: dict[str, str] = {}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in as_list(table.get(kind)):
            if not isinstance(index, Mapping):
                resources.gap(f"{table.name} takes an index from {index}: not seen")
                continue
            name = text_of(index.get("IndexName"))
            found[name] = _hash_key(index)
            others = _named_indexes(resources) if is_open(name) else ()
            if may_be := [each for each in others if each != name and globs_meet(as_glob(each), as_glob(name))]:
                resources.gap(f"the index {name} of {table.name} may turn out to be {may_be[0]}, which a policy names")
    return found


def _named_indexes(resources: Resources) -> Iterator[str]:
    """Yield the names of indexes in ARNs, other than a star for every index."""
    for text in (text for each in resources.all for text in leaves(each.properties) if isinstance(text, str)):
        _, is_index, name = text.partition("/index/")
        if is_index and name != EVERYTHING:
            yield name


def _regions(table: Resource, resources: Resources) -> Iterator[str]:
    """Yield the regions of a global table's replicas; one that the template does not determine may be several."""
    for each in as_list(table.get("Replicas")):
        yield from [text_of(each.get("Region"))] if isinstance(each, Mapping) else [str(each), "another"]
    for each in resources.of(_REPLICA):
        if may_be_equal(text_of(each.get("TableName")), table.id):
            yield from (REGION, text_of(each.get("Region")))


def _resource_policy(resource: Resource) -> Policy:
    """Return a table's policy; for several replicas, everything that any allows and only what all deny."""
    source = f"{resource.name}, resource policy"
    holders = [resource.properties, *(each for each in as_list(resource.get("Replicas")) if isinstance(each, Mapping))]
    policies = [parse_policy(_document(each.get("ResourcePolicy")), source) for each in holders]
    streams = [_stream_policy(each, resource) for each in holders]
    replicas = policies[1:] or policies
    return Policy(
        source=source,
        statements=tuple(
            dict.fromkeys(
                statement
                for policy in (*policies, *streams)
                for statement in policy.statements
                if statement.allow or all(statement in other.statements for other in replicas)
            )
        ),
        possible=tuple(statement for policy in (*policies, *streams) for statement in policy.possible),
    )


def _stream_policy(holder: Mapping[str, Any], resource: Resource) -> Policy:
    """Return the policy of a table's stream: a statement on everything applies to the stream."""
    stream = holder.get("StreamSpecification") or holder.get("ReplicaStreamSpecification")
    document = _document(stream.get("ResourcePolicy")) if isinstance(stream, Mapping) else None
    policies = parse_policy(document, f"{resource.name}, the stream's resource policy")
    whole = f"{resource.arn}/stream/*"

    def of_stream(statement: Statement) -> Statement:
        texts = statement.resources or ("*",)
        return replace(statement, resources=tuple(whole if each == "*" else each for each in texts))

    # A Deny on one replica's stream does not apply to the others.
    kept = tuple(each for each in policies.statements if each.allow)
    return Policy(
        source=policies.source,
        statements=tuple(map(of_stream, kept)),
        possible=tuple(map(of_stream, policies.possible)),
    )


def _document(policy: Any) -> Any:
    return policy.get("PolicyDocument") if isinstance(policy, Mapping) else policy


def _hash_key(holder: Mapping[str, Any]) -> str:
    """Return the partition key; empty if there are several, whose `dynamodb:LeadingKeys` AWS does not document."""
    keys = [each for each in as_list(holder.get("KeySchema")) if isinstance(each, Mapping)]
    names = [str(each.get("AttributeName")) for each in keys if each.get("KeyType") == "HASH"]
    return names[0] if len(names) == 1 else ""
