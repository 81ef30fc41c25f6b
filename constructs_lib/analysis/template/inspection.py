"""Validation of a template, and detection of the parts that only CloudFormation expands at deployment.

Input that CloudFormation rejects is an error that names the place. Input that it accepts and this analysis cannot see
(a macro, `AWS::Include`, an unknown function, a module) is a hole: it leaves every proof undecided.
"""

from __future__ import annotations

from functools import reduce
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.changed_definitions import with_definitions
from constructs_lib.analysis.template.conditions import condition_names, in_order
from constructs_lib.analysis.template.functions import LOOP, MACRO
from constructs_lib.analysis.template.resource_form import check_resource
from constructs_lib.analysis.template.value_inspection import Values, kind_of, macro_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.template.value_inspection import Path

_SECTIONS: Final = frozenset(
    {"Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs", "Metadata", "Hooks"}
)
_WALKED: Final = frozenset({"Parameters", "Conditions", "Resources", "Outputs"})
_TEXTS: Final = frozenset({"AWSTemplateFormatVersion", "Description", "Transform"})
_SERVERLESS: Final = "Globals"
_EXTENSIONS: Final = "AWS::LanguageExtensions"
TRANSFORMS: Final = frozenset(
    {
        "AWS::Serverless-2016-10-31", _EXTENSIONS, "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16", "AWS::CodeDeployBlueGreen",
    }
)  # fmt: skip
"""Macros of AWS that this library expands (the first), or that open no access."""
_CONDITIONS: Final = frozenset({"Condition", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"})
_MAP_LEVELS: Final = 2
_INCLUDE: Final = "AWS::Include"
"""The macro that reads nothing but its own argument."""


def inspect(body: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return the holes of a template: what it says there, by a sentence that names the place.

    `source` is where the template came from, for the sentences.

    Raises:
        TemplateError: If CloudFormation would reject its format: sections, resources or functions of the wrong shape,
            resources or conditions that depend on themselves.
    """
    values = Values(source)
    _sections(body, values)
    _transforms(body, values)
    _conditions(body.get("Conditions") or {}, values)
    for name, mapping in (body.get("Mappings") or {}).items():
        _map(mapping, ("Mappings", name), _MAP_LEVELS, values)
    for name, parameter in (body.get("Parameters") or {}).items():
        _entry(parameter, ("Parameters", name), values)
    for name, output in (body.get("Outputs") or {}).items():
        if _entry(output, ("Outputs", name), values) and "Export" in output:
            values.mapping(output["Export"], ("Outputs", name, "Export"))
    _resources(body["Resources"], values)
    return {hole: _content(path, body) for hole, path in values.holes.items()}


def _content(path: Path, body: Mapping[str, Any]) -> Any:
    """Return what determines a hole: the value at its place and all that it names; for a macro, all that it is given.

    A macro in `Transform` processes the template, `Fn::Transform` the other keys beside it, too ("Overview of
    CloudFormation macros", AWS CloudFormation user guide).
    """
    found = _at(path, body)
    if path[0] in {"Transform", MACRO}:
        return found if _is_include(found) else body
    if path[-1] == MACRO and not _is_include(found):
        found = _at(path[:-1], body)
    if isinstance(found, dict) and "Type" in found and MACRO not in found:
        found = {name: value for name, value in found.items() if name != "Metadata"}
    return with_definitions(found, body)


def _at(path: Path, body: Any) -> Any:
    return reduce(lambda value, name: value[name], path, body)


def _is_include(macro: Any) -> bool:
    return isinstance(macro, dict) and macro.get("Name") == _INCLUDE


def _sections(body: Mapping[str, Any], values: Values) -> None:
    for name, section in body.items():
        if name in _SECTIONS:
            values.mapping(section, (name,))
        elif name == MACRO:
            values.hole((name,), "changes the whole template, and its result is not seen")
        elif name not in _TEXTS and name != _SERVERLESS:
            values.hole((name,), "is an unknown section: not analyzed")
        if name not in _WALKED:
            values.texts(section, (name,))


def _transforms(body: Mapping[str, Any], values: Values) -> None:
    transforms = body.get("Transform") or []
    for transform in transforms if isinstance(transforms, list) else [transforms]:
        name = transform.get("Name") if isinstance(transform, dict) else transform
        if not isinstance(name, str):
            raise values.fault(("Transform",), f"names {kind_of(name)}, and the name of a macro is needed")
        values.extended |= name == _EXTENSIONS
        if name not in TRANSFORMS:
            values.hole(("Transform",), f"goes through the macro {name}, whose result is not seen")


def _conditions(conditions: Mapping[str, Any], values: Values) -> None:
    values.conditions = conditions
    for name, condition in conditions.items():
        _condition(condition, ("Conditions", name), values)
    in_order(conditions, values.source)


def _condition(condition: Any, path: Path, values: Values) -> None:
    if str(path[-1]).startswith("Fn::"):
        values.hole(path, "is filled in by CloudFormation: not seen")
    elif isinstance(condition, dict) and MACRO in condition:
        values.hole(path, f"comes from {macro_of(condition[MACRO])}: not seen")
    elif not isinstance(condition, dict) or len(condition) != 1 or not _CONDITIONS.issuperset(condition):
        raise values.fault(path, f"is not a condition: write one of {', '.join(sorted(_CONDITIONS))}")
    else:
        values.walk(condition, path)
        for part in condition_names(condition):
            values.known_condition(part, path)


def _map(value: Any, path: Path, levels: int, values: Values) -> None:
    if path[-1] == MACRO:
        values.hole(path[:-1], f"comes from {macro_of(value)}: not seen")
    elif levels:
        values.mapping(value, path)
        for key, inner in value.items():
            _map(inner, (*path, key), levels - 1, values)
    elif isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
        raise values.fault(path, "holds a mapping or a function; a map's values are texts, or lists of texts")


def _entry(value: Any, path: Path, values: Values) -> bool:
    """Check a parameter or an output; return whether its content is visible."""
    if str(path[-1]).startswith("Fn::"):
        values.hole(path, "is filled in by CloudFormation: not seen")
        return False
    values.mapping(value, path)
    values.walk(value, path)
    return True


def _resources(resources: Mapping[str, Any], values: Values) -> None:
    needs: dict[str, set[str]] = {}
    for logical_id, resource in resources.items():
        path = ("Resources", logical_id)
        if logical_id.startswith("Fn::"):
            what = "a loop" if logical_id.startswith(LOOP) else macro_of(resource)
            values.hole(path, f"is not a resource in this form ({what}): not seen")
        else:
            needs[logical_id] = check_resource(resource, path, values) & resources.keys()
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        cycle_members = [str(name) for name in reversed(error.args[1])]
        cycle = " -> ".join(cycle_members)
        if any(resources[name].get("Type") == "AWS::IAM::Role" for name in cycle_members):
            # A policy on a resource that refers to the role: CloudFormation rejects it, but it can be analyzed.
            values.hole(
                ("Resources", cycle_members[0]),
                f"is in a circular dependency ({cycle}): CloudFormation refuses it",
            )
            return
        raise values.fault(
            ("Resources", cycle_members[0]),
            f"is in a circular dependency: {cycle}; remove one of these references",
        ) from error
