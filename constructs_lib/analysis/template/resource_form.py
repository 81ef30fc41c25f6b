"""Validation of a template's resources, and detection of the parts that are not visible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.functions import ARGUMENTS, MACRO
from constructs_lib.analysis.template.value_inspection import kind_of, macro_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.template.value_inspection import Path, Values

_ATTRIBUTES: Final = frozenset(
    {
        "Type", "Properties", "Metadata", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy",
        "UpdatePolicy", "CreationPolicy", "Description",
    }
)  # fmt: skip
_POLICIES: Final = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}
BRINGERS: Final = {
    "AWS::CloudFormation::StackSet": "deploys other templates",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "deploys another template",
}
"""Types whose resources are in templates of their own."""


def check_resource(resource: Any, path: Path, values: Values) -> set[str]:
    """Return the names (of resources and parameters) that a resource refers to under all conditions.

    Raises:
        TemplateError: If it is not a resource.
    """
    values.mapping(resource, path)
    _parts(resource, path, values)
    for name in resource:
        if name not in _ATTRIBUTES and name != MACRO:
            values.hole((*path, name), "is an unknown attribute of a resource: not analyzed")
    kind = str(resource.get("Type"))
    if kind in BRINGERS:
        values.hole(path, f"({kind}) {BRINGERS[kind]}: not seen")
    elif kind.endswith("::MODULE"):
        values.hole(path, f"({kind}) is a module, whose resources are not seen")
    if MACRO in resource:
        values.hole(path, f"comes from {macro_of(resource[MACRO])}: not seen")
    for name, value in resource.items():
        if name != "Properties":
            values.walk(value, (*path, name))
    values.named = set(_before(resource, path, values))
    values.walk(resource.get("Properties"), (*path, "Properties"))
    return values.named


def _parts(resource: Mapping[str, Any], path: Path, values: Values) -> None:
    kind, condition = resource.get("Type"), resource.get("Condition")
    if not isinstance(kind, str) and MACRO not in resource:
        raise values.fault((*path, "Type"), f"is {kind_of(kind)}, and the name of a resource type is needed")
    for name in ("Properties", "Metadata"):
        if name in resource:
            values.mapping(resource[name], (*path, name))
    for name, policies in _POLICIES.items():
        value = resource.get(name)
        # A function here belongs to the macro AWS::LanguageExtensions.
        if name in resource and not isinstance(value, dict) and value not in policies:
            raise values.fault((*path, name), f"is {str(value)[:40]!r}, and one of {', '.join(policies)} is needed")
    function = next(iter(resource.get("Properties") or {"": None}))
    if function in ARGUMENTS.keys() - {MACRO} and len(resource["Properties"]) == 1:
        raise values.fault((*path, "Properties"), f"is {function}, and the properties themselves are needed")
    if isinstance(condition, str):
        values.known_condition(condition, path)
    elif "Condition" in resource:
        raise values.fault((*path, "Condition"), f"is {kind_of(condition)}, and the name of a condition is needed")


def _before(resource: Mapping[str, Any], path: Path, values: Values) -> list[str]:
    before = resource.get("DependsOn") or []
    before = before if isinstance(before, list) else [before]
    if not all(isinstance(name, str) for name in before):
        raise values.fault((*path, "DependsOn"), "names something that is not a logical ID")
    return before
