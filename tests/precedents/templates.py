"""The templates whose properties the ledger is about: the document stack's snapshots, examples and projects."""

import json
from pathlib import Path
from typing import Any, Final

from tests.apps import APPS, templates

SNAPSHOTS: Final = sorted((Path(__file__).parents[1] / "stacks/__snapshots__").glob("*/*.json"))


def of_snapshots() -> list[dict[str, Any]]:
    """Return the committed templates."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in SNAPSHOTS]


def of_apps() -> list[dict[str, Any]]:
    """Return the templates of every example and project."""
    return [template for app in APPS for template in templates(app).values()]
