"""Pre sign-up trigger: refuses e-mail addresses outside the allowed domains.

Environment: `EMAIL_DOMAINS`, the domains with commas between them. Without it nobody may sign up.

It judges people who sign up or federate; whom an administrator invites is the administrator's choice.
"""

import os
from typing import Any, Final

DOMAINS: Final = frozenset(filter(None, os.environ.get("EMAIL_DOMAINS", "").lower().split(",")))
_INVITED: Final = "PreSignUp_AdminCreateUser"


class DomainNotAllowedError(Exception):
    """The address is outside the allowed domains; Cognito shows the message to whoever signs up."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Let a sign-up pass, or refuse it.

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
