"""Token trigger, version V2_0 or V3_0: adds claims by the groups a user is in, to both tokens.

Environment: `GROUP_CLAIMS`, the claim of each group as JSON, such as `{"editors": "may_edit"}`. The claim says `true`.
"""

import json
import os
from typing import Any, Final

CLAIMS: Final[dict[str, str]] = json.loads(os.environ.get("GROUP_CLAIMS") or "{}")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Add the claims of the user's groups, and keep the groups as they are."""
    groups = event["request"]["groupConfiguration"].get("groupsToOverride") or []
    claims = {CLAIMS[group]: True for group in groups if group in CLAIMS}
    generation = {"claimsToAddOrOverride": claims}
    event["response"] = {
        "claimsAndScopeOverrideDetails": {"idTokenGeneration": generation, "accessTokenGeneration": generation}
    }
    return event
