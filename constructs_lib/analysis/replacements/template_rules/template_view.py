"""View of a template for the rules: resources by type, references, and literal values."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource, resources_of
from constructs_lib.analysis.replacements.schemas import at
from constructs_lib.analysis.replacements.value_comparison import references

Found = tuple[Resource, Refusal, str, str, bool]
"""The refused resource, the refusal, the property, the effect, and whether it is certain."""


class View:
    """A template's resources, and the dependencies of each."""

    def __init__(self, stack: str, template: Mapping[str, Any]) -> None:
        """Read the resources; dependencies are computed on use."""
        self.resources = {each.logical_id: each for each in resources_of(stack, template)}

    def of(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types, written without `AWS::`."""
        types_wanted = {f"AWS::{each}" for each in types}
        return (each for each in self.resources.values() if each.type in types_wanted)

    def named(self, value: Any, *types: str) -> list[Resource]:
        """Return the resources of some types (by default any) that a value refers to."""
        types_wanted = {f"AWS::{each}" for each in types}
        found = (self.resources.get(name) for name in references(value))
        return [each for each in found if each is not None and (not types_wanted or each.type in types_wanted)]

    def needs(self, logical_id: str) -> set[str]:
        """Return the resources that CloudFormation creates before a resource: all direct and indirect dependencies."""
        found: set[str] = set()
        waiting = [logical_id]
        while waiting:
            for name in self._names[waiting.pop()] - found:
                found.add(name)
                waiting.append(name)
        return found

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        found = {}
        for logical_id, resource in self.resources.items():
            depends = resource.body.get("DependsOn") or ()
            names = {depends} if isinstance(depends, str) else {each for each in depends if isinstance(each, str)}
            found[logical_id] = (names | set(references(resource.properties))) & self.resources.keys()
        return found


def get(resource: Resource, path: str) -> Any:
    """Return the value under a dotted path of a resource's properties, or None."""
    return at(resource.properties, path)


def entries(holder: Any, path: str) -> list[Mapping[str, Any]]:
    """Return the mappings of a list of a resource or a mapping; none if it is not a list."""
    found = at(holder.properties if isinstance(holder, Resource) else holder, path)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping that is not a function, or an empty one."""
    return value if isinstance(value, Mapping) and not _is_function(value) else {}


def texts(value: Any) -> list[str] | None:
    """Return the texts of a list, none if there is no list; None if the template does not determine all of them."""
    found = [] if value is None else value
    return found if isinstance(found, list) and all(isinstance(each, str) for each in found) else None


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and (next(iter(value)) in {"Ref", "Condition"} or str(next(iter(value))).startswith("Fn::"))


def seconds(value: Any, default: int) -> int | None:
    """Return a number of seconds; the default if there is none, None if the template does not determine it."""
    text = str(default if value is None else value)
    return int(text) if text.isdecimal() else None


def least_size(value: Any) -> int:
    """Return the minimum length of a value as JSON without white space: functions count as empty."""
    return len(json.dumps(_least(canonical(value)), separators=(",", ":")))


def _least(value: Any) -> Any:
    match value:
        case {"Fn::Join": [_, [*parts]]}:
            return "".join(each for each in parts if isinstance(each, str))
        case Mapping():
            whole = {name: _least(each) for name, each in value.items() if not _is_nothing(each)}
            return "" if _is_function(value) else whole
        case list():
            return [_least(each) for each in value if not _is_nothing(each)]
    return value


def _is_nothing(value: Any) -> bool:
    return isinstance(value, Mapping) and (value == {"Ref": "AWS::NoValue"} or "Fn::If" in value)


def statements(document: Any) -> list[Mapping[str, Any]]:
    """Return the statements of a policy document."""
    found = mapping(document).get("Statement")
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, Mapping)]


def allows(statement: Mapping[str, Any], action: str) -> bool:
    """Return whether a statement may allow an action: the value of a function may be anything."""
    if statement.get("Effect") != "Allow":
        return False
    if "Action" not in statement:
        return True
    actions = statement["Action"]
    listed = actions if isinstance(actions, list) else [actions]
    return any(not isinstance(each, str) or glob_match(each, action, ignore_case=True) for each in listed)
