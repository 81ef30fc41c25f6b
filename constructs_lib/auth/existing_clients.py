"""The clients of an existing user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.auth.callback_urls import extend_hosted_sign_in, forbid_cycles
from constructs_lib.auth.value_checks import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import aws_cognito as cognito

_FIRST: Final = "Client"
"""The name of the client whose tokens APIs accept."""


class ExistingClients:
    """The clients whose tokens the identity pool and APIs accept.

    Args:
        first: The client whose tokens APIs accept.
        further: Others, by name.

    Raises:
        ValueError: For an invalid name, or the first one's.

    Attributes:
        first: The value of the argument.
        by_name: All of them.
    """

    def __init__(self, first: cognito.IUserPoolClient, further: Mapping[str, cognito.IUserPoolClient]) -> None:
        """Name them."""
        for name in further:
            if name == _FIRST or not NAME.fullmatch(name):
                raise ValueError(
                    f"further_clients contains the name {name!r}; use letters and digits, beginning with a letter, "
                    f"other than {_FIRST!r}, the name of user_pool_client"
                )
        self.first = first
        self.by_name: Mapping[str, cognito.IUserPoolClient] = {_FIRST: first, **further}

    def check_scopes(self, scopes: Iterable[str]) -> None:
        """Accept every scope: the resource servers of an existing user pool are unknown."""

    def add_callback_urls(self, urls: Sequence[str], *, client: str | None, logout_urls: Sequence[str]) -> None:
        """Add addresses that hosted sign-in through a client may return to.

        Raises:
            ValueError: For an unknown or imported client, one without hosted sign-in, or an address Cognito would not
                return to.
        """
        name = client or _FIRST
        if name not in self.by_name:
            known = ", ".join(map(repr, self.by_name))
            raise ValueError(f"client {name!r} is not a client for users here; use one of {known}")
        forbid_cycles(name, self.by_name[name], [*urls, *logout_urls])
        extend_hosted_sign_in(name, self.by_name[name], callback_urls=urls, logout_urls=logout_urls)
