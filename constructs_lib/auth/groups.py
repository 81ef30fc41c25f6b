"""User-pool groups as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.access import allow
from constructs_lib.argument_checks import checked
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MAX_GROUPS: Final = 10_000
"""Groups of a user pool ("Quotas in Amazon Cognito")."""
_TYPE: Final = "AWS::Cognito::UserPoolGroup"


@checked
@dataclass(frozen=True, slots=True)
class Group:
    """A user-pool group with its own IAM role.

    The role *replaces* the authenticated role while a member is signed in, so it also gets the permissions of signed-in
    users and owners.

    Args:
        name: Its name; part of the construct ID, so changing it replaces the group.
        precedence: The lower number wins when a user is in several groups; must be unique, because Cognito chooses no
            group role on a tie. Default: the position in the list of groups, counted from 0.
        description: The description in the console, at most 2,048 characters. Default: no description.

    Raises:
        ValueError: For a name or description Cognito refuses, or a negative precedence.
    """

    name: str
    precedence: int | None = field(default=None, kw_only=True)
    description: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Check the name like a rule for the group."""
        allow.group(self.name)
        check_limits(f"precedence of group {self.name!r}", self.precedence, _TYPE, "Precedence", write="use 0 or more")
        check_limits(f"description of group {self.name!r}", self.description, _TYPE, "Description")


def check_groups_are_there(names: Iterable[str], groups: Collection[str]) -> None:
    """Refuse groups that triggers name and the pool does not have.

    Raises:
        ValueError: For the first such group.
    """
    for name in names:
        if name not in groups:
            known = ", ".join(map(repr, groups)) or "none"
            raise ValueError(
                f"a trigger names group {name!r}, which this Auth does not have (groups: {known}); add Auth(..., "
                f"groups=[Group({name!r})])"
            )


def precedences(groups: Sequence[Group]) -> dict[str, int]:
    """Return each group's precedence by name.

    Raises:
        ValueError: When two groups share a name or a precedence, or there are more than Cognito allows.
    """
    if len(groups) > MAX_GROUPS:
        raise ValueError(f"groups has {len(groups)} groups, and a user pool has at most {MAX_GROUPS:,}; remove some")
    found: dict[str, int] = {}
    folded: dict[str, str] = {}
    holders: dict[int, str] = {}
    for position, group in enumerate(groups):
        precedence = position if group.precedence is None else group.precedence
        if group.name in found:
            raise ValueError(f"two groups have the name {group.name!r}; rename one of them")
        if alike := folded.get(group.name.lower()):
            raise ValueError(
                f"groups {alike!r} and {group.name!r} differ in case only, and Cognito treats them as one; rename one "
                "of them"
            )
        if (other := holders.get(precedence)) is not None:
            raise ValueError(
                f"groups {other!r} and {group.name!r} both have precedence {precedence}, so a member of both would "
                "get neither role; use a different precedence for each"
            )
        found[group.name] = precedence
        folded[group.name.lower()] = group.name
        holders[precedence] = group.name
    return found
