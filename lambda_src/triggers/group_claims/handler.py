"""Pre token generation trigger, version V2_0 or V3_0: adds a claim to both tokens for each group of the user.

Environment: `GROUP_CLAIMS`, the claim of each group as JSON, such as `{"editors": "may_edit"}`. Its value is `true`.
"""

import json
import os
from typing import Any, Final

CLAIMS: Final[dict[str, str]] = json.loads(os.environ.get("GROUP_CLAIMS") or "{}")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Add the claims of the user's groups, and leave the groups unchanged."""
    groups = event["request"]["groupConfiguration"].get("groupsToOverride") or []
    claims = {CLAIMS[group]: True for group in groups if group in CLAIMS}
    generation = {"claimsToAddOrOverride": claims}
    event["response"] = {
        "claimsAndScopeOverrideDetails": {"idTokenGeneration": generation, "accessTokenGeneration": generation}
    }
    return event
