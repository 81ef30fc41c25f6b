"""Pre token generation trigger, any version: adds the person's active tenant, and their role there.

Environment: `MEMBERSHIPS_TABLE`; `TENANT_CLAIM`, the claim; `TENANT_FORM`, the pattern of its values; `TENANT_ROLES`,
a JSON list of roles. Its role needs `dynamodb:Query` on the table. No client input, neither metadata nor a user
attribute, affects the result.
"""

import json
import os
from typing import Any, Final

from memberships import data
from memberships.tokens import Form, response, token_content

FORM: Final = Form(
    claim=os.environ.get("TENANT_CLAIM", "tenant"),
    values=os.environ.get("TENANT_FORM", ""),
    roles=frozenset(json.loads(os.environ.get("TENANT_ROLES") or "[]")),
)
_MACHINE: Final = "TokenGeneration_ClientCredentials"


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Add the claims from the table to the token.

    Raises:
        ValueError: For a tenant whose name does not match; the sign-in fails.
    """
    if event["triggerSource"] == _MACHINE:
        return event
    person = data.person(event["request"]["userAttributes"]["sub"])
    content = token_content(
        FORM,
        memberships={tenant: each["role"] for tenant, each in person.memberships.items()},
        chosen=person.chosen,
        groups=(event["request"].get("groupConfiguration") or {}).get("groupsToOverride") or [],
    )
    event["response"] = response(content, event["version"])
    return event
