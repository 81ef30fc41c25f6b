"""Construct IDs derived from names."""

from __future__ import annotations


def id_part(name: str) -> str:
    """Return a name as a readable and unique part of a construct ID."""
    return "".join(each if each.isalnum() else f"-{ord(each):x}-" for each in name)


def group_id(group: str) -> str:
    """Return the prefix of the construct IDs of a group's resources."""
    return f"Group{id_part(group)}"
