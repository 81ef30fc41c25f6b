"""Comparing values of templates: equal in meaning, and whether the template alone decides them."""

import json
from collections.abc import Container, Iterator, Mapping
from typing import Any

__all__ = ["is_decided", "references", "same", "short"]


def same(left: Any, right: Any) -> bool:
    """Say whether two template values mean the same to CloudFormation (`true` and "true", 20 and "20")."""
    return bool(_normal(left) == _normal(right))


def is_decided(*values: Any, resources: Container[str] = ()) -> bool:
    """Say whether the template decides the values: plain data, and references to resources.

    Args:
        values: The values.
        resources: The logical IDs that a `Ref` may name; any other is a parameter's, whose value stands outside.
    """
    return all(_is_reference(node, resources) for value in values for node in _nodes(value) if _is_intrinsic(node))


def references(value: Any) -> Iterator[str]:
    """Yield the logical IDs (and parameters) that a value names by Ref, Fn::GetAtt or Fn::Sub."""
    for node in _nodes(value):
        if not _is_intrinsic(node):
            continue
        ((function, argument),) = node.items()
        if function == "Ref":
            yield str(argument)
        elif function == "Fn::GetAtt":
            yield str(argument[0]) if isinstance(argument, list) and argument else str(argument).split(".")[0]
        elif function == "Fn::Sub":
            text = argument[0] if isinstance(argument, list) and argument else argument
            for piece in str(text).split("${")[1:]:
                yield piece.split("}")[0].split(".")[0]


def short(value: Any) -> str:
    """Return a value for a sentence, at most 60 characters."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - stated in the docstring


def _normal(value: Any) -> Any:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case Mapping():
            if set(value) == {"Fn::GetAtt"} and isinstance(value["Fn::GetAtt"], str):
                return {"Fn::GetAtt": value["Fn::GetAtt"].split(".", 1)}
            return {str(key): _normal(item) for key, item in value.items()}
        case list():
            return [_normal(item) for item in value]
        case _:
            return value


def _nodes(value: Any) -> Iterator[Any]:
    stack = [value]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Mapping):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _is_reference(node: Any, resources: Container[str]) -> bool:
    return "Fn::GetAtt" in node or node.get("Ref") in resources


def _is_intrinsic(node: Any) -> bool:
    return isinstance(node, Mapping) and len(node) == 1 and next(iter(node)).startswith(("Ref", "Fn::"))
