"""Confirmation of the account and the region, by a person or by options, before anything is created there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.verify.session import Identity


class RefusedError(Exception):
    """The account or the region is not confirmed; the message states the remedy."""


def require_consent(
    identity: Identity, *, account: str | None, region: str | None, ask: Callable[[str], str] | None
) -> None:
    """Return if the account and the region of the credentials are confirmed.

    An account or a region is None without its option, and `ask` without a terminal.

    Raises:
        RefusedError: If the account or the region is not confirmed, or differs.
    """
    for name, flag, given, expected in (
        ("account ID", "--account", account, identity.account),
        ("region", "--region", region, identity.region),
    ):
        written = given
        if written is None:
            if ask is None:
                raise RefusedError(
                    f"the {name} is not confirmed, and there is no terminal for a prompt; add {flag} {expected} "
                    "if that is the one you mean"
                )
            written = ask(f"To go on, type the {name}").strip()
        if written != expected:
            raise RefusedError(f"the {name} is {expected}, not {written!r}; nothing was created")
