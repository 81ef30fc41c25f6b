"""How much of the machine the local cloud takes."""

import os
from typing import Final

PROCESSES: Final = 2 * max(2, os.cpu_count() or 1)
"""Up to how many of one function's processes a call waits for a free one instead of starting another."""

LOG_EVENTS: Final = 5_000
"""How many events a log stream keeps, the newest."""
