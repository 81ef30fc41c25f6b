"""Host names that clients compute for an API: `<id>.execute-api.<region>.amazonaws.com`.

For APIs, stock MiniStack answers to its own host only (measured on 1.5.33); it recognizes other services' host names. A
client whose network is redirected then needs the same configuration as on AWS.
"""

import re
from typing import Final

from ministack import app

from .ministack_interface import expect_attributes, expect_parameters

_EXECUTE_API: Final = re.compile(r"^([a-z0-9]{8,10})\.execute-api\.(?:localhost|[a-z0-9-]+\.amazonaws\.com)(?::\d+)?$")


def check() -> None:
    """Refuse a MiniStack that recognises APIs differently."""
    expect_attributes(app, "_EXECUTE_API_RE")
    expect_parameters(app._parse_execute_api_url, "host", "path")


def install() -> None:
    """Widen the pattern."""
    app._EXECUTE_API_RE = _EXECUTE_API
