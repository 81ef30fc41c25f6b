"""Limits of values from CloudFormation's resource schemas, so that constructs do not repeat them.

The schemas' limits of the types that this library creates are shipped as data (`tools/extract_limits.py` rewrites it);
a path is dotted, `Path[]` is each value of a list, `Path{key}` and `Path{}` for the keys and values of a map.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


_PROPERTY: Final = re.compile(r"\\p\{([LMNPSZ])\}")
_END: Final = re.compile(r"(?<!\\)\$(?=\Z|[|)])")
_NEVER: Final = "\ud800"
"""A lone surrogate, which no text of a template can contain, as the only member of an otherwise empty class."""
_SPACES: Final = " \\t\\n\\r\\f\\v"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (files("constructs_lib") / "resource_limits.json").read_text(encoding="utf-8")
    )
    return document


def limits_of(resource_type: str, path: str) -> Mapping[str, Any]:
    """Return the limits of a property, as keywords of JSON Schema.

    Raises:
        KeyError: For a property without limits, because such a check could not fail.
    """
    limits: Mapping[str, Any] = _document()["types"][resource_type][path]
    return limits


def accepts(value: str, resource_type: str, path: str) -> bool:
    """Return whether a property accepts a text; a token is accepted."""
    return is_token(value) or not _faults(value, limits_of(resource_type, path))


def check_limits(option: str, value: object, resource_type: str, path: str, *, write: str | None = None) -> None:
    """Refuse a value that CloudFormation's schema rejects. Tokens are accepted, because their values are not known.

    Args:
        option: The option's name.
        value: A text, a number, or the values of a list. None: nothing was given.
        resource_type: The resource type, such as `AWS::Cognito::UserPoolGroup`.
        path: The property, such as `GroupName`.
        write: The remedy. None: the values that the schema allows.

    Raises:
        ValueError: For a value outside the schema.
        KeyError: For a property without limits in the schema.
    """
    if value is None:
        return
    limits = limits_of(resource_type, path)
    if _unknown(value):
        return
    if fault := _faults(value, limits):
        remedy = write or f"use {_in_words(limits)} for {path.rpartition('.')[2]} of {resource_type}"
        raise ValueError(f"{option}={_shown(value)} {fault}; {remedy}")


def check_options(resource_type: str, paths: Mapping[str, str], options: Mapping[str, object]) -> None:
    """Refuse options of one resource that CloudFormation's schema rejects.

    Args:
        resource_type: The resource type.
        paths: The property of each, by the option's name.
        options: The given values, by the option's name.

    Raises:
        ValueError: For the first value outside the schema.
    """
    for option, path in paths.items():
        check_limits(option, options[option], resource_type, path)


def _unknown(value: Any) -> bool:
    """Return whether a value is a token; lists and texts are checked without a call to Node."""
    if isinstance(value, str | int | float):
        return is_token(value)
    return any(isinstance(each, str) and each.startswith("#{Token[") for each in value)


def _faults(value: Any, limits: Mapping[str, Any]) -> str:
    if isinstance(value, str):
        return _fault_of_text(value, limits)
    if not isinstance(value, int | float):
        return _fault_of_size(len(value), limits.get("minItems"), limits.get("maxItems"), "values")
    if not limits.get("minimum", value) <= value <= limits.get("maximum", value):
        return "is out of range"
    return "" if value in limits.get("enum", (value,)) else "is unknown"


def _fault_of_text(value: str, limits: Mapping[str, Any]) -> str:
    if fault := _fault_of_size(len(value), limits.get("minLength"), limits.get("maxLength"), "characters"):
        return fault
    if value not in limits.get("enum", (value,)):
        return "is unknown"
    pattern = limits.get("pattern")
    if pattern is None or _matches(pattern, value):
        return ""
    refused = sorted({each for each in value if not _matches(pattern, each)})
    return f"contains {refused[0]!r}" if 0 < len(refused) < len(set(value)) else "has an invalid form"


def _fault_of_size(size: int, least: int | None, most: int | None, what: str) -> str:
    if least is not None and size < least:
        return f"has {size:,} {what}" if size else "is empty"
    return f"has {size:,} {what}" if most is not None and size > most else ""


def _matches(pattern: str, value: str) -> bool:
    r"""Match a pattern like JSON Schema and Java: anywhere in the text, `\w` is ASCII only, `$` is the very end.

    Python's `re` has no Unicode categories; they are replaced by their members among the characters of the text.
    """
    if "\\p{" in pattern:
        pattern = _PROPERTY.sub(lambda found: _members(found[1], value), pattern).replace(r"\s", _SPACES)
    return re.search(_END.sub(r"\\Z", pattern), value, re.ASCII) is not None


def _members(category: str, characters: Collection[str]) -> str:
    found = sorted({each for each in characters if unicodedata.category(each).startswith(category)})
    return _NEVER + "".join(map(re.escape, found))


def _in_words(limits: Mapping[str, Any]) -> str:
    if "enum" in limits:
        return ", ".join(map(str, limits["enum"]))
    parts = []
    for least, most, what in (
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " values"),
        ("minimum", "maximum", ""),
    ):
        low, high = limits.get(least), limits.get(most)
        if high is not None:
            parts.append(f"{low or 0:,} to {high:,}{what}")
        elif low is not None:
            parts.append(f"{low:,} or more{what}")
    if "pattern" in limits:
        parts.append(f"that match {limits['pattern']}")
    return " ".join(parts)


def _shown(value: object, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"
