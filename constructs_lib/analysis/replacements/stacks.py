"""Naming the templates of an assembly, so that two of them can be compared stack by stack."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.resource import resources_of
from constructs_lib.analysis.template.templates import Template

__all__ = ["stacks_of"]

_NESTED: Final = "AWS::CloudFormation::Stack"
_SUFFIX: Final = ".template.json"


def stacks_of(templates: Iterable[Template]) -> dict[str, Mapping[str, Any]]:
    """Return the templates by stack; a nested stack is named after its parent and its logical ID there.

    The file of a nested stack may be named anew without its resources changing; its place in the parent is what
    CloudFormation goes by.
    """
    bodies = {template.name: template.body for template in templates}
    parents: dict[str, tuple[str, str]] = {}
    for name, body in bodies.items():
        for resource in resources_of(name, body):
            metadata = resource.body.get("Metadata")
            asset = metadata.get("aws:asset:path") if isinstance(metadata, Mapping) else None
            nested = str(asset or "").removesuffix(_SUFFIX)
            if resource.type == _NESTED and nested in bodies:
                parents[nested] = (name, resource.logical_id)
    return {_full_name(name, parents): body for name, body in bodies.items()}


def _full_name(name: str, parents: Mapping[str, tuple[str, str]]) -> str:
    parts: list[str] = []
    # A template that claims to contain itself must not keep us here.
    while name in parents and len(parts) <= len(parents):
        name, logical_id = parents[name]
        parts.insert(0, logical_id)
    return "/".join([name, *parts])
