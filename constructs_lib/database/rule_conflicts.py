"""Conflicts of rules on the same rows: two OwnedTables on one table cannot widen each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.access import SubjectKind, Verb
from constructs_lib.access.value_formats import Form
from constructs_lib.database.index import Index, key_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs import Construct

    from constructs_lib.access import Rule
    from constructs_lib.access.partition_keys import KeyTemplate
    from constructs_lib.rule_conflicts import AccessRuleRegistry


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Rows that rules open.

    Args:
        description: Their name in messages.
        keys: The form of the partition keys.
        longer: Whether keys with this prefix are included.
        index: The index that has this key; None for the table's.
    """

    description: str
    keys: Form
    longer: bool = False
    index: str | None = None

    def meet(self, other: Rows) -> bool:
        """Return whether some row is in both."""
        if self.index != other.index:
            return False
        return (
            self.keys.meets(other.keys)
            or (self.longer and other.keys.begins_with(self.keys))
            or (other.longer and self.keys.begins_with(other.keys))
        )


@dataclass(frozen=True, slots=True)
class Writes:
    """Attributes that users may write.

    Args:
        attributes: Their names; None for every attribute.
    """

    attributes: frozenset[str] | None

    def assign(self, index: Index) -> bool:
        """Return whether users could assign rows to the owners that the key of an index names."""
        return index.key is not None and (self.attributes is None or _attribute(index) in self.attributes)


def claim_rows(
    registry: AccessRuleRegistry[Rows | Index | Writes],
    rows: Sequence[Rows],
    indexes: Sequence[Index],
    writes: Sequence[Writes],
    *,
    construct: Construct,
) -> None:
    """Record that a construct opens these rows, names these indexes and lets users write these attributes.

    Raises:
        ValueError: When another construct opened one of these rows, lets users write the key of one of these indexes,
            or defines one differently: their rules are compiled separately and would add up.
    """
    for other, other_path in registry.others():
        if isinstance(other, Rows):
            if meeting := next((mine for mine in rows if mine.meet(other)), None):
                raise ValueError(
                    f"{meeting.description} of {construct.node.path!r} overlap {other.description} of {other_path!r} "
                    "in the same table, so the rules of one would extend the other's; pass both to one OwnedTable, or "
                    "use different keys, as in key='USER#{owner}'"
                )
            continue
        pairs = [(other, each) for each in writes] if isinstance(other, Index) else [(mine, other) for mine in indexes]
        if index := next((index for index, written in pairs if written.assign(index)), None):
            raise ValueError(
                f"{_attribute(index)!r} is the key of index {index.name!r}, and users could write it, because rules of "
                f"{construct.node.path!r} and {other_path!r} for the same table add up; use a function to write it, or "
                "name the attributes that they can write"
            )
        if isinstance(other, Index) and (differing := next((mine for mine in indexes if _differ(mine, other)), None)):
            raise ValueError(
                f"index {differing.name!r} of {construct.node.path!r} differs from the index that {other_path!r} "
                "declares for the same table; write the same partition_key, key and functions_only in both"
            )
    registry.add([*rows, *indexes, *writes])


def writes_of(rules: Sequence[Rule], key_attributes: Sequence[str]) -> Iterator[Writes]:
    """Yield the attributes that users may write by rules; functions are trusted with their permissions."""
    for rule in rules:
        if Verb.WRITE in rule.verbs and rule.subject.kind is not SubjectKind.FUNCTION:
            yield Writes(rule.attributes.union(key_attributes) if rule.attributes else None)


def rows_of(
    key: KeyTemplate, rules: Sequence[Rule], forms: Mapping[str, Form], index: str | None = None
) -> Iterator[Rows]:
    """Yield the rows that rules at a key open: the keys themselves, and the rows that a rule with `everyone` adds.

    The index is the one whose key it is; None for the table's.
    """
    description = f"rows at key={key.text!r}" if index is None else f"rows of index {index!r} at key={key.text!r}"
    yield Rows(description=description, keys=key.form(forms), index=index)
    # Functions are trusted with their permissions.
    kept = {key.kept_by(rule) for rule in rules if rule.subject.kind is not SubjectKind.FUNCTION}
    for count in sorted(kept - {len(key.placeholders)}):
        # A rule that keeps no placeholder is compiled to every row of the table, regardless of the text before it.
        head = key.form(forms, count) if count else Form("", ())
        yield Rows(description=f"{description}, opened to everyone,", keys=head, longer=True, index=index)


def partition_rows(partition: str) -> Rows:
    """Return the rows of a partition without an owner."""
    return Rows(description=f"rows of partition {partition!r}", keys=Form.of_text(partition))


def _differ(one: Index, other: Index) -> bool:
    return one.name == other.name and _definition(one) != _definition(other)


def _definition(index: Index) -> tuple[object, ...]:
    return index.functions_only, index.key, _attribute(index)


def _attribute(index: Index) -> str:
    return key_name(index.partition_key or "")
