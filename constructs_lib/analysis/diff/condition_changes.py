"""Conditions of templates that keep their name and change their meaning.

CloudFormation evaluates conditions at each update ("Conditions", AWS CloudFormation user guide), so that an equal name
says nothing about an equal value.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

_SECTIONS: Final = ("Conditions", "Parameters", "Mappings")
"""The sections that a condition can refer to."""


def changed_conditions(old: Sequence[Template], new: Sequence[Template]) -> frozenset[str]:
    """Return the conditions whose definitions differ, as models name them: with and without their template."""
    before = {each.name: each for each in old}
    return frozenset(
        named
        for template in new
        if (earlier := before.get(template.name)) is not None
        for condition in _names(template) & _names(earlier)
        if _definition(condition, template) != _definition(condition, earlier)
        for named in (condition, f"{condition} of {template.name}")
    )


def _names(template: Template) -> set[str]:
    return set(template.body.get("Conditions") or {})


def _definition(condition: str, template: Template) -> Mapping[str, Any]:
    """Return a condition with everything that it names: conditions, parameters and mappings."""
    found: dict[str, Any] = {}
    waiting = [("Conditions", condition)]
    while waiting:
        section, name = waiting.pop()
        if f"{section}.{name}" not in found:
            found[f"{section}.{name}"] = template.body[section][name]
            waiting += _named_in(json.dumps(template.body[section][name], default=str), template)
    return found


def _named_in(text: str, template: Template) -> Iterator[tuple[str, str]]:
    for section in _SECTIONS:
        for name in template.body.get(section) or {}:
            if f'"{name}"' in text or f"${{{name}}}" in text:
                yield section, name


__all__ = ["changed_conditions"]
