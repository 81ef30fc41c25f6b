"""The session policy that narrows a guest's role in the enhanced flow; the classic flow has no such limit. Pure.

`constructs_lib/guests.py`, which reads the same file, documents its content and sources.
"""

import json
from pathlib import Path
from typing import Any, Final

_ACTIONS: Final = Path(__file__).parents[2] / "guest_actions.json"

GUEST_SESSION_POLICY: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": json.loads(_ACTIONS.read_text(encoding="utf-8")), "Resource": "*"}],
}
"""Actions that it does not list are refused to guests, regardless of their role."""
