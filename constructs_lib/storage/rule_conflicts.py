"""Conflicts of rules on the same folders: two Storages on one bucket cannot widen each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from constructs import Construct

    from constructs_lib.access import Folder
    from constructs_lib.rule_conflicts import AccessRuleRegistry


def claim_folders(registry: AccessRuleRegistry[Folder], folders: Collection[Folder], *, construct: Construct) -> None:
    """Record that a construct opens these folders of a bucket.

    Raises:
        ValueError: When another construct opened one of them, or one around or inside them: their rules are compiled
            separately and would add up.
    """
    for other, other_path in registry.others():
        for folder in folders:
            if _overlap(folder, other):
                raise ValueError(
                    f"{str(folder)!r} of {construct.node.path!r} overlaps {str(other)!r}, which {other_path!r} opens "
                    "in the same bucket, so the rules of one would extend the other's; pass both to one Storage, or "
                    "use another folder"
                )
    registry.add(folders)


def _overlap(one: Folder, other: Folder) -> bool:
    a, b = _literal(one), _literal(other)
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def _literal(folder: Folder) -> tuple[str, ...]:
    """Return the names before the first placeholder: the next one may be any owner's or tenant's name."""
    if not folder.placeholders:
        return folder.segments
    return folder.segments[: folder.segments.index(f"{{{folder.placeholders[0]}}}")]
