"""Nested stacks: each becomes a separate template, once per use."""

from __future__ import annotations

import json
import posixpath
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.analysis.template.functions import function_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib.analysis.template.templates import Template

NESTED: Final = "AWS::CloudFormation::Stack"
_CHOOSING: Final = frozenset({"Fn::FindInMap", "Fn::If"})
"""Functions that choose one of several templates."""
_MAX_STACKS: Final = 2500
"""The maximum number of stacks of one template; CloudFormation's limit."""


def instantiate(templates: Sequence[Template]) -> list[Template]:
    """Return the templates with unique names, a nested template once per parent stack.

    A nested template is found by its file's name: `aws:asset:path` in CDK's metadata, the asset that `TemplateURL`
    names by its hash, or a local `TemplateURL`.

    Raises:
        TemplateError: If stacks are nested in themselves, or exceed CloudFormation's limit.
    """
    named = _unique(templates)
    children = {template.name: dict(_children(template, named)) for template in named}
    try:
        TopologicalSorter({name: [each.name for each in inner.values()] for name, inner in children.items()}).prepare()
    except CycleError as error:
        raise TemplateError(f"stacks are nested in themselves: {' -> '.join(reversed(error.args[1]))}") from error
    nested = {child.name for inner in children.values() for child in inner.values()}
    found: list[Template] = []
    for root in named:
        if root.name not in nested:
            for each in _with_nested(root, children):
                found.append(each)
                if len(found) > _MAX_STACKS:
                    raise TemplateError(f"{root.source} nests more than {_MAX_STACKS:,} stacks")
    return found


def _unique(templates: Sequence[Template]) -> list[Template]:
    counts: dict[str, int] = {}
    found = []
    for template in templates:
        counts[template.name] = counts.get(template.name, 0) + 1
        again = counts[template.name]
        found.append(template if again == 1 else replace(template, name=f"{template.name}~{again}"))
    return found


def _with_nested(
    template: Template, children: Mapping[str, Mapping[str, Template]], name: str = ""
) -> Iterator[Template]:
    name = name or template.name
    nested = children[template.name]
    names = {logical_id: f"{name}/{logical_id}" for logical_id in nested}
    yield replace(template, name=name, nested=names)
    for logical_id, child in nested.items():
        yield from _with_nested(child, children, names[logical_id])


def _children(template: Template, templates: Sequence[Template]) -> Iterator[tuple[str, Template]]:
    for logical_id, resource in template.body["Resources"].items():
        if isinstance(resource, dict) and resource.get("Type") == NESTED:
            file = _file(resource, template.assets)
            named = [
                other for other in templates if file and PurePosixPath(other.source).name == PurePosixPath(file).name
            ]
            others = [other for other in named if other.source != template.source]
            place = posixpath.normpath(PurePosixPath(template.source).parent / file)
            # Without its folder, a name that several files have is no answer.
            here = [other for other in others if posixpath.normpath(other.source) == place]
            for child in here[:1] or (others if len(others) == 1 else []):
                yield logical_id, child


def _file(resource: Mapping[str, Any], assets: Mapping[str, str]) -> str:
    """Return the file of a nested stack's template, relative to its parent's; empty if it is not known."""
    url = (resource.get("Properties") or {}).get("TemplateURL")
    if not _CHOOSING.isdisjoint(function_names(url)):
        return ""
    path = (resource.get("Metadata") or {}).get("aws:asset:path")
    if not isinstance(path, str):
        published = {name for digest, name in assets.items() if digest in json.dumps(url)}
        path = published.pop() if len(published) == 1 else url
    return path if isinstance(path, str) else ""
