"""The initial users of a pool, such as its first administrator, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.argument_checks import checked
from constructs_lib.auth.construct_ids import id_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@checked
@dataclass(frozen=True, slots=True)
class FirstUser:
    """An initial user, who gets an invitation with a temporary password.

    Args:
        name: The sign-in name: the e-mail address, the phone number (`+...`) or, in a pool of usernames, the username.
            Part of the construct ID, so changing it creates another user.
        groups: The user's groups. Default: no groups.
        email: The address for the invitation, in a pool of usernames. Default: the name is the address.
        attributes: Further attributes, such as `{"given_name": "Ada"}`. Default: no further attributes.

    Raises:
        ValueError: For an invalid name or address.
    """

    name: str
    groups: Sequence[str] = field(default=(), kw_only=True)
    email: str | None = field(default=None, kw_only=True)
    attributes: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        """Check settings that every pool would refuse."""
        if not self.name.strip():
            raise ValueError(
                f"first user {self.name!r} has no name; write the e-mail address or name they sign in with"
            )
        if self.email is not None and "@" not in self.email:
            raise ValueError(f"email={self.email!r} is not an e-mail address; write one such as 'alice@example.com'")
        if reserved := {"email", "phone_number", "email_verified", "phone_number_verified"} & {*self.attributes}:
            raise ValueError(
                f"attributes of first user {self.name!r} contains {min(reserved)!r}, which is set from the name and "
                "email; remove it"
            )

    @property
    def id(self) -> str:
        """The prefix of the construct IDs."""
        return f"First{id_part(self.name)}"
