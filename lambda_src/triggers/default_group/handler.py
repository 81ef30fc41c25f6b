"""Post confirmation trigger: adds each new user to a group.

Environment: `DEFAULT_GROUP`, the group. Its role needs `cognito-idp:AdminAddUserToGroup` on the pool.
"""

import os
from typing import Any, Final

import boto3

GROUP: Final = os.environ.get("DEFAULT_GROUP", "")
_CONFIRMED: Final = "PostConfirmation_ConfirmSignUp"
_users: Final[Any] = boto3.client("cognito-idp")


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Add the user, unless the event confirms a forgotten password."""
    if event["triggerSource"] == _CONFIRMED:
        _users.admin_add_user_to_group(UserPoolId=event["userPoolId"], Username=event["userName"], GroupName=GROUP)
    return event
