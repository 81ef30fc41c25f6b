"""Limits of the permissions of guests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Validations

from constructs_lib.guests import GUEST_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from constructs_lib.access import Statement

_SERVICES: Final = frozenset(action.partition(":")[0] for action in GUEST_ACTIONS)


def warn_of_services(scope: Construct, statements: Iterable[Statement]) -> None:
    """Warn of permissions that a guest's session does not have."""
    services = {
        action.partition(":")[0] for statement in statements if not statement.deny for action in statement.actions
    }
    for service in sorted(services - _SERVICES):
        Validations.of(scope).add_warning(
            f"cognito-app:Auth.guestService.{service}",
            f"guests are given rights in {service}, which the session policy of unauthenticated identities does not "
            "include, so their calls will be denied; use a function for them, or let users sign in first",
        )
