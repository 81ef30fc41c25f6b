"""Conditions, parameters and mappings of a template that keep their name and may change their value.

CloudFormation evaluates conditions at each update ("Conditions", AWS CloudFormation user guide), so that an equal name
says nothing about an equal value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_SECTIONS: Final = ("Conditions", "Parameters", "Mappings")
"""The sections that a condition can refer to."""


def changed_definitions(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    """Return what two versions of a template define differently: `Conditions.IsProd`, `Parameters.Stage`.

    Conditions are compared with all that they refer to, parameters by their default.
    """
    before, after = dict(_definitions(old)), dict(_definitions(new))
    return frozenset(name for name in before.keys() & after.keys() if before[name] != after[name])


def with_definitions(value: Any, body: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """Return a value of a template, and the definitions of the conditions, parameters and mappings that it names."""
    definitions = dict(_definitions(body))
    named = (f"{section}.{name}" for section, name in _named_in(json.dumps(value, default=str), body))
    return value, {name: definitions[name] for name in named}


def _definitions(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in _section(body, "Conditions"):
        yield f"Conditions.{name}", _with_references(name, body)
    for name, parameter in _section(body, "Parameters").items():
        yield f"Parameters.{name}", _section({name: parameter}, name).get("Default")
    yield from ((f"Mappings.{name}", mapping) for name, mapping in _section(body, "Mappings").items())


def _with_references(condition: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a condition with everything that it names: conditions, parameters and mappings."""
    found: dict[str, Any] = {}
    waiting = [("Conditions", condition)]
    while waiting:
        section, name = waiting.pop()
        if f"{section}.{name}" not in found:
            found[f"{section}.{name}"] = body[section][name]
            waiting += _named_in(json.dumps(body[section][name], default=str), body)
    return found


def _named_in(text: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section in _SECTIONS:
        for name in _section(body, section):
            if f'"{name}"' in text or f"${{{name}}}" in text:
                yield section, name


def _section(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}
