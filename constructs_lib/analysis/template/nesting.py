"""Nested stacks: each becomes a template of its own, once per place that uses it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

NESTED: Final = "AWS::CloudFormation::Stack"
_MAX_DEPTH: Final = 8


def instantiate(templates: Sequence[Template]) -> list[Template]:
    """Return the templates with unique names, a nested one once per stack that it is nested in.

    A nested template is found by its file's name: `aws:asset:path` in CDK's metadata, the asset that `TemplateURL`
    names by its hash, or a local `TemplateURL`.
    """
    named = _unique(templates)
    children = {
        child.name for template in named for _, child in _children(template, named) if child.name != template.name
    }
    roots = [template for template in named if template.name not in children]
    return [each for root in roots or named for each in _with_nested(root, named, 0)]


def _unique(templates: Sequence[Template]) -> list[Template]:
    counts: dict[str, int] = {}
    found = []
    for template in templates:
        counts[template.name] = counts.get(template.name, 0) + 1
        again = counts[template.name]
        found.append(template if again == 1 else replace(template, name=f"{template.name}~{again}"))
    return found


def _with_nested(template: Template, templates: Sequence[Template], depth: int) -> Iterator[Template]:
    nested = {} if depth >= _MAX_DEPTH else dict(_children(template, templates))
    names = {logical_id: f"{template.name}/{logical_id}" for logical_id in nested}
    yield replace(template, nested=names)
    for logical_id, child in nested.items():
        yield from _with_nested(replace(child, name=names[logical_id]), templates, depth + 1)


def _children(template: Template, templates: Sequence[Template]) -> Iterator[tuple[str, Template]]:
    for logical_id, resource in template.body["Resources"].items():
        if isinstance(resource, dict) and resource.get("Type") == NESTED:
            wanted = _file_name(resource, template.assets)
            for other in templates:
                if wanted and PurePosixPath(other.source).name == wanted and other.source != template.source:
                    yield logical_id, other
                    break


def _file_name(resource: Mapping[str, Any], assets: Mapping[str, str]) -> str:
    path = (resource.get("Metadata") or {}).get("aws:asset:path")
    if not isinstance(path, str):
        url = (resource.get("Properties") or {}).get("TemplateURL")
        path = next((name for digest, name in assets.items() if digest in json.dumps(url)), url)
    return PurePosixPath(path).name if isinstance(path, str) else ""
