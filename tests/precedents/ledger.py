"""The ledger: for each property that our templates emit, a template of AWS's own that emits it in the same form."""

import json
from pathlib import Path
from typing import Final

LEDGER: Final = Path(__file__).parent / "precedents.json"

Ledger = dict[tuple[str, str], str]
"""Type and path of a property, and `OWNER/NAME:FILE` of its precedent; "" where none was found."""


def read() -> Ledger:
    """Return the ledger."""
    document = json.loads(LEDGER.read_text(encoding="utf-8"))
    files: list[str] = ["", *document["files"]]
    return {(kind, path): files[number] for kind, paths in document["types"].items() for path, number in paths.items()}


def written(ledger: Ledger) -> str:
    """Return the ledger as JSON: files by number, 0 for none."""
    files = sorted(set(ledger.values()) - {""})
    numbers = {"": 0, **{file: number for number, file in enumerate(files, 1)}}
    types: dict[str, dict[str, int]] = {}
    for (kind, path), file in sorted(ledger.items()):
        types.setdefault(kind, {})[path] = numbers[file]
    lines = [f"  {json.dumps(kind)}: {json.dumps(paths)}" for kind, paths in types.items()]
    listed = ",\n".join(f"  {json.dumps(file)}" for file in files)
    return f'{{\n "files": [\n{listed}\n ],\n "types": {{\n' + ",\n".join(lines) + "\n }\n}\n"
