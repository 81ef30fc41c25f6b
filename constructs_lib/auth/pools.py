"""What an Auth stands on, however it came by it: pools made for it, or pools that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_lambda as lambda_

    from constructs_lib.auth.identity_pool import IdentityPool
    from constructs_lib.auth.roles import Roles
    from constructs_lib.auth.user_claims import Placeholders


class Clients(Protocol):
    """The clients of a user pool."""

    @property
    def by_name(self) -> Mapping[str, cognito.IUserPoolClient]:
        """Every client."""

    @property
    def first(self) -> cognito.IUserPoolClient:
        """The client whose tokens APIs accept."""

    def check_scopes(self, scopes: Iterable[str]) -> None:
        """Refuse scopes that no token can have."""

    def add_callback_urls(self, urls: Sequence[str], *, client: str | None, logout_urls: Sequence[str]) -> None:
        """Let hosted sign-in through a client, or the first that people sign in with, return to further addresses."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pools:
    """The pools of an Auth and what leads to them.

    Args:
        user_pool: Who users are.
        clients: The user pool's clients.
        domain: Where hosted pages stand; None without.
        triggers: The functions that the user pool calls, by what for.
        identity_pool: The identity pool.
        roles: The roles that it leads to.
        placeholders: What rules may name of a caller.
    """

    user_pool: cognito.IUserPool
    clients: Clients
    domain: cognito.UserPoolDomain | None
    triggers: Mapping[str, lambda_.IFunction]
    identity_pool: IdentityPool
    roles: Roles
    placeholders: Placeholders
