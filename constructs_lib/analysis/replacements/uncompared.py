"""Parts of a stack that change and cannot be compared: only CloudFormation knows the resources that they become."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_lib.analysis.model.rotation_stacks import rotates_secrets
from constructs_lib.analysis.replacements.findings import Note
from constructs_lib.analysis.replacements.schemas import has_schema
from constructs_lib.analysis.replacements.value_comparison import same
from constructs_lib.analysis.template.functions import LOOP, MACRO
from constructs_lib.analysis.template.inspection import TRANSFORMS
from constructs_lib.analysis.template.nested_stacks import NESTED
from constructs_lib.analysis.template.resource_form import BRINGERS

Template = Mapping[str, Any]

_EXPANDED: Final = ("Conditions", "Mappings", "Resources")
_UNEXPANDED: Final = frozenset({"AWSTemplateFormatVersion", "Description"})
"""Any other section may decide what a macro returns: it gets the template and the values of its parameters.

"Template macros overview" (AWS CloudFormation user guide).
"""
_CUSTOM: Final = ("Custom::", "AWS::CloudFormation::CustomResource")
"""Types whose function decides about replacement; it keeps the physical ID of a resource that it updates in place."""
_NOT_HERE: Final = "its template is not here"
_SILENT: Final = ("Metadata", "DependsOn")
"""Attributes that change no resource."""


def uncompared(stack: str, old: Template, new: Template, known: Sequence[Collection[str]]) -> Iterator[Note]:
    """Yield the parts of a stack that differ, and that only CloudFormation expands.

    `known` are the names of the known stacks, of the old and of the new version. A part that only the new version has
    loses nothing.
    """
    macros = sorted(_macros(old) | _macros(new))
    if macros and not all(same(old.get(name), new.get(name)) for name in {*old, *new} - _UNEXPANDED):
        yield _note(stack, "Transform", f"The template goes through {' and '.join(macros)}, whose result is not seen.")
    for section in _EXPANDED:
        before, after = (side.get(section) for side in (old, new))
        for name, body in (before if isinstance(before, Mapping) else {}).items():
            other = after.get(name) if isinstance(after, Mapping) else None
            here = [f"{stack}/{name}" in side for side in known]
            changed = not same(_without(body), _without(other)) or any(here)
            why = "" if all(here) or _is_trusted(name, body, old) else _why(str(name), body)
            # A nested stack that is removed is a loss by itself.
            if why and changed and not (why == _NOT_HERE and other is None):
                verb = "is removed" if other is None else "changes" if not any(here) else "may change"
                yield _note(stack, str(name), f"It {verb}, and {why}.")


def _note(stack: str, name: str, text: str) -> Note:
    return Note(stack=stack, logical_id=name, text=f"{text} Not compared: it may lose data, users or an address.")


def _macros(template: Template) -> set[str]:
    given = template.get("Transform") or []
    named = (each.get("Name") if isinstance(each, Mapping) else each for each in _listed(given))
    return {f"the macro {name}" for name in named if name not in TRANSFORMS} | ({MACRO} if MACRO in template else set())


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _why(name: str, body: Any) -> str:
    """Return why a part cannot be compared, or ""."""
    kind = str(body.get("Type", "")) if isinstance(body, Mapping) else ""
    reasons = {
        "is a loop, whose resources are not seen": name.startswith(LOOP),
        "comes from a macro, whose result is not seen": name == MACRO or bool(kind and MACRO in body),
        _NOT_HERE: kind == NESTED,
        f"({kind}) {BRINGERS.get(kind)}": kind in BRINGERS,
        f"the schema of {kind} is not known": bool(kind) and not has_schema(kind) and not kind.startswith(_CUSTOM),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _is_trusted(name: str, body: Any, template: Template) -> bool:
    """Return whether a part is an application of AWS that rotates secrets: it holds no data."""
    match body:
        case {"Type": str() as kind, "Properties": Mapping()} if kind == NESTED:
            return rotates_secrets(name, template)
    return False


def _without(body: Any) -> Any:
    return {key: each for key, each in body.items() if key not in _SILENT} if isinstance(body, Mapping) else body
