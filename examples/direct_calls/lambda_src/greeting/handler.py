"""Answers whoever invokes it by itself: IAM let them in, and the event is theirs to write."""

import os
from typing import Any

from caller import Caller


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Greet the caller, who is known from the context alone.

    Args:
        event: Whatever the client wrote: nothing in it says who they are.
        context: Lambda's context.
    """
    caller = Caller.invoking(context, identity_pool_id=os.environ["IDENTITY_POOL_ID"])
    name = event.get("name") if isinstance(event, dict) else None
    if not isinstance(name, str) or len(name) > 100:  # noqa: PLR2004 - of a name
        return {"error": "name is a text of up to 100 characters"}
    return {"message": f"{os.environ['GREETING']}, {name}", "identity_id": caller.identity_id}
