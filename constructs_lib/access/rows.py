"""From rules about rows to statements: the IAM policy of one caller on a table. Pure values in, pure values out.

What the condition keys hold is AWS's "Using IAM policy conditions for fine-grained access control" (DynamoDB).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from constructs_lib.access.statements import Conditions, Statement
from constructs_lib.actions import DYNAMODB_BATCH_WRITE, DYNAMODB_VERBS, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.access.language import Rule, Subject

LEADING_KEYS: Final = "dynamodb:LeadingKeys"
_ATTRIBUTES: Final = "dynamodb:Attributes"
_RETURN_VALUES: Final = "dynamodb:ReturnValues"
_EVERY_KEY: Final = None
_WRITES: Final = frozenset({Verb.WRITE, Verb.DELETE})
_NO_PARTITIONS: Final[Mapping[str, Sequence[Rule]]] = MappingProxyType({})

# An item that is put or checked is taken whole, whatever attributes the request names: only these actions can be
# held to attributes.
_ATTRIBUTE_READS: Final = {
    Verb.GET: ("dynamodb:BatchGetItem", "dynamodb:GetItem"),
    Verb.LIST: ("dynamodb:Query",),
}
_ATTRIBUTE_WRITE: Final = "dynamodb:UpdateItem"

Key: TypeAlias = str | None
"""A partition-key value, or None for every one."""


def compile_rows(
    rules: Iterable[Rule],
    subjects: frozenset[Subject],
    *,
    resources: Sequence[str],
    owner: str,
    partitions: Mapping[str, Sequence[Rule]] = _NO_PARTITIONS,
    key_attributes: Iterable[str] = (),
) -> list[Statement]:
    """Compile what one caller may do with the rows of a table whose partition key is their owner.

    Args:
        rules: The rules for the rows of owners.
        subjects: Everything the caller acts for.
        resources: ARNs of the table and of the indexes whose partition key is the owner.
        owner: The IAM policy variable that stands for the caller.
        partitions: Rules for the rows of partitions that nobody owns, by partition-key value. Empty: there are none.
        key_attributes: Names of the table's key attributes; a rule about attributes lets use them too, because each
            request names them. Empty: for tables without such rules.

    Returns:
        Statements in an order that does not depend on the order of the rules.
    """
    reach: defaultdict[frozenset[str], _Reach] = defaultdict(_Reach)
    for key, key_rules in ((owner, rules), *sorted(partitions.items())):
        for rule in key_rules:
            if rule.subject in subjects:
                reach[rule.attributes].add(_EVERY_KEY if rule.everyone else key, rule.verbs)
    whole = reach.pop(frozenset(), _Reach())
    statements = _whole_rows(whole, resources)
    keys = list(key_attributes)
    for attributes, part in sorted(reach.items(), key=lambda item: sorted(item[0])):
        statements += _some_attributes(part.without(whole), resources, [*keys, *sorted(attributes - set(keys))])
    return statements


@dataclass(slots=True)
class _Reach:
    """Which verbs a caller has under which keys. What holds for every key is not repeated for one."""

    verbs_at: dict[Key, frozenset[Verb]] = field(default_factory=dict)

    def add(self, key: Key, verbs: frozenset[Verb]) -> None:
        self.verbs_at[key] = self.verbs_at.get(key, frozenset()) | verbs

    def all_at(self, key: Key) -> frozenset[Verb]:
        return self.verbs_at.get(key, frozenset()) | self.verbs_at.get(_EVERY_KEY, frozenset())

    def granted(self) -> list[tuple[Key, frozenset[Verb]]]:
        """Return each key with the verbs it has beyond those of every key, which come last."""
        everywhere = self.verbs_at.get(_EVERY_KEY, frozenset())
        keys = sorted(key for key in self.verbs_at if key is not None)
        return [*((key, self.verbs_at[key] - everywhere) for key in keys), (_EVERY_KEY, everywhere)]

    def without(self, other: _Reach) -> _Reach:
        return _Reach({key: verbs - other.all_at(key) for key, verbs in self.verbs_at.items()})


def _whole_rows(reach: _Reach, resources: Sequence[str]) -> list[Statement]:
    """Allow the item actions, each for all its keys at once: a batch names several keys in one request."""
    keys_of: defaultdict[tuple[str, bool], list[Key]] = defaultdict(list)
    for key, verbs in reach.granted():
        blind = Verb.GET not in reach.all_at(key)
        for action, verb in _actions(verbs, batch=reach.all_at(key) >= _WRITES):
            keys_of[action, blind and verb in _WRITES].append(key)
    actions_of: defaultdict[tuple[tuple[Key, ...], bool], list[str]] = defaultdict(list)
    for (action, blind), keys in keys_of.items():
        for same in ([key for key in keys if key is not _EVERY_KEY], [key for key in keys if key is _EVERY_KEY]):
            if same:
                actions_of[tuple(same), blind].append(action)
    return [
        Statement(
            actions=tuple(sorted(actions)),
            resources=tuple(resources),
            conditions={
                # `ForAllValues` alone is true for a request that names no key (AWS: "Multivalued context keys").
                "Null": {LEADING_KEYS: "false"},
                **({} if _EVERY_KEY in keys else {"ForAllValues:StringEquals": {LEADING_KEYS: list(keys)}}),
                # Else UpdateItem would hand back what the caller may not get: `SET a = b` returns b as the new a.
                **({"StringEqualsIfExists": {_RETURN_VALUES: "NONE"}} if blind else {}),
            },
        )
        for (keys, blind), actions in sorted(actions_of.items(), key=_own_before_every)
    ]


def _actions(verbs: frozenset[Verb], *, batch: bool) -> list[tuple[str, Verb]]:
    actions = [(action, verb) for verb in verbs for action in DYNAMODB_VERBS[verb]]
    return [*actions, (DYNAMODB_BATCH_WRITE, Verb.WRITE)] if batch and verbs & _WRITES else actions


def _own_before_every(item: tuple[tuple[tuple[Key, ...], bool], list[str]]) -> tuple[bool, list[str], list[str]]:
    (keys, _), actions = item
    return _EVERY_KEY in keys, sorted(actions), [key or "" for key in keys]


def _some_attributes(reach: _Reach, resources: Sequence[str], attributes: Sequence[str]) -> list[Statement]:
    statements = []
    for key, verbs in reach.granted():
        keys: dict[str, object] = {} if key is _EVERY_KEY else {LEADING_KEYS: [key]}
        named: Conditions = {
            "Null": {LEADING_KEYS: "false", _ATTRIBUTES: "false"},
            "ForAllValues:StringEquals": {**keys, _ATTRIBUTES: attributes},
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
