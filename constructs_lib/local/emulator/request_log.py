"""What was decided about the last requests, in a file for its user alone: a line of JSON for each. Pure.

No tokens, keys or signatures are in it: what it takes from a request is what IAM decides by, and from an answer its
code and its message.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

REQUESTS: Final = "requests.jsonl"
"""The file's name, in the folder of the local cloud."""
MOST: Final = 1000
"""How many requests are kept at least; twice as many at most."""


class RequestLog:
    """A bounded log; it begins empty.

    Args:
        path: The file. What of it cannot be written is lost: no request fails for it.
        most: How many requests are kept at least.
    """

    def __init__(self, path: Path, most: int = MOST) -> None:
        """Begin it."""
        self._path, self._most, self._count = path, most, 0
        self._write([])

    def add(self, entry: dict[str, Any]) -> None:
        """Add a request."""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
            self._count += 1
            if self._count >= 2 * self._most:
                self._write(self._path.read_text(encoding="utf-8").splitlines(keepends=True)[-self._most :])
        except OSError:
            return

    def _write(self, lines: list[str]) -> None:
        try:
            # Made with mode 0600.
            number, draft = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.writelines(lines)
            Path(draft).replace(self._path)
        except OSError:
            return
        self._count = len(lines)
