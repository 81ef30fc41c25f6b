"""Pre sign-up trigger: refuses e-mail addresses outside the allowed domains.

Environment: `EMAIL_DOMAINS`, the comma-separated domains. Without it, every sign-up is refused.

It checks users who sign up or federate. Users whom an administrator creates are not checked.
"""

import os
from typing import Any, Final

DOMAINS: Final = frozenset(filter(None, os.environ.get("EMAIL_DOMAINS", "").lower().split(",")))
_INVITED: Final = "PreSignUp_AdminCreateUser"


class DomainNotAllowedError(Exception):
    """The address is outside the allowed domains; Cognito shows the message to the user who signs up."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Accept or refuse a sign-up.

    Raises:
        DomainNotAllowedError: For an address outside the allowed domains, or none.
    """
    if event["triggerSource"] == _INVITED:
        return event
    email = event["request"]["userAttributes"].get("email", "")
    name, at, domain = email.rpartition("@")
    if not (name and at) or domain.lower() not in DOMAINS:
        raise DomainNotAllowedError("this e-mail domain may not sign up")
    return event
