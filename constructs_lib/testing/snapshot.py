"""Templates as syrupy snapshots: one readable JSON file per test, free of asset hashes."""

import json
from typing import TYPE_CHECKING, Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from constructs_lib.testing.templates import normalized

if TYPE_CHECKING:
    from syrupy.types import SerializableData, SerializedData


class TemplateSnapshotExtension(SingleFileSnapshotExtension):
    """Serializes any input of `template_of` as normalized, sorted JSON."""

    file_extension = "template.json"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: "SerializableData", **_options: Any) -> "SerializedData":
        """Return the normalized template as text."""
        return json.dumps(normalized(data), indent=1, sort_keys=True) + "\n"
