"""The create-only properties of all types, from CloudFormation's resource schemas."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from constructs_lib.analysis.template.functions import MACRO, is_function

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


def has_schema(resource_type: str) -> bool:
    """Return whether the create-only properties of a type are known."""
    return resource_type in _document()["types"]


@cache
def schema_of(resource_type: str) -> Schema:
    """Return the rules of a type; a type outside the bundled data has none (`has_schema`)."""
    facts = _document()["types"].get(resource_type, {})
    certain = _ALWAYS_CONDITIONAL.get(resource_type, ())
    return Schema(
        create_only=tuple(facts.get("create_only", ())) + certain,
        conditional=tuple(path for path in facts.get("conditional", ()) if path not in certain),
        name=tuple(facts.get("name", ())),
    )


def at(value: Any, path: str) -> Any:
    """Return the value under a dotted path, or None.

    A path leads into each item of a list (`*`) and into both branches of `Fn::If`. Another function on the way is
    itself the value: what it returns is not known.
    """
    key, _, rest = path.partition(".")
    match value:
        case list():
            inner = rest if key == "*" else path
            return [found for each in value if (found := at(each, inner) if inner else each) is not None] or None
        case {"Fn::If": [condition, *branches]} if len(value) == 1:
            chosen = [at(each, path) for each in branches]
            return {"Fn::If": [condition, *chosen]} if any(each is not None for each in chosen) else None
        case {"Ref": "AWS::NoValue"} if len(value) == 1:
            return None
        case Mapping() if len(value) == 1 and is_function(str(next(iter(value)))):
            return value
        case Mapping():
            # A macro beside other properties may add this one.
            found = value.get(key, {MACRO: value[MACRO]} if MACRO in value else None)
            return at(found, rest) if rest and found is not None else found
    return None


def identity(resource_type: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that determine whether an update keeps this resource."""
    found = {path: at(properties, path) for path in schema_of(resource_type).create_only}
    return {path: value for path, value in sorted(found.items()) if value is not None}
