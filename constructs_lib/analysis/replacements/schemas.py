"""The create-only properties of the relevant types, from CloudFormation's resource schemas."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

# Properties that replace a table, for which the schemas defer to the resource handler.
# Source: AWS::DynamoDB::Table in the template reference ("Update requires: ... Replacement if you edit an
# existing AttributeDefinition"; key schema and local secondary indexes exist from creation only).
_ALWAYS_CONDITIONAL: Final[dict[str, tuple[str, ...]]] = {
    "AWS::DynamoDB::Table": ("KeySchema", "LocalSecondaryIndexes"),
    "AWS::DynamoDB::GlobalTable": ("KeySchema", "LocalSecondaryIndexes"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """The update rules of a type's schema; paths are dotted (`EncryptionConfiguration.KmsKey`)."""

    create_only: tuple[str, ...]
    conditional: tuple[str, ...]
    name: tuple[str, ...]


@cache
def _document() -> dict[str, Any]:
    resource = files("constructs_lib.analysis.replacements") / "schemas.json"
    document: dict[str, Any] = json.loads(resource.read_text(encoding="utf-8"))
    return document


def schema_date() -> str:
    """Return the date of the bundled schemas, as `YYYY-MM-DD`."""
    return str(_document()["date"])


@cache
def schema_of(resource_type: str) -> Schema:
    """Return the rules of a type; a type outside the bundled data has no create-only properties."""
    facts = _document()["types"].get(resource_type, {})
    certain = _ALWAYS_CONDITIONAL.get(resource_type, ())
    return Schema(
        create_only=tuple(facts.get("create_only", ())) + certain,
        conditional=tuple(path for path in facts.get("conditional", ()) if path not in certain),
        name=tuple(facts.get("name", ())),
    )


def at(properties: Mapping[str, Any], path: str) -> Any:
    """Return the value under a dotted path, or None."""
    value: Any = properties
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def identity(resource_type: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that determine whether an update keeps this resource."""
    found = {path: at(properties, path) for path in schema_of(resource_type).create_only}
    return {path: value for path, value in sorted(found.items()) if value is not None}
