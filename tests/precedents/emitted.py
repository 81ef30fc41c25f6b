"""The properties that a template emits, by resource type: paths as CloudFormation's resource schemas have them.

`Schema[].Name` is the name of each entry of a list. Where a schema says nothing of what is inside (a policy document,
environment variables), the path ends there; so it does at a function, whose value no template shows.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import cfnlint

_DATA: Final = Path(cfnlint.__file__).parent / "data" / "schemas"


def emitted(template: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return type and path of every property of a template's resources; custom resources have no schema."""
    found: set[tuple[str, str]] = set()
    resources = template.get("Resources")
    for resource in (resources if isinstance(resources, Mapping) else {}).values():
        kind = str(resource.get("Type")) if isinstance(resource, Mapping) else ""
        if kind in _files() and isinstance(resource.get("Properties"), Mapping):
            schema = _schema(kind)
            found |= {(kind, path) for path in _paths(resource["Properties"], schema, schema, "")}
    return found


@functools.cache
def _files() -> dict[str, str]:
    found: dict[str, str] = json.loads((_DATA / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    return found


@functools.cache
def _schema(kind: str) -> dict[str, Any]:
    path = _DATA / "resources" / f"{_files()[kind]}.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _paths(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], path: str) -> Iterator[str]:
    while "$ref" in schema:
        schema = _resolved(schema["$ref"], root)
    if isinstance(value, Mapping) and _is_function(value):
        # Both branches may be what is emitted.
        branches = value.get("Fn::If")
        for branch in branches[1:] if isinstance(branches, list) else ():
            yield from _paths(branch, schema, root, path)
    elif isinstance(value, Mapping) and "properties" in schema:
        for name, inner in value.items():
            if name in schema["properties"]:
                yield (below := f"{path}.{name}" if path else name)
                yield from _paths(inner, schema["properties"][name], root, below)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for inner in value:
            yield from _paths(inner, schema["items"], root, f"{path}[]")


def _resolved(pointer: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = root
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    assert isinstance(found, Mapping), pointer
    return found


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and (next(iter(value)) == "Ref" or str(next(iter(value))).startswith("Fn::"))
