"""The user pool's resource servers, and the scopes that tokens can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.clients import OPENID_SCOPES, ResourceServer, UserClient
from constructs_lib.auth.construct_ids import id_part
from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs import Construct


class ResourceServers:
    """The resource servers of a user pool.

    Args:
        scope: The parent construct.
        user_pool: The user pool.
        servers: Their descriptions.

    Raises:
        ValueError: For duplicate identifiers.
    """

    def __init__(self, scope: Construct, user_pool: cognito.IUserPool, servers: Sequence[ResourceServer]) -> None:
        """Create them, and keep each `server/scope` as a reference that makes a client depend on its server."""
        self._scopes: dict[str, str] = {}
        for server in servers:
            if any(known.rpartition("/")[0] == server.identifier for known in self._scopes):
                raise ValueError(
                    f"two resource servers have the identifier {server.identifier!r}; use a different identifier for "
                    "each"
                )
            made = cognito.UserPoolResourceServer(
                scope,
                f"{id_part(server.identifier)}Server",
                user_pool=user_pool,
                identifier=server.identifier,
                user_pool_resource_server_name=server.name_or_default,
                scopes=[
                    cognito.ResourceServerScope(scope_name=name, scope_description=description)
                    for name, description in server.scopes.items()
                ],
            )
            for name in server.scopes:
                self._scopes[f"{server.identifier}/{name}"] = f"{made.user_pool_resource_server_id}/{name}"

    def check_scopes(self, scopes: Iterable[str]) -> None:
        """Refuse scopes of a route that neither OpenID Connect nor a resource server has.

        Raises:
            ValueError: For the first such scope.
        """
        for scope in scopes:
            if scope not in OPENID_SCOPES:
                self.scope(scope, "a route")

    def hosted_scopes(self, client: UserClient) -> list[str]:
        """Return the scopes of a client's tokens from hosted sign-in, as in the template.

        Raises:
            ValueError: For a scope that does not exist.
        """
        return [
            scope if scope in OPENID_SCOPES else self.scope(scope, f"client {client.name!r}") for scope in client.scopes
        ]

    def scope(self, scope: str, asked_by: str) -> str:
        """Return a resource server's scope as in the template.

        The scope is `server/scope`; `asked_by` is the requester, for the error.

        Raises:
            ValueError: For a scope that does not exist.
        """
        if is_token(scope):
            return scope
        if scope not in self._scopes:
            raise ValueError(
                f"{asked_by} requires scope {scope!r}, which no resource server has (scopes: "
                f"{', '.join(map(repr, self._scopes)) or 'none'}); declare it in resource_servers, or use one of "
                f"{', '.join(sorted(OPENID_SCOPES))}"
            )
        return self._scopes[scope]
