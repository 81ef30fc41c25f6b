"""Source lines of constructs, from the metadata of `cdk.out`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import readable_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRAME: Final = re.compile(r"\(?((?:[A-Za-z]:)?[^\s():]+\.\w+):(\d+)(?::\d+)?\)?$")
_LIBRARIES: Final = ("node_modules", "site-packages", "node:", "jsii-kernel")


class Lines:
    """The source lines of a `cdk.out` folder's constructs; empty for any other input.

    The CDK records them for apps in TypeScript and JavaScript; for a Python app, jsii records no stack frame.
    """

    def __init__(self, *places: str | Path) -> None:
        """Read the folders' manifests; an unreadable one contributes no lines."""
        self._lines = {name: line for place in places for name, line in _read(Path(place))}

    def of(self, name: str) -> str:
        """Return `file:line` for a construct path without its stack; empty if it is unknown."""
        return self._lines.get(name, "")


def _read(folder: Path) -> Iterator[tuple[str, str]]:
    for manifest in sorted(folder.rglob("manifest.json")) if folder.is_dir() else ():
        for artifact in _json(manifest).get("artifacts", {}).values():
            named = artifact.get("additionalMetadataFile")
            more = _json(manifest.parent / named) if isinstance(named, str) else {}
            for path, entries in {**(artifact.get("metadata") or {}), **more}.items():
                line = next(_frames(entries), "")
                if line:
                    yield readable_name({"Metadata": {"aws:cdk:path": path.lstrip("/")}}, path), line


def _frames(entries: Any) -> Iterator[str]:
    """Yield the frames of the app's own code, the innermost first."""
    for entry in entries if isinstance(entries, list) else ():
        trace = entry.get("trace") or (entry.get("data") if entry.get("type") == "aws:cdk:creationStack" else ())
        for frame in trace if isinstance(trace, list) else ():
            found = _FRAME.search(str(frame).strip())
            if found and not any(each in str(frame) for each in _LIBRARIES):
                yield f"{found.group(1)}:{found.group(2)}"


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
