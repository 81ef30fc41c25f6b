"""Amplify's access levels, each one line of an access map.

Storage(self, "Files", auth=auth, access=presets.public() | presets.protected() | presets.private())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.access import allow
from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from constructs_lib.access import Rule

__all__ = ["private", "protected", "public"]


@checked
def public(*, guests: bool = True) -> dict[str, list[Rule]]:
    """Return the rules of Amplify's level `guest`: one folder, `public/`, for all.

    Args:
        guests: Whether callers who have not signed in may read it; requires `Auth(guests=True)`. Default: they may.
    """
    users = allow.authenticated.to("read", "write", "delete")
    return {"public/*": [allow.guest.to("read"), users] if guests else [users]}


@checked
def protected(*, guests: bool = False) -> dict[str, list[Rule]]:
    """Return the rules of Amplify's level `protected`: signed-in users read, only the owner writes.

    A reader must know the owner's ID: listings do not reveal owners.

    Args:
        guests: Whether callers who have not signed in may read too; needs `Auth(guests=True)`. Default: they may not.
    """
    readers = [allow.guest, allow.authenticated] if guests else [allow.authenticated]
    return {
        "protected/{owner}/*": [
            *(reader.to("read", everyone=True) for reader in readers),
            allow.owner.to("read", "write", "delete"),
        ]
    }


@checked
def private(*, guests: bool = False) -> dict[str, list[Rule]]:
    """Return the rules of Amplify's level `private`: a folder for each owner that no other user can access.

    Args:
        guests: Whether guests have folders too. A guest's identity ID works like a password and may change when they
            sign in, so that they lose access to their files. Default: they have none.
    """
    owners = [allow.owner, allow.guest_owner] if guests else [allow.owner]
    return {"private/{owner}/*": [owner.to("read", "write", "delete") for owner in owners]}
