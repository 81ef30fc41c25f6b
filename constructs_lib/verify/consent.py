"""The account and the region are said by a person, or by flags, before anything is made there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.verify.session import Identity


class RefusedError(Exception):
    """Nobody has said that it is meant; the message says what to do."""


def require_consent(
    identity: Identity, *, account: str | None, region: str | None, ask: Callable[[str], str] | None
) -> None:
    """Return if the account and the region that AWS says are those that somebody has written.

    Args:
        identity: What AWS says.
        account: The account's ID that a flag says. None: nobody has said it.
        region: The region that a flag says. None: nobody has said it.
        ask: Asks a person to type something. None: nobody is there.

    Raises:
        RefusedError: One was not said, or is another.
    """
    for name, flag, said, meant in (
        ("account ID", "--account", account, identity.account),
        ("region", "--region", region, identity.region),
    ):
        written = said
        if written is None:
            if ask is None:
                raise RefusedError(
                    f"nobody is here to type the {name}, and {flag} does not say it: add {flag} {meant} if that is "
                    "where you mean"
                )
            written = ask(f"To go on, type the {name}").strip()
        if written != meant:
            raise RefusedError(f"the {name} is {meant}, not {written!r}: nothing was made")
