"""Canonical form of values that CloudFormation resolves equally: `Ref`, `Fn::Sub`, `Fn::Join` and `Fn::GetAtt`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_NAME: Final = re.compile(r"\$\{([^}]*)\}")


def canonical(value: Any) -> Any:
    """Return a value in canonical form: a combined text is a `Fn::Join` of its parts, or its only part.

    Numbers and booleans are texts, as in CloudFormation.
    """
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case dict():
            return _function(value) if len(value) == 1 else {str(key): canonical(item) for key, item in value.items()}
        case list():
            return [canonical(item) for item in value]
        case _:
            return value


def _function(value: Mapping[str, Any]) -> Any:
    ((name, argument),) = value.items()
    if name == "Fn::GetAtt" and isinstance(argument, str):
        return {name: argument.split(".", 1)}
    if name == "Fn::Sub" and _is_sub(argument):
        return _joined(_of_sub(argument))
    if name == "Fn::Join" and _is_join(argument):
        return _joined(_of_join(*argument))
    return {str(name): canonical(argument)}


def _is_sub(argument: Any) -> bool:
    return isinstance(argument, str) or (
        isinstance(argument, list) and [type(each) for each in argument] in ([str, dict], [str])
    )


def _is_join(argument: Any) -> bool:
    return isinstance(argument, list) and [type(each) for each in argument] == [str, list]


def _of_sub(argument: Any) -> Iterator[Any]:
    text, own = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1] if argument[1:] else {})
    end = 0
    for match in _NAME.finditer(text):
        yield text[end : match.start()]
        end = match.end()
        name = match.group(1).strip()
        if name.startswith("!"):
            yield f"${{{name[1:]}}}"
        elif name in own:
            yield canonical(own[name])
        else:
            yield {"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name}
    yield text[end:]


def _of_join(delimiter: str, items: list[Any]) -> Iterator[Any]:
    for index, item in enumerate(items):
        if index:
            yield delimiter
        yield canonical(item)


def _joined(parts: Iterator[Any]) -> Any:
    """Return the parts, with nested combinations flattened and adjacent texts merged."""
    found: list[Any] = []
    for part in parts:
        inner = part["Fn::Join"][1] if isinstance(part, dict) and _is_join(part.get("Fn::Join")) else [part]
        for each in inner:
            if isinstance(each, str) and found and isinstance(found[-1], str):
                found[-1] += each
            elif each != "":
                found.append(each)
    return found[0] if len(found) == 1 else {"Fn::Join": ["", found]} if found else ""
