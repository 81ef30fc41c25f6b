"""Orders, for programs whose token has the scope to read them."""

import json
from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Return the orders, and the calling client."""
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    return {"statusCode": 200, "body": json.dumps({"orders": [], "asked_by": claims["client_id"]})}
