"""Records owned places in the metadata of a resource that several constructs may share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import CfnResource


def declare_places(
    resource: CfnResource, owned: Iterable[str], opened: Sequence[Mapping[str, Any]], *, exists: bool
) -> None:
    """Add owned places to the metadata of a resource, and the declared access to those of other owners.

    `add_metadata` replaces the value of a key, so what is there already is written again. The places have the IAM
    policy variables of their owners, and `opened` are entries of `OPENED_KEY`. A resource that exists was passed to the
    construct: others may have declared places of it.
    """
    for key, entries in ((OWNED_KEY, sorted(set(owned))), (OPENED_KEY, opened)):
        if entries:
            there = (resource.get_metadata(key) or []) if exists else []
            resource.add_metadata(key, _union(there, entries) if there else entries)


def _union(there: Sequence[Any], entries: Sequence[Any]) -> list[Any]:
    """Return both lists as one, which is the same for constructs in another order."""
    return sorted([*there, *(each for each in entries if each not in there)], key=json.dumps)
