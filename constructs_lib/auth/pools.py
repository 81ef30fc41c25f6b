"""The pools of an Auth, new or existing."""

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
        """Add addresses that hosted sign-in through a client may return to, by default the first client of users."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pools:
    """The pools of an Auth with their clients and roles.

    Args:
        user_pool: The user pool.
        clients: The user pool's clients.
        domain: The domain of hosted pages; None without.
        triggers: The functions that the user pool invokes, by trigger.
        identity_pool: The identity pool.
        roles: The roles that it assigns.
        placeholders: The placeholders that rules can contain.
    """

    user_pool: cognito.IUserPool
    clients: Clients
    domain: cognito.UserPoolDomain | None
    triggers: Mapping[str, lambda_.IFunction]
    identity_pool: IdentityPool
    roles: Roles
    placeholders: Placeholders
