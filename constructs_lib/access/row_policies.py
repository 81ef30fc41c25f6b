"""Compiles rules about rows to the IAM statements of one caller. Pure values in, pure values out.

The condition keys are described in AWS's "Using IAM policy conditions for fine-grained access control" (DynamoDB).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from constructs_lib.access.partition_keys import OWNER_KEY, KeyTemplate
from constructs_lib.access.statements import Conditions, Statement
from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, READ, Verb, actions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.access.language import Rule, Subject

LEADING_KEYS: Final = "dynamodb:LeadingKeys"
_ATTRIBUTES: Final = "dynamodb:Attributes"
_EQUAL: Final = "ForAllValues:StringEquals"
_LIKE: Final = "ForAllValues:StringLike"
_RETURN_VALUES: Final = "dynamodb:ReturnValues"
_WRITES: Final = frozenset(DYNAMODB_VERBS) - READ
_NO_PARTITIONS: Final[Mapping[str, Sequence[Rule]]] = MappingProxyType({})

# Putting or checking an item covers the whole item, regardless of the requested attributes: only these actions can be
# limited to attributes.
_ATTRIBUTE_READS: Final = {
    Verb.GET: ("dynamodb:BatchGetItem", "dynamodb:GetItem"),
    Verb.LIST: ("dynamodb:Query",),
}
_ATTRIBUTE_WRITE: Final = "dynamodb:UpdateItem"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Key:
    """Partition keys that a rule applies to.

    Args:
        text: The key, or a pattern with `*`.
        kept: The number of placeholders that stay the caller's own, 0 being every key of the table; None for a
            partition without an owner.
        like: Whether it is a pattern.
    """

    text: str
    kept: int | None = None
    like: bool = False

    @property
    def every(self) -> bool:
        return self.kept == 0

    def covers(self, other: _Key) -> bool:
        """Return whether these keys include the others."""
        if self == other or self.every:
            return True
        return self.kept is not None and other.kept is not None and self.kept <= other.kept


def compile_rows(
    rules: Iterable[Rule],
    subjects: frozenset[Subject],
    *,
    resources: Sequence[str],
    variables: Mapping[str, str],
    key: KeyTemplate = OWNER_KEY,
    partitions: Mapping[str, Sequence[Rule]] = _NO_PARTITIONS,
    key_attributes: Iterable[str] = (),
) -> list[Statement]:
    """Compile the statements of one caller for the rows of a table whose partition key names their owner.

    Args:
        rules: The rules for these rows.
        subjects: Everything the caller acts for.
        resources: ARNs of the table and of the indexes that have this key.
        variables: The IAM policy variable of each placeholder of the key.
        key: The content of the partition key. Default: the owner.
        partitions: Rules for the rows of partitions without an owner, by partition-key value. Default: no such rules.
        key_attributes: Names of the table's key attributes; a rule with attributes allows them too, because each
            request names them. Default: none, for tables without such rules.

    Returns:
        Statements in an order that does not depend on the order of the rules.
    """
    reach: defaultdict[frozenset[str], _Reach] = defaultdict(_Reach)
    for rule in (each for each in rules if each.subject in subjects):
        kept = key.kept_by(rule)
        like = kept < len(key.placeholders)
        reach[rule.attributes].add(_Key(text=key.value(variables, kept), kept=kept, like=like), rule.verbs)
    for partition, partition_rules in sorted(partitions.items()):
        for rule in (each for each in partition_rules if each.subject in subjects):
            reach[rule.attributes].add(_Key(text=partition), rule.verbs)
    whole = reach.pop(frozenset(), _Reach())
    statements = _whole_rows(whole, resources)
    names = list(key_attributes)
    for attributes, part in sorted(reach.items(), key=lambda item: sorted(item[0])):
        statements += _some_attributes(part.without(whole), resources, [*names, *sorted(attributes - set(names))])
    return statements


@dataclass(slots=True)
class _Reach:
    """The verbs of a caller by key. Verbs that apply to every key are not repeated for a single one."""

    verbs_at: dict[_Key, frozenset[Verb]] = field(default_factory=dict)

    def add(self, key: _Key, verbs: frozenset[Verb]) -> None:
        self.verbs_at[key] = self.verbs_at.get(key, frozenset()) | verbs

    def all_at(self, key: _Key) -> frozenset[Verb]:
        return frozenset[Verb]().union(*(verbs for other, verbs in self.verbs_at.items() if other.covers(key)))

    def granted(self) -> list[tuple[_Key, frozenset[Verb]]]:
        """Return each key with the verbs it has beyond those of wider ones; the widest come last."""
        return [(key, self.verbs_at[key] - self._beyond(key)) for key in sorted(self.verbs_at, key=_narrow_first)]

    def without(self, other: _Reach) -> _Reach:
        return _Reach({key: verbs - other.all_at(key) for key, verbs in self.verbs_at.items()})

    def _beyond(self, key: _Key) -> frozenset[Verb]:
        wider = (verbs for other, verbs in self.verbs_at.items() if other != key and other.covers(key))
        return frozenset[Verb]().union(*wider)


def _whole_rows(reach: _Reach, resources: Sequence[str]) -> list[Statement]:
    """Allow the item actions, each for all its keys at once: a batch names several keys in one request."""
    keys_of: defaultdict[tuple[str, bool], list[_Key]] = defaultdict(list)
    for key, verbs in reach.granted():
        blind = Verb.GET not in reach.all_at(key)
        for action, verb in _actions(verbs, batch=reach.all_at(key) >= _WRITES):
            keys_of[action, blind and verb in _WRITES].append(key)
    actions_of: defaultdict[tuple[tuple[_Key, ...], bool], list[str]] = defaultdict(list)
    for (action, blind), keys in keys_of.items():
        for same in ([key for key in keys if not key.every], [key for key in keys if key.every]):
            if same:
                actions_of[tuple(same), blind].append(action)
    return [
        Statement(
            actions=tuple(sorted(actions)),
            resources=tuple(resources),
            conditions={
                # `ForAllValues` alone is true for a request that names no key (AWS: "Multivalued context keys").
                "Null": {LEADING_KEYS: "false"},
                **_leading(keys),
                # Otherwise UpdateItem would return values that the caller may not get: `SET a = b` returns b as the new
                # a.
                **({"StringEqualsIfExists": {_RETURN_VALUES: "NONE"}} if blind else {}),
            },
        )
        for (keys, blind), actions in sorted(actions_of.items(), key=_own_before_every)
    ]


def _actions(verbs: frozenset[Verb], *, batch: bool) -> list[tuple[str, Verb]]:
    actions = [(action, verb) for verb in verbs for action in actions_of(DYNAMODB_VERBS, [verb])]
    return [*actions, (DYNAMODB_BATCH_WRITE, Verb.WRITE)] if batch and verbs & _WRITES else actions


def _leading(keys: Sequence[_Key]) -> dict[str, dict[str, object]]:
    """Return the condition that limits requests to these keys; none for every key.

    A literal key also matches under `StringLike`, as it has no wildcard; so one statement is enough for a batch.
    """
    if any(key.every for key in keys):
        return {}
    operator = _LIKE if any(key.like for key in keys) else _EQUAL
    return {operator: {LEADING_KEYS: [key.text for key in keys]}}


def _narrow_first(key: _Key) -> tuple[bool, bool, str]:
    return key.every, key.like, key.text


def _own_before_every(item: tuple[tuple[tuple[_Key, ...], bool], list[str]]) -> tuple[bool, list[str], list[str]]:
    (keys, _), actions = item
    return any(key.every for key in keys), sorted(actions), [key.text for key in keys]


def attribute_actions(verbs: Iterable[Verb]) -> list[str]:
    """Return the actions of verbs that are limited to some attributes."""
    reads = [action for verb in verbs for action in _ATTRIBUTE_READS.get(verb, ())]
    return sorted([*reads, *([_ATTRIBUTE_WRITE] if Verb.WRITE in verbs else [])])


def _some_attributes(reach: _Reach, resources: Sequence[str], attributes: Sequence[str]) -> list[Statement]:
    statements = []
    for key, verbs in reach.granted():
        leading = _leading([key])
        named: Conditions = {
            "Null": {LEADING_KEYS: "false", _ATTRIBUTES: "false"},
            **leading,
            _EQUAL: {**leading.get(_EQUAL, {}), _ATTRIBUTES: attributes},
        }
        if reads := sorted(action for verb in verbs - _WRITES for action in _ATTRIBUTE_READS[verb]):
            # A read without a list of attributes selects all of them.
            select: Conditions = {**named, "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}
            statements.append(Statement(actions=tuple(reads), resources=tuple(resources), conditions=select))
        if Verb.WRITE in verbs:
            returned = ["NONE", "UPDATED_NEW", "UPDATED_OLD"] if Verb.GET in reach.all_at(key) else ["NONE"]
            update: Conditions = {**named, "StringEqualsIfExists": {_RETURN_VALUES: returned}}
            statements.append(Statement(actions=(_ATTRIBUTE_WRITE,), resources=tuple(resources), conditions=update))
    return statements
