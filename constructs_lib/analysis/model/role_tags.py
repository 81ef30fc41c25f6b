"""Tags of roles: principal tags of each session without a session tag of that name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import is_open
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.resources import Resource, Resources


def tags_of(role: Resource) -> dict[str, str]:
    """Return a role's tags by name in lower case; a tag that the template does not spell out has an opaque name."""
    pairs = ((each.get("Key"), each.get("Value")) if isinstance(each, Mapping) else (each, each) for each in
             as_list(role.get("Tags")))  # fmt: skip
    return {text_of(key).lower(): text_of(value) for key, value in pairs}


def note_undetermined_tags(role: Role, resources: Resources) -> None:
    """Add a gap for each tag of a role whose name or value is not known, if a policy may depend on it."""
    for name, value in role.tags.items():
        if "⟦" in name or is_open(value):
            wanted = PRINCIPAL_TAG + ("" if "⟦" in name else name)
            by = next((each.name for each in resources.all if wanted in str(each.properties).lower()), "")
            if by:
                resources.gap(
                    f"{role.name} has the tag {name} with the value {value}, which the template does not determine, "
                    f"and {by} decides by principal tags: write the tag out"
                )
