"""How far random searches go: a sample that is drawn alike in each run, or with `SEARCHES=full` all of it, drawn anew.

`make test SEARCHES=full` runs all tests so, and once a week the workflow does.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hypothesis import settings

_ASKED: Final = os.environ.get("SEARCHES", "sample")
if _ASKED not in {"sample", "full"}:
    raise ValueError(f"SEARCHES={_ASKED}: write sample, the default, or full")
FULL: Final = _ASKED == "full"


def size(sample: int, *, full: int) -> int:
    """Return how many cases a search tries."""
    return full if FULL else sample


def search(sample: int, *, full: int, **more: Any) -> settings:
    """Return the settings of a search by Hypothesis, without a limit to the time of a case."""
    from hypothesis import settings  # noqa: PLC0415 - searches by `random` do without it

    return settings(max_examples=size(sample, full=full), derandomize=not FULL, deadline=None, **more)
