"""Templates, resolved once per combination of undecided conditions, and the values that they pass to each other."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.conditions import undecided, used
from constructs_lib.analysis.template.intrinsics import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

MAX_CONDITIONS: Final = 6
"""The maximum number of undecided conditions of a template that are explored; more leave the proof undecided."""
_ROUNDS: Final = 4
"""The number of passes of values between stacks: from a parent to a nested stack, and back to its siblings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A template under one combination of its undecided conditions.

    Args:
        template: The template.
        resources: Its resources, conditions applied and intrinsics resolved, by logical ID.
        assumed: The value of each undecided condition.
        assumed_true: Conditions beyond the maximum, which are assumed to be true.
    """

    template: Template
    resources: Mapping[str, Mapping[str, Any]]
    assumed: Mapping[str, bool]
    assumed_true: tuple[str, ...] = ()


def resolutions(template: Template, exports: Mapping[str, Any]) -> Iterator[Resolved]:
    """Yield the template once per combination of its undecided conditions.

    Args:
        template: The template.
        exports: Exports and outputs of the other templates of the same run, from `exports_of`.
    """
    hanging = sorted(_undecided(template) & used(template.body))
    explored, assumed_true = hanging[:MAX_CONDITIONS], hanging[MAX_CONDITIONS:]
    for choice in itertools.product((True, False), repeat=len(explored)):
        assumed = {**dict(zip(explored, choice, strict=True)), **dict.fromkeys(assumed_true, True)}
        resolver = Resolver(template, assumed, exports)
        resources = {
            logical_id: resolver.resource(logical_id)
            for logical_id, resource in template.body["Resources"].items()
            if isinstance(resource, dict) and resolver.exists(resource)
        }
        yield Resolved(template=template, resources=resources, assumed=assumed, assumed_true=tuple(assumed_true))


def _undecided(template: Template) -> set[str]:
    return undecided(template.body.get("Conditions") or {}, template.source, Resolver(template, {}, {}).value)


def exports_of(templates: Sequence[Template]) -> dict[str, Any]:
    """Return the values that the templates pass to each other.

    The key of an export is its name, of an output `STACK.OUTPUT`, and of a nested stack's parameter
    `STACK?PARAMETER`.
    """
    found: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        for template in templates:
            _hand_over(template, found)
    return found


def _hand_over(template: Template, found: dict[str, Any]) -> None:
    resolver = Resolver(template, dict.fromkeys(_undecided(template), True), found)
    for logical_id, nested in template.nested.items():
        raw = template.body["Resources"][logical_id].get("Properties") or {}
        for name, value in (raw.get("Parameters") or {}).items():
            # A value that depends on a condition stays unknown to the nested stack.
            if "Fn::If" not in str(value):
                found[f"{nested}?{name}"] = resolver.value(value)
    for output_name, output in (template.body.get("Outputs") or {}).items():
        if isinstance(output, dict):
            found[f"{template.name}.{output_name}"] = resolver.value(output.get("Value"))
            if isinstance(output.get("Export"), dict):
                found[str(resolver.value(output["Export"].get("Name")))] = resolver.value(output.get("Value"))
