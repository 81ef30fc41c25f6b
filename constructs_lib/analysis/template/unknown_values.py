"""Texts for values that a template names, but does not determine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.atoms import WILDCARD, atom

if TYPE_CHECKING:
    from collections.abc import Iterator

_DYNAMIC: Final = re.compile(r"\{\{(resolve:(?:[^{}]|\$\{[^{}]*\})*)\}\}")
"""A dynamic reference ("Get values stored in other services", AWS CloudFormation user guide)."""


def without_references(text: str) -> str:
    """Return a text with an opaque text for each value that CloudFormation reads at deployment."""
    return _DYNAMIC.sub(lambda match: atom(f"import {match.group(1)}"), text)


def pattern_or(name: str, values: Iterator[Any]) -> str:
    """Return the opaque text for one of several values, with a different name if one of them may have a wildcard."""
    wild = any(set("*?") & set(str(each)) or _DYNAMIC.search(str(each)) for each in values)
    return atom(f"{WILDCARD}{name}" if wild else name)


def values_of(parameter: Any) -> Iterator[Any]:
    """Yield the values of a parameter that the template specifies."""
    said = parameter if isinstance(parameter, dict) else {}
    yield from leaves([said.get("Default"), said.get("AllowedValues")])


def leaves(value: Any) -> Iterator[Any]:
    """Yield the values in mappings and lists."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value
