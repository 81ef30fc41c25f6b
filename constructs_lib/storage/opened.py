"""Which folders of a bucket are opened already, so that two Storages on one bucket cannot widen each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_s3 as s3

    from constructs_lib.access import Folder

_MARKER_ID: Final = "OpenedFolders"


class _OpenedFolders(Construct):
    """Stands below a bucket, without a resource, and remembers who opened which folder."""

    def __init__(self, bucket: Any) -> None:
        super().__init__(bucket, _MARKER_ID)
        self.openers: dict[Folder, str] = {}


def claim_folders(bucket: s3.IBucket, folders: Iterable[Folder], *, opener: Construct) -> None:
    """Remember that a construct opens these folders.

    Raises:
        ValueError: When another construct opened one of them, or one around or inside them: their rules are
            compiled apart and would add up.
    """
    marker = bucket.node.try_find_child(_MARKER_ID)
    if not isinstance(marker, _OpenedFolders):
        marker = _OpenedFolders(bucket)
    path = opener.node.path
    for folder in folders:
        for other, other_path in marker.openers.items():
            if other_path != path and _overlap(folder, other):
                raise ValueError(
                    f"{str(folder)!r} of {path!r} overlaps {str(other)!r}, which {other_path!r} opens in the same "
                    "bucket, so the rules of one would widen the other: give both to one Storage, or use another folder"
                )
    marker.openers.update(dict.fromkeys(folders, path))


def _overlap(one: Folder, other: Folder) -> bool:
    a, b = _literal(one), _literal(other)
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]


def _literal(folder: Folder) -> tuple[str, ...]:
    """Return the names before the first placeholder: what lies below may have any owner's or tenant's name."""
    if not folder.placeholders:
        return folder.segments
    return folder.segments[: folder.segments.index(f"{{{folder.placeholders[0]}}}")]
