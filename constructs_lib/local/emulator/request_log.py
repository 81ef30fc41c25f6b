"""Log of decisions on the latest requests: a private file with a line of JSON for each. Pure.

It contains no tokens, keys or signatures: from a request it records the inputs of IAM's decision, from a response the
code and the message.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

REQUESTS: Final = "requests.jsonl"
"""The file's name, in the folder of the local cloud."""
MOST: Final = 1000
"""The minimum number of kept requests; the maximum is twice as many."""


class RequestLog:
    """Bounded log, initially empty.

    Entries that cannot be written are lost: requests do not fail for it. `most` is the minimum number of kept requests.
    """

    def __init__(self, path: Path, most: int = MOST) -> None:
        """Create an empty log."""
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
            # Created with mode 0600.
            number, draft = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.writelines(lines)
            Path(draft).replace(self._path)
        except OSError:
            return
        self._count = len(lines)
