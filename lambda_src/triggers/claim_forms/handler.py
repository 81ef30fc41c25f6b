"""Pre token generation trigger, any version: refuses users whose access-deciding attributes are malformed.

Environment: `CLAIM_FORMS`, the form of each attribute as JSON, such as `{"custom:tenant": "[a-z0-9-]{3,36}"}`.
A user without the attribute gets a token without the claim, which grants no access to a place that requires it.
"""

import json
import os
import re
from typing import Any, Final

# Without the variable the function does not load, and every sign-in fails.
FORMS: Final[dict[str, str]] = json.loads(os.environ["CLAIM_FORMS"])


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Accept a token whose claims match their forms.

    Raises:
        ValueError: For a value that does not match; the sign-in fails, and the user sees the message.
    """
    attributes = event["request"].get("userAttributes") or {}
    for claim, form in FORMS.items():
        if claim in attributes and not re.fullmatch(form, str(attributes[claim]), re.ASCII):
            raise ValueError(f"{claim} has an invalid value; ask an administrator of this app to correct it")
    return event
