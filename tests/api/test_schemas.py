"""Body schemas in API Gateway's dialect: looser than the model where the dialects differ, never tighter."""

import re
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from constructs_lib.api.schemas import Schemas


class Point(BaseModel):
    x: Annotated[int, Field(gt=0, le=9)]
    label: str | None = None


class Shape(BaseModel):
    kind: Literal["line"]
    points: list[Point]
    parent: "Shape | None" = None


def test_a_model_and_its_parts_become_named_schemas() -> None:
    schemas = Schemas()
    assert schemas.add("unused", Shape) == {"$ref": "#/components/schemas/Shape"}
    assert schemas.components["Point"] == {
        "title": "Point",
        "type": "object",
        "properties": {
            # exclusiveMinimum is not known to API Gateway; null is not known to OpenAPI 3.0.
            "x": {"title": "X", "type": "integer", "maximum": 9},
            "label": {"title": "Label"},
        },
        "required": ["x"],
    }
    shape = schemas.components["Shape"]
    assert shape["properties"]["kind"] == {"title": "Kind", "type": "string", "enum": ["line"]}
    assert shape["properties"]["points"]["items"] == {"$ref": "#/components/schemas/Point"}


def test_a_json_schema_takes_the_operations_name() -> None:
    schemas = Schemas()
    assert schemas.add("postShares", {"type": "object"}) == {"$ref": "#/components/schemas/postShares"}
    assert schemas.components == {"postShares": {"type": "object"}}


@pytest.mark.parametrize(
    ("schema", "kept"),
    [
        ({"not": {"exclusiveMinimum": 5}}, {}),
        (
            {"oneOf": [{"const": 1}, {"type": "string", "examples": ["a"]}]},
            {"anyOf": [{"enum": [1]}, {"type": "string"}]},
        ),
        ({"type": ["string", "null"], "maxLength": 3}, {}),
        ({"patternProperties": {"^x-": {}}, "additionalProperties": False}, {}),
        ({"prefixItems": [{"type": "string"}], "items": False, "maxItems": 1}, {"maxItems": 1}),
        (
            {"type": "object", "properties": {"default": {"type": "null"}}},
            {"type": "object", "properties": {"default": {}}},
        ),
    ],
)
def test_what_the_gateway_does_not_know_only_loosens(schema: dict[str, Any], kept: dict[str, Any]) -> None:
    schemas = Schemas()
    schemas.add("body", schema)
    assert schemas.components == {"body": kept}


def test_two_models_of_one_name_are_refused() -> None:
    schemas = Schemas()
    schemas.add("body", Point)
    schemas.add("body", Point)
    with pytest.raises(ValueError, match="body has two different schemas of the name 'Point'"):
        schemas.add("body", {"$defs": {"Point": {"type": "string"}}})


def test_two_json_schemas_of_one_operations_name_are_both_kept() -> None:
    """`POST /a-b` and `POST /a/b` have one name, and no model that could be renamed."""
    schemas = Schemas()
    added = [schemas.add("postAB", {"type": each})["$ref"] for each in ("object", "string", "object")]
    assert added == [f"#/components/schemas/{name}" for name in ("postAB", "postAB2", "postAB")]
    assert schemas.components == {"postAB": {"type": "object"}, "postAB2": {"type": "string"}}


def test_references_out_of_the_schema_and_other_classes_are_refused() -> None:
    for reference in ("https://example.com/schema.json", "#/$defs/Point/properties/x"):
        with pytest.raises(ValueError, match=re.escape(f"$ref {reference!r} points outside the schema's definitions")):
            Schemas().add("body", {"$ref": reference, "$defs": {"Point": {"properties": {"x": {}}}}})
    with pytest.raises(ValueError, match="body=int is not a pydantic model"):
        Schemas().add("body", int)
