"""Records owned places in the metadata of a resource that several constructs may share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import CfnResource

__all__ = ["declare_places"]


def declare_places(resource: CfnResource, owned: Iterable[str], opened: Sequence[Mapping[str, Any]]) -> None:
    """Add owned places to the metadata of a resource, and the declared access to those of other owners.

    `add_metadata` replaces the value of a key, so what is there already is written again.

    Args:
        resource: The resource.
        owned: The places, with the IAM policy variables of their owners.
        opened: The entries of `OPENED_KEY`. Empty: none are added.
    """
    _add(resource, OWNED_KEY, sorted(set(owned)))
    _add(resource, OPENED_KEY, opened)


def _add(resource: CfnResource, key: str, entries: Sequence[Any]) -> None:
    if not entries:
        return
    there = resource.get_metadata(key) or []
    # Constructs in another order give the same template.
    every = sorted([*there, *(each for each in entries if each not in there)], key=json.dumps) if there else entries
    resource.add_metadata(key, every)
