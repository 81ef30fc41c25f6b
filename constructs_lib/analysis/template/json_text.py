"""JSON without duplicate keys: the last of two would override and hide the first."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from constructs_lib.analysis.template.errors import place


def load_json(text: str) -> Any:
    """Parse a text.

    Raises:
        ValueError: If it is not JSON, or an object in it has a duplicate key; the message names the key and its place.
        RecursionError: If it is nested too deep.
    """
    twice: list[tuple[dict[str, Any], str]] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice.append((found, next(key for key in keys if keys.count(key) > 1)))
        return found

    value = json.loads(text, object_pairs_hook=once, parse_constant=_refuse)
    if twice:
        holder, key = twice[-1]  # an outer object is read after those inside it
        where = place(*(_path_to(holder, value) or ())) or "the outermost object"
        raise ValueError(f"the key {key!r} stands twice in {where}; only one of the two can be meant")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value")


def _path_to(target: dict[str, Any], value: Any) -> tuple[str | int, ...] | None:
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while stack:
        node, path = stack.pop()
        if node is target:
            return path
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        stack.extend((child, (*path, key)) for key, child in children)
    return None
