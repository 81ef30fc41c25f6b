"""Handles direct invocations: IAM has authorized the caller, who writes the event."""

import os
from typing import Any

from caller import Caller


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Greet the caller, who is identified only by the context.

    Args:
        event: The client's input; it does not identify the caller.
        context: Lambda's context.
    """
    caller = Caller.invoking(context, identity_pool_id=os.environ["IDENTITY_POOL_ID"])
    name = event.get("name") if isinstance(event, dict) else None
    if not isinstance(name, str) or len(name) > 100:  # noqa: PLR2004 - the limit in the message
        return {"error": "name is a text of up to 100 characters"}
    return {"message": f"{os.environ['GREETING']}, {name}", "identity_id": caller.identity_id}
