"""Templates, resolved once per combination of undecided conditions, and the values that they pass to each other."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.atoms import any_text
from constructs_lib.analysis.template.attributes import generated_names
from constructs_lib.analysis.template.conditions import undecided, used
from constructs_lib.analysis.template.intrinsics import NO_VALUE, Resolver
from constructs_lib.analysis.template.parameters import of_several_stacks
from constructs_lib.analysis.template.pseudo_parameters import ANY_PARTITION, OF_ONE_STACK
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

    _Together = list[tuple[Template, dict[str, bool]]]

MAX_CONDITIONS: Final = 6
"""The maximum number of undecided conditions of a template that are explored; more leave the proof undecided."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A template under one combination of its undecided conditions.

    Args:
        template: The template.
        resources: Its resources, conditions applied and intrinsics resolved, by logical ID.
        assumed: The value of each undecided condition.
        assumed_true: Conditions that are assumed to be true and not explored, such as those beyond the maximum.
    """

    template: Template
    resources: Mapping[str, Mapping[str, Any]]
    assumed: Mapping[str, bool]
    assumed_true: tuple[str, ...] = ()


def resolutions(templates: Sequence[Template]) -> Iterator[tuple[Resolved, ...]]:
    """Yield templates that are deployed together once per combination of what they leave undecided.

    Undecided are conditions, and whether parameters of one name in several stacks have one value. A nested stack whose
    condition is false is left out. Each parent stack comes before those nested in it.
    """
    generated = _generated(templates)
    templates = [replace(each, generated=generated) for each in templates]
    shared = {
        f"equality of the parameter {name} in {stacks}": name for name, stacks in of_several_stacks(templates).items()
    }
    handed = _handed(templates)
    undetermined = [list(shared), *(sorted(_undecided(each, handed) & used(each.body)) for each in templates)]
    unexplored = [names[MAX_CONDITIONS:] for names in undetermined]
    for equal, *assumed in itertools.product(*(_choices(names) for names in undetermined)):
        apart = {shared[question] for question, holds in equal.items() if not holds}
        apart.update(OF_ONE_STACK if len(templates) > 1 else ())
        together = _present(list(zip(templates, assumed, strict=True)), handed)
        exports = _exports(together, apart)
        found = [_resolved(template, conditions, exports, apart) for template, conditions in together]
        first = replace(
            found[0], assumed={**equal, **found[0].assumed}, assumed_true=(*unexplored[0], *found[0].assumed_true)
        )
        yield first, *found[1:]


def _generated(templates: Sequence[Template]) -> frozenset[str]:
    """Return the generated names of the resources of all stacks: an import of one is that name, too."""
    return frozenset(
        name
        for template in templates
        for logical_id, resource in template.body["Resources"].items()
        if isinstance(resource, dict)
        for name in generated_names(str(resource.get("Type")), f"{template.name}/{logical_id}")
    )


def _handed(templates: Sequence[Template]) -> dict[str, Any]:
    """Return the parameters of nested stacks that have one text in every case, by `STACK?PARAMETER`.

    The parameters of a stack whose parent decides one by an undecided condition are left out.
    """
    bodies = {template.name: template.body for template in templates}
    found: dict[str, Any] = {}
    for template in templates:
        for logical_id, child in template.nested.items():
            resolver = Resolver(template, {}, found, pseudo=ANY_PARTITION)
            given = list(_parameters(resolver, template.body["Resources"][logical_id], child, bodies.get(child, {})))
            if not resolver.guessed:
                found.update((key, value) for key, value in given if "⟦" not in text_of(value))
    return found


def _undecided(template: Template, handed: Mapping[str, Any]) -> set[str]:
    return undecided(template.body.get("Conditions") or {}, template.source, Resolver(template, {}, handed).possible)


def _choices(names: Sequence[str]) -> Iterator[dict[str, bool]]:
    """Yield the combinations of truth values; names beyond the maximum are true in each."""
    explored = names[:MAX_CONDITIONS]
    for choice in itertools.product((True, False), repeat=len(explored)):
        yield {**dict(zip(explored, choice, strict=True)), **dict.fromkeys(names[MAX_CONDITIONS:], True)}


def _present(together: _Together, handed: Mapping[str, Any]) -> _Together:
    """Return the templates without the nested stacks whose condition is false."""
    absent: set[str] = set()
    for template, assumed in together:
        resolver = Resolver(template, assumed, handed)
        for logical_id, child in template.nested.items():
            if template.name in absent or not resolver.exists(template.body["Resources"][logical_id]):
                absent.add(child)
    return [each for each in together if each[0].name not in absent]


def _resolved(
    template: Template, assumed: Mapping[str, bool], exports: Mapping[str, Any], apart: Collection[str]
) -> Resolved:
    resolver = Resolver(template, assumed, exports, apart)
    resources = {
        logical_id: resolver.resource(logical_id)
        for logical_id, resource in template.body["Resources"].items()
        if isinstance(resource, dict) and resolver.exists(resource)
    }
    beyond = list(assumed)[MAX_CONDITIONS:]
    return Resolved(
        template=template, resources=resources, assumed=assumed, assumed_true=(*beyond, *sorted(resolver.guessed))
    )


def _exports(together: _Together, apart: Collection[str]) -> dict[str, Any]:
    """Return the values that the templates pass to each other.

    The key of an export is its name, once plain and once after its template's folder and a line break; of an output
    `STACK.OUTPUT`; of a nested stack's parameter `STACK?PARAMETER`. A value that depends on itself, and an export with
    two values, may be any text.
    """
    found: dict[str, Any] = {}
    before: dict[str, Any] = {}
    # A value passes a stack at most twice: as its parameter and as its output.
    for _ in range(2 * len(together) + 2):
        before, found = found, {}
        for key, value in _passed(together, before, apart):
            found[key] = value if found.get(key, value) == value else _any(key)
        if found == before:
            return found
    return {key: value if before.get(key) == value else _any(key) for key, value in found.items()}


def _any(key: str) -> str:
    name = key.rpartition("\n")[2]
    return any_text(f"import {name}")


def _passed(together: _Together, found: Mapping[str, Any], apart: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield the values that the templates pass, under what was passed to them."""
    bodies = {template.name: template.body for template, _ in together}
    for template, assumed in together:
        resolver = Resolver(template, assumed, found, apart)
        for logical_id, child in template.nested.items():
            yield from _parameters(resolver, template.body["Resources"][logical_id], child, bodies.get(child, {}))
        for name, output in (template.body.get("Outputs") or {}).items():
            if isinstance(output, dict) and resolver.exists(output):
                value = resolver.value(output.get("Value"))
                if value is not NO_VALUE:
                    yield f"{template.name}.{name}", value
                    if isinstance(output.get("Export"), dict):
                        export = text_of(resolver.value(output["Export"].get("Name")))
                        yield from ((export, value), (f"{template.folder}\n{export}", value))


def _parameters(
    resolver: Resolver, stack: Mapping[str, Any], name: str, body: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the values of a nested stack's parameters: what its parent passes, or else the default."""
    given = resolver.value((stack.get("Properties") or {}).get("Parameters") or {})
    for key, parameter in (body.get("Parameters") or {}).items():
        value = given.get(key, resolver.value(parameter.get("Default"))) if isinstance(given, dict) else _any(key)
        if value is not None:
            yield f"{name}?{key}", value
