"""User-pool groups as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.access import allow

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_GROUPS: Final = 10_000
"""Groups of a user pool ("Quotas in Amazon Cognito")."""
_DESCRIPTION: Final = 2_048


@dataclass(frozen=True, slots=True)
class Group:
    """A user-pool group with an IAM role of its own.

    The role *replaces* the authenticated role while a member is signed in, so it is given the rights of signed-in
    users and owners too.

    Args:
        name: Its name; part of the construct ID, so changing it replaces the group.
        precedence: The lower number wins when a user is in several groups; must be unique, because Cognito chooses
            no group role on a tie. None: the position in the list of groups, counted from 0.
        description: Shown in the console, at most 2,048 characters. Empty: none.

    Raises:
        ValueError: For a name or description Cognito refuses, or a negative precedence.
    """

    name: str
    precedence: int | None = field(default=None, kw_only=True)
    description: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Check the name as a rule about the group would."""
        allow.group(self.name)
        if self.precedence is not None and self.precedence < 0:
            raise ValueError(f"group {self.name!r} has precedence {self.precedence}; use 0 or more")
        if len(self.description) > _DESCRIPTION:
            raise ValueError(
                f"group {self.name!r} has a description of {len(self.description)} characters; "
                f"Cognito takes {_DESCRIPTION:,}"
            )


def precedences(groups: Sequence[Group]) -> dict[str, int]:
    """Return each group's precedence by name.

    Raises:
        ValueError: When two groups share a name or a precedence, or there are more than Cognito takes.
    """
    if len(groups) > MAX_GROUPS:
        raise ValueError(f"{len(groups)} groups; Cognito takes {MAX_GROUPS:,} per user pool")
    found: dict[str, int] = {}
    holders: dict[int, str] = {}
    for position, group in enumerate(groups):
        precedence = position if group.precedence is None else group.precedence
        if group.name in found:
            raise ValueError(f"two groups are called {group.name!r}; give each its own name")
        if (other := holders.get(precedence)) is not None:
            raise ValueError(
                f"groups {other!r} and {group.name!r} both have precedence {precedence}: a member of both would get "
                "neither role; give each its own number"
            )
        found[group.name] = precedence
        holders[precedence] = group.name
    return found
