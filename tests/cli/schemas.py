"""The published schemas of what commands print as JSON."""

import json
from pathlib import Path
from typing import Any, Final

import jsonschema

SCHEMAS: Final = Path(__file__).parents[2] / "docs" / "schemas"


def fits(printed: str, name: str) -> Any:
    """Return what a command has printed, which must be JSON that a published schema takes and no key more."""
    document = json.loads(printed)
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
    assert document.keys() <= schema["properties"].keys()
    return document
