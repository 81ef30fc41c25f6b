"""The body of a request in JSON, for overrides that read what it names before MiniStack does."""

import json
from typing import Any


def json_object(body: bytes) -> dict[str, Any]:
    """Return the members of a request; none if the body is no JSON object, which the service refuses."""
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
