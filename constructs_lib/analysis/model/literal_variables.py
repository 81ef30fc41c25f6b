"""Policies in which `${...}` is literal text, because their version does not support policy variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.iam.policies import CURRENT
from constructs_lib.analysis.template.errors import place
from constructs_lib.analysis.template.unknown_values import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resources


def note_literal_variables(resources: Resources) -> None:
    """Add a note for each policy document with variables whose Version, or lack of one, does not support them.

    Source: "IAM JSON policy elements: Version" (IAM user guide).
    """
    for resource in resources.all:
        for path, document in _documents(resource.properties, ()):
            if document.get("Version") != CURRENT and any("${" in text for text in texts_in(document["Statement"])):
                version = document.get("Version")
                says = "has no Version" if version is None else f"has the Version {version}"
                resources.note(
                    f"{resource.name}: {place(*path)} {says}, so that ${{...}} in it is literal text and no variable: "
                    f'write "Version": "{CURRENT}"'
                )


def _documents(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if isinstance(value, dict) and "Statement" in value:
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _documents(inner, (*path, key))
