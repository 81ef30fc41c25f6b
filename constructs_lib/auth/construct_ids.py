"""Construct IDs made of names."""

from __future__ import annotations

__all__ = ["group_id", "id_part"]


def id_part(name: str) -> str:
    """Return a name as part of a construct ID: readable, and no other name's."""
    return "".join(each if each.isalnum() else f"-{ord(each):x}-" for each in name)


def group_id(group: str) -> str:
    """Return the beginning of the IDs of what belongs to a group."""
    return f"Group{id_part(group)}"
