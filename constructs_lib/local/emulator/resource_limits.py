"""Resource limits of the local cloud."""

import os
from typing import Final

PROCESSES: Final = 2 * max(2, os.cpu_count() or 1)
"""The number of one function's processes up to which a call waits for a free one instead of starting another."""

LOG_EVENTS: Final = 5_000
"""The number of events that a log stream keeps; the newest are kept."""
