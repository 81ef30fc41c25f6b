"""The names that templates give their resources, as globs: a parameter or mapping may contain one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.template.references import VARIABLE
from constructs_lib.analysis.template.resource_arns import NAME_PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.template.templates import Template


def given_names(templates: Iterable[Template]) -> frozenset[str]:
    """Return the names in the templates, with a star for each part that is a function or a reference."""
    found: set[str] = set()
    for template in templates:
        for resource in template.body["Resources"].values():
            if isinstance(resource, dict):
                properties = resource.get("Properties")
                name = NAME_PROPERTIES.get(str(resource.get("Type")))
                if name is not None and isinstance(properties, dict):
                    found.update(_globs(properties.get(name)))
    return frozenset(each for each in found if each.strip("*-."))


def _globs(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case {"Fn::If": [_, yes, no]}:
            yield from _globs(yes)
            yield from _globs(no)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]}:
            yield VARIABLE.sub("*", text)
        case {"Fn::Join": [str(separator), list(parts)]}:
            yield separator.join(part if isinstance(part, str) else "*" for part in parts)
