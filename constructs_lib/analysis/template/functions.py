"""The intrinsic functions of CloudFormation and their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MACRO: Final = "Fn::Transform"
LOOP: Final = "Fn::ForEach::"


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _plain(value: Any) -> bool:
    """Return whether it is a text, or a function that returns one."""
    return isinstance(value, str | int | float | dict)


def _many(value: Any) -> bool:
    """Return whether it is a list, or a function that returns one."""
    return isinstance(value, list | dict)


def _list(*parts: Callable[[Any], bool], more: int = 0) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        return (
            isinstance(value, list)
            and len(parts) <= len(value) <= len(parts) + more
            and all(part(each) for part, each in zip(parts, value, strict=False))
        )

    return fits


def _get_att(value: Any) -> bool:
    if isinstance(value, str):
        name, _, attribute = value.partition(".")
        return bool(name and attribute)
    return _list(_text, lambda attribute: isinstance(attribute, str | dict))(value)


def _sub(value: Any) -> bool:
    return isinstance(value, str) or _list(lambda text: isinstance(text, str), lambda names: isinstance(names, dict))(
        value
    )


def _conditions(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _transform(value: Any) -> bool:
    return isinstance(value, dict) and _text(value.get("Name"))


ARGUMENTS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "Ref": (_text, "a name"),
    "Fn::And": (_conditions, "a list of conditions"),
    "Fn::Base64": (_plain, "a text"),
    "Fn::Cidr": (_list(_plain, _plain, more=1), "a list: block, count, bits"),
    "Fn::Equals": (_list(lambda _: True, lambda _: True), "a list of two values"),
    "Fn::FindInMap": (_list(_plain, _plain, _plain, more=1), "a list: map, key, key"),
    "Fn::GetAZs": (_plain, "a region"),
    "Fn::GetAtt": (_get_att, "a resource and an attribute"),
    "Fn::GetStackOutput": (lambda value: isinstance(value, dict), "a mapping"),
    "Fn::If": (_list(_text, lambda _: True, lambda _: True), "a list: condition, value, value"),
    "Fn::ImportValue": (_plain, "the name of an export"),
    "Fn::Join": (_list(lambda text: isinstance(text, str), _many), "a list: delimiter, list of values"),
    "Fn::Length": (_many, "a list"),
    "Fn::Not": (_list(lambda each: isinstance(each, dict)), "a list of one condition"),
    "Fn::Or": (_conditions, "a list of conditions"),
    "Fn::Select": (_list(_plain, _many), "a list: index, list of values"),
    "Fn::Split": (_list(_text, _plain), "a list: delimiter, text"),
    "Fn::Sub": (_sub, "a text, or a list of a text and a mapping"),
    "Fn::ToJsonString": (_many, "a mapping or list"),
    MACRO: (_transform, "a mapping with the macro's Name"),
}
"""The check of a function's argument, and its description, by the function's name.

Source: "Intrinsic function reference" (CloudFormation template reference).
"""


def is_function(name: str) -> bool:
    """Return whether a key names a function, known or not."""
    return name == "Ref" or name.startswith("Fn::")


def mappings_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield a value and the values in it that are mappings."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
        if isinstance(node, dict | list):
            stack.extend(node.values() if isinstance(node, dict) else node)


def function_names(value: Any) -> Iterator[str]:
    """Yield the names of the functions in a value, known or not."""
    for each in mappings_in(value):
        yield from filter(is_function, each)
