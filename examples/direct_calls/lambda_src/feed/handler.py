"""Handles calls of the function URL: Lambda writes the event, which names the signing role."""

import json
from typing import Any

from caller import Caller


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the caller's role; a function URL does not identify the user.

    Args:
        event: The event of a function URL.
        context: Lambda's context.
    """
    del context
    caller = Caller.of(event)
    body = json.dumps({"role": caller.role, "path": event["rawPath"]})
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
