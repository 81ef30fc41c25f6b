"""Comparison of template values: semantic equality, and whether the template determines them."""

import json
from collections.abc import Container, Iterator
from typing import Any

from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.template.functions import is_function


def same(left: Any, right: Any) -> bool:
    """Return whether two template values are equal for CloudFormation.

    `true` equals "true", 20 equals "20", and one name equals itself written with `Ref`, `Fn::Sub` or `Fn::Join`.
    """
    if left is right or (left == right and repr(left) == repr(right)):
        # Most values are equal without conversion; the second check is for `True == 1`, which differ in CloudFormation.
        return True
    return bool(canonical(left) == canonical(right))


def is_decided(*values: Any, resources: Container[str] = ()) -> bool:
    """Return whether the template determines the values: plain data, and references to resources.

    `resources` are the logical IDs that a `Ref` may name; any other names a parameter, whose value is external.
    """
    nodes = (node for value in values for node in _nodes(canonical(value)))
    return all(_is_reference(node, resources) for node in nodes if _is_intrinsic(node))


def references(value: Any) -> Iterator[str]:
    """Yield the logical IDs (and parameters) that a value refers to by Ref, Fn::GetAtt or Fn::Sub.

    An output of a nested stack is `Nested.Outputs.Name` besides.
    """
    for node in _nodes(canonical(value)):
        if isinstance(node, dict) and len(node) == 1:
            ((function, argument),) = node.items()
            if function == "Ref":
                yield str(argument)
            elif function == "Fn::GetAtt" and isinstance(argument, list) and argument:
                yield str(argument[0])
                if str(argument[-1]).startswith("Outputs."):
                    yield f"{argument[0]}.{argument[-1]}"
            elif function == "Fn::Sub":
                # An invalid shape: its references still count.
                for piece in str(argument).split("${")[1:]:
                    yield piece.split("}")[0].split(".")[0]


def short(value: Any) -> str:
    """Return a value as text for a sentence, with at most 60 characters."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - stated in the docstring


def _nodes(value: Any) -> Iterator[Any]:
    stack = [value]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _is_reference(node: Any, resources: Container[str]) -> bool:
    ((function, argument),) = node.items()
    return function in {"Fn::GetAtt", "Fn::Join"} or (function == "Ref" and argument in resources)


def _is_intrinsic(node: Any) -> bool:
    return isinstance(node, dict) and len(node) == 1 and is_function(str(next(iter(node))))
