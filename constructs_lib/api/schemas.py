"""JSON Schemas and pydantic models in the dialect of OpenAPI 3.0 and API Gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_NAME: Final = re.compile(r"[^A-Za-z0-9]")
_DEFINITIONS: Final = ("$defs", "definitions")
# Keywords that API Gateway's validator (JSON Schema draft 4) or OpenAPI 3.0 does not support. Omitting a keyword makes
# the gateway accept more, never less; the function validates again.
_DROPPED: Final = frozenset({
    "$schema", "$id", "$comment", "examples", "default", "discriminator", "exclusiveMinimum", "exclusiveMaximum",
    "contentMediaType", "contentEncoding", "propertyNames", "patternProperties", "unevaluatedProperties",
    "not", "if", "then", "else", "prefixItems", "dependentRequired", "dependentSchemas",
})  # fmt: skip
_REST: Final = {"patternProperties": "additionalProperties", "prefixItems": "items"}
"""The keyword that applies to what a dropped keyword does not: alone it would apply to everything."""
_TYPES: Final = ("object", "array", "string", "number", "integer", "boolean", "null")
_SHAPES: Final = (
    ("properties", Mapping, "properties={'name': {'type': 'string'}}"),
    ("required", (list, tuple), "required=['name']"),
    ("enum", (list, tuple), "enum=['a', 'b']"),
    ("items", (Mapping, bool), "items={'type': 'string'}"),
)
_NESTED: Final = ("items", "additionalProperties")


class Schemas:
    """The `components/schemas` of a document, filled as bodies are added."""

    def __init__(self) -> None:
        """Start without schemas."""
        self.components: dict[str, Any] = {}

    def add(self, name: str, body: Mapping[str, Any] | type[Any]) -> dict[str, str]:
        """Add a body's schema and return the reference to it.

        The body is a JSON Schema, or a pydantic model class, which has its own name.

        Raises:
            ValueError: For any other value, a reference out of the schema, or duplicate names.
        """
        if isinstance(body, type):
            if not hasattr(body, "model_json_schema"):
                raise ValueError(f"body={body.__name__} is not a pydantic model; pass a model class or a JSON Schema")
            name, schema = body.__name__, body.model_json_schema()
        else:
            schema = dict(body)
        nested = {key: value for part in _DEFINITIONS for key, value in schema.get(part, {}).items()}
        for key, value in nested.items():
            self._put(key, value)
        if "$ref" in schema:
            return {"$ref": _reference(schema["$ref"])}
        kept = {key: value for key, value in schema.items() if key not in _DEFINITIONS}
        return self._put(name if isinstance(body, type) else self._free(name, kept), kept)

    def _free(self, name: str, schema: Mapping[str, Any]) -> str:
        """Return a name for a schema without its own, with a number if another schema has it already."""
        converted, number, found = _convert(schema), 1, name
        while self.components.get(_model_name(found), converted) != converted:
            number += 1
            found = f"{name}{number}"
        return found

    def _put(self, name: str, schema: Mapping[str, Any]) -> dict[str, str]:
        # API Gateway's model names are letters and digits.
        key = _model_name(name)
        converted = _convert(schema)
        if self.components.setdefault(key, converted) != converted:
            raise ValueError(f"body has two different schemas of the name {key!r}; rename one of the models")
        return {"$ref": f"#/components/schemas/{key}"}


def _model_name(name: str) -> str:
    return _NAME.sub("", name)


def _convert(schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    _check(schema)
    if "$ref" in schema:
        return {"$ref": _reference(schema["$ref"])}
    kept: dict[str, Any] = {}
    dropped = _DROPPED | {_REST[key] for key in _REST.keys() & schema.keys()}
    for key, value in schema.items():
        if key in dropped:
            continue
        if key == "const":
            kept["enum"] = [value]
        elif key == "properties":
            kept[key] = {name: _convert(inner) for name, inner in value.items()}
        elif key in _NESTED:
            kept[key] = _convert(value)
        elif key in {"anyOf", "oneOf"}:
            # A choice without its keyword may match in addition to another one, which oneOf would refuse.
            kept["anyOf"] = [_convert(inner) for inner in value]
        elif key == "allOf":
            kept[key] = [_convert(inner) for inner in value]
        else:
            kept[key] = value
    return _without_null(kept)


def _check(schema: Mapping[str, Any]) -> None:
    """Refuse an invalid JSON Schema: API Gateway would refuse the deployment ("Data models")."""
    types = schema.get("type", "object")
    for each in types if isinstance(types, (list, tuple)) else [types]:
        if each not in _TYPES:
            raise ValueError(
                f"body has type={each!r}, which JSON Schema does not define; use one of {', '.join(_TYPES)}"
            )
    for keyword, kind, example in _SHAPES:
        if keyword in schema and not isinstance(schema[keyword], kind):
            raise ValueError(f"body has {keyword}={schema[keyword]!r}; write {example}")


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Accept any value if null is one of the choices: OpenAPI 3.0 cannot express null, and a client may send it."""
    types = schema.get("type")
    if {} in schema.get("anyOf", []) or types == "null" or (isinstance(types, list) and "null" in types):
        return {key: value for key, value in schema.items() if key in {"title", "description"}}
    return schema


def _reference(reference: str) -> str:
    place, _, name = reference.rpartition("/")
    if place in {f"#/{part}" for part in _DEFINITIONS}:
        return f"#/components/schemas/{_model_name(name)}"
    raise ValueError(
        f"$ref {reference!r} points outside the schema's definitions, and API Gateway resolves references into $defs "
        "only; move the definition into $defs"
    )
