"""Answers calls by the function's URL: Lambda writes the event, and the event says which role signed."""

import json
from typing import Any

from caller import Caller


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Say who calls, as far as a URL says it: the role, and not which user.

    Args:
        event: Of a function URL.
        context: Lambda's context.
    """
    del context
    caller = Caller.of(event)
    body = json.dumps({"role": caller.role, "path": event["rawPath"]})
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
