"""Orders, for programs whose token says that they may read them."""

import json
from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer with the orders, and who asked."""
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    return {"statusCode": 200, "body": json.dumps({"orders": [], "asked_by": claims["client_id"]})}
