"""Checks of the options of a load-balanced service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_cognito as cognito

from constructs_lib.cdk_tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.auth import Auth
    from constructs_lib.services.routes import ServiceRoute


_LAST_PORT: Final = 65_535
_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class HostedClient:
    """The client and the domain that users sign in through.

    Args:
        client: The client.
        domain: The domain of hosted sign-in.
    """

    client: cognito.IUserPoolClient
    domain: cognito.UserPoolDomain


def check_health_check_path(path: str) -> None:
    """Refuse anything but a path.

    Raises:
        ValueError: For anything that does not begin with a slash, or has a query.
    """
    if not _PATH.fullmatch(path):
        raise ValueError(f"health_check_path={path!r} is not a path; write one such as /health")


def check_port(port: int) -> None:
    """Refuse anything but a port.

    Raises:
        ValueError: For a number below 1 or above 65,535.
    """
    if not is_token(port) and not 1 <= port <= _LAST_PORT:
        raise ValueError(f"port={port} is not a port; write the one that the targets listen on, such as 8080")


def hosted_client(auth: Auth, name: str | None, routes: Sequence[ServiceRoute]) -> HostedClient | None:
    """Return the client that users sign in through; None without one.

    Raises:
        ValueError: If a route needs one and there is none, or a load balancer could not use it.
    """
    protected = next((route for route in routes if not route.open and route.token is None), None)
    if name is None:
        if protected is not None:
            raise ValueError(
                f"route '{protected.path}' needs a client that users sign in through; add one with a secret, as in "
                "client='Server'"
            )
        return None
    if protected is None:
        raise ValueError(
            f"client={name!r} has no effect, because no route requires a sign-in; remove it, or write "
            "access=[allow.authenticated]"
        )
    if name not in auth.clients:
        raise ValueError(f"client={name!r} is not a client of auth; use one of {', '.join(sorted(auth.clients))}")
    if auth.domain is None:
        raise ValueError(f"client={name!r} needs a hosted sign-in page; add domain= to the Auth")
    client = auth.clients[name]
    made = client.node.default_child
    if isinstance(made, cognito.CfnUserPoolClient) and made.generate_secret is not True:
        raise ValueError(
            f"client={name!r} has no secret, which a load balancer needs; write ServerClient(name={name!r})"
        )
    return HostedClient(client=client, domain=auth.domain)
