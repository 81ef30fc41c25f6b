"""Updates that DynamoDB refuses or makes by replacement, beyond the resource schemas."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.analysis.replacements.refusals import NO_LOSS
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.value_comparison import same, short

_REFERENCE: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"
)
_TTL: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-table-timetolivespecification.html"


def table(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield changed types of key attributes, index changes CloudFormation refuses, and a renamed TTL attribute."""
    before, after = old.get("Properties") or {}, new.get("Properties") or {}
    yield from _attribute_types(before, after)
    yield from _indexes(before, after)
    yield from _time_to_live(before, after)


def global_table(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a table, and the regions that lose their replica."""
    yield from table(old, new)
    before, after = (_by(resource.get("Properties") or {}, "Replicas", "Region") for resource in (old, new))
    for region in before.keys() - after.keys():
        yield Change(
            effect=Effect.CUT_OFF,
            cause="Replicas",
            what=f"The replica in {region} is deleted.",
            loses=f"Callers that read or write in {region} fail; the other replicas keep the rows.",
            way_out="Move those callers to another region first.",
        )


def _attribute_types(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = (_by(side, "AttributeDefinitions", "AttributeName") for side in (before, after))
    for name in sorted(old.keys() & new.keys()):
        left, right = old[name].get("AttributeType"), new[name].get("AttributeType")
        if not same(left, right):
            yield Change(
                effect=Effect.REPLACED,
                cause=f"AttributeDefinitions {name}",
                what=f"The type of the key attribute {name} changes from {short(left)} to {short(right)}.",
                source=_REFERENCE,
            )


def _indexes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    name = "GlobalSecondaryIndexes"
    old, new = (_by(side, name, "IndexName") for side in (before, after))
    for index in sorted(old.keys() & new.keys()):
        changed = [key for key in ("KeySchema", "Projection") if not same(old[index].get(key), new[index].get(key))]
        if changed:
            yield Change(
                effect=Effect.REFUSED,
                cause=f"{name} {index}",
                what=f"{' and '.join(changed)} of an existing index are fixed; the update fails and is rolled back.",
                loses=NO_LOSS,
                way_out="Add an index under a new name, and remove the old one in a later update.",
                source=_REFERENCE,
            )
    created, deleted = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    if len(created) + len(deleted) > 1:
        yield Change(
            effect=Effect.REFUSED,
            cause=name,
            what=(
                "One update creates or deletes one index at most; this one "
                + " and ".join(
                    f"{verb} {', '.join(names)}"
                    for verb, names in (("creates", created), ("deletes", deleted))
                    if names
                )
                + "."
            ),
            loses=NO_LOSS,
            way_out="Deploy the indexes one at a time.",
            source=_REFERENCE,
        )


def _time_to_live(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    name = "TimeToLiveSpecification"
    old, new = before.get(name) or {}, after.get(name) or {}
    if not (same(old.get("Enabled"), True) and same(new.get("Enabled"), True)):
        return
    if not same(old.get("AttributeName"), new.get("AttributeName")):
        yield Change(
            effect=Effect.REFUSED,
            cause=name,
            what=(
                f"The attribute of the time to live cannot change from {short(old.get('AttributeName'))} to "
                f"{short(new.get('AttributeName'))} while it is on; the update fails and is rolled back."
            ),
            loses=NO_LOSS,
            way_out="Switch it off in one update, and on with the new attribute in the next.",
            source=_TTL,
        )


def _by(properties: Mapping[str, Any], name: str, key: str) -> dict[str, Mapping[str, Any]]:
    entries = properties.get(name)
    named = (entry for entry in (entries if isinstance(entries, list) else []) if isinstance(entry, Mapping))
    return {str(entry.get(key)): entry for entry in named}
