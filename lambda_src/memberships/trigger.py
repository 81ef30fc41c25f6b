"""Token trigger, any version: names the tenant that a person works in, and the role they have there.

Environment: `MEMBERSHIPS_TABLE`; `TENANT_CLAIM`, the claim; `TENANT_FORM`, what its values look like; `TENANT_ROLES`, a
JSON list of roles. Its role needs `dynamodb:Query` on the table. Nothing that a client sends decides: neither metadata
nor an attribute of the user.
"""

import json
import os
from typing import Any, Final

from memberships import data
from memberships.tokens import Form, response, say

FORM: Final = Form(
    claim=os.environ.get("TENANT_CLAIM", "tenant"),
    values=os.environ.get("TENANT_FORM", ""),
    roles=frozenset(json.loads(os.environ.get("TENANT_ROLES") or "[]")),
)
_MACHINE: Final = "TokenGeneration_ClientCredentials"


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Say in the token what the table says.

    Raises:
        ValueError: For a tenant that does not fit; the sign-in fails.
    """
    if event["triggerSource"] == _MACHINE:
        return event
    person = data.person(event["request"]["userAttributes"]["sub"])
    said = say(
        FORM,
        memberships={tenant: each["role"] for tenant, each in person.memberships.items()},
        chosen=person.chosen,
        groups=(event["request"].get("groupConfiguration") or {}).get("groupsToOverride") or [],
    )
    event["response"] = response(said, event["version"])
    return event
