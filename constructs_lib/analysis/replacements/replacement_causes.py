"""Replaced resources: by a change of their own, or because they name a replaced one in a create-only property."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.analysis.replacements.redefined_values import parameters_of
from constructs_lib.analysis.replacements.resource import Resource, resources_of
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.schemas import at, schema_of
from constructs_lib.analysis.replacements.service_rules import service_changes
from constructs_lib.analysis.replacements.value_comparison import is_decided, references, same, short

Stacks = Mapping[str, Mapping[str, Any]]
Causes = dict[str, dict[str, Change]]
"""By stack and logical ID; the parameters of a nested stack, and its outputs as `Nested.Outputs.Name`, are included."""


def replacement_causes(old: Stacks, new: Stacks) -> Causes:
    """Return the replacements in the stacks of both versions, carried on to what names a replaced resource."""
    stayers = {stack: list(_stayers(stack, old, new)) for stack in old if stack in new}
    causes: Causes = {}
    for stack, pairs in stayers.items():
        resources = {*resources_in(old[stack]), *resources_in(new[stack])}
        own = {resource.logical_id: next(_replacing(resource, body, resources), None) for resource, body in pairs}
        causes[stack] = {logical_id: change for logical_id, change in own.items() if change is not None}
    for stack, name in _changed_outputs(old, new):
        parent, _, logical_id = stack.rpartition("/")
        what = f"The output {name} of {logical_id} has another value."
        change = Change(effect=Effect.REPLACED, cause="Outputs", what=what, certain=False)
        causes.get(parent, {})[f"{logical_id}.Outputs.{name}"] = change
    while True:
        before = sum(map(len, causes.values()))
        for stack, pairs in stayers.items():
            for name, change in (*_given(stack, new, causes), *_returned(stack, new, causes)):
                causes[stack].setdefault(name, change)
            for resource, body in pairs:
                carried = next(_carried(resource, body, causes[stack]), None)
                if carried is not None:
                    causes[stack].setdefault(resource.logical_id, carried)
        if sum(map(len, causes.values())) == before:
            return causes


def resources_in(template: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a template's resources; empty if it has none."""
    resources = template.get("Resources")
    return resources if isinstance(resources, Mapping) else {}


def _stayers(stack: str, old: Stacks, new: Stacks) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    kept = resources_in(new[stack])
    for resource in resources_of(stack, old[stack]):
        if resource.logical_id in kept:
            yield resource, kept[resource.logical_id]


def _given(stack: str, new: Stacks, causes: Causes) -> Iterator[tuple[str, Change]]:
    """Yield the parameters of a nested stack that name a replaced resource of its parent."""
    replaced = causes.get(stack.rpartition("/")[0], {})
    for parameter, value in parameters_of(stack, new).items():
        yield from ((parameter, replaced[name]) for name in references(value) if name in replaced)


def _returned(stack: str, new: Stacks, causes: Causes) -> Iterator[tuple[str, Change]]:
    """Yield the outputs of the nested stacks of a stack that name a replaced resource."""
    for nested, replaced in causes.items():
        parent, _, logical_id = nested.rpartition("/")
        for output, value in _outputs(new[nested]).items() if replaced and parent == stack else ():
            name = f"{logical_id}.Outputs.{output}"
            yield from ((name, replaced[each]) for each in references(value) if each in replaced)


def _changed_outputs(old: Stacks, new: Stacks) -> Iterator[tuple[str, str]]:
    for stack in old:
        if "/" in stack and stack in new:
            was, becomes = _outputs(old[stack]), _outputs(new[stack])
            yield from ((stack, name) for name in becomes if name in was and not same(was[name], becomes[name]))


def _outputs(template: Mapping[str, Any]) -> dict[str, Any]:
    outputs = template.get("Outputs")
    return {
        str(name): body.get("Value")
        for name, body in (outputs if isinstance(outputs, Mapping) else {}).items()
        if isinstance(body, Mapping)
    }


def _replacing(resource: Resource, new: Mapping[str, Any], resources: Container[str]) -> Iterator[Change]:
    """Yield the changes of a resource's own properties that replace it."""
    before, after = resource.properties, new.get("Properties") or {}
    schema = schema_of(resource.type)
    for path in schema.create_only + schema.conditional:
        left, right = at(before, path), at(after, path)
        if not same(left, right):
            yield Change(
                effect=Effect.REPLACED,
                cause=path,
                what=f"{path} can be set at creation only and changes from {short(left)} to {short(right)}.",
                certain=path in schema.create_only and is_decided(left, right, resources=resources),
            )
    yield from (change for change in service_changes(resource.body, new) if change.effect is Effect.REPLACED)


def _carried(resource: Resource, new: Mapping[str, Any], causes: Mapping[str, Change]) -> Iterator[Change]:
    """Yield the replacement that follows from a replaced resource in a create-only property."""
    schema = schema_of(resource.type)
    for path in schema.create_only + schema.conditional:
        for name in references(at(new.get("Properties") or {}, path)):
            if name in causes:
                yield Change(
                    effect=Effect.REPLACED,
                    cause=path,
                    what=f"{path} can be set at creation only and names {name}, which is replaced.",
                    certain=causes[name].certain and path in schema.create_only,
                )
