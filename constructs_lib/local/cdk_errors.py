"""Error output of a failed CDK command: its errors, and the traceback frames of the app's own code."""

import re
from collections.abc import Sequence
from typing import Final

_LAST_LINES: Final = 25
_REPORTED: Final = "Synthesis finished with errors"
"""The CDK's line after a validation report that fails the synthesis."""
_ERROR: Final = "ERROR "
"""The start of an error in that report; the error ends with an empty line."""
_WARNING: Final = "WARNING "
_MOST_FINDINGS: Final = 20
_FRAME: Final = re.compile(r'  File "(.+)", line \d+, in ')


def last_lines(lines: Sequence[str]) -> Sequence[str]:
    """Return the last lines of a failed command without frames of packages; for a validation report, all errors."""
    found: list[list[str]] = []
    inside = False
    for line in lines:
        if line.startswith(_ERROR):
            found.append([])
            inside = True
        elif not line or line.startswith(_WARNING):
            inside = False
        if inside:
            found[-1].append(line)
    if not found or not any(_REPORTED in line for line in lines[-_LAST_LINES:]):
        return _without_packages(lines)[-_LAST_LINES:]
    left = len(found) - _MOST_FINDINGS
    shown = [line for finding in found[:_MOST_FINDINGS] for line in (*finding, "")]
    return shown[:-1] if left <= 0 else [*shown, f"... and {left} more errors"]


def _without_packages(lines: Sequence[str]) -> list[str]:
    """Return the lines without traceback frames of installed packages, except the frame that raised the error."""
    kept: list[str] = []
    frame: list[str] = []
    for line in lines:
        if match := _FRAME.match(line):
            frame = [line] if "/site-packages/" in match[1] else []
            if not frame:
                kept.append(line)
        elif frame and line.startswith("    "):
            frame.append(line)
        else:
            kept += [*frame, line]
            frame = []
    return [*kept, *frame]
