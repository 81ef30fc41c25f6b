"""The committed template of the document app, and a run that checks it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import boto3

from constructs_lib.verify.context import Context
from constructs_lib.verify.journal import Journal
from constructs_lib.verify.run import Run

_SNAPSHOTS: Final = Path(__file__).parents[1] / "stacks/__snapshots__/test_document_stack"
STACK: Final = "Documents"


def document_template() -> dict[str, Any]:
    """Return the template of the stage `local`."""
    name = "test_the_template_is_the_committed_one[local].template.json"
    template: dict[str, Any] = json.loads((_SNAPSHOTS / name).read_text(encoding="utf-8"))
    return template


def context(
    folder: Path, session: boto3.Session, templates: Mapping[str, dict[str, Any]], *, run: Run, **options: Any
) -> Context:
    """Return the context of a run about templates.

    Args:
        folder: Where the journal goes.
        session: An administrator's.
        templates: By stack name.
        run: The run.
        options: More of the context: `endpoint_url`, `outputs`.
    """
    return Context(
        run=run,
        session=session,
        endpoint_url=options.pop("endpoint_url", None),
        templates=templates,
        assembly=folder,
        journal=Journal.begin(folder / "journals", run),
        say=lambda _: None,
        stack=STACK,
        **options,
    )
