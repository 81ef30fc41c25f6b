"""Context of a call: its pool, client and user, looked up and checked in AWS's order before the operation runs."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from . import tokens, users
from .emulator_interface import Client, EmulatorInterface, Pool, User
from .errors import RefusedError, invalid, no_client, no_pool, no_user, not_authorized, wrong_code


@dataclass(kw_only=True, slots=True)
class Call:
    """A call of an operation.

    Args:
        emulator: The emulator.
        operation: The operation's name.
        data: The request's body.
        pool: The pool it names, by its ID, client or token.
        client: The app client it names; empty if it names none.
        user: The user it names; empty if it names none.
        claims: The claims of its access token.
    """

    emulator: EmulatorInterface
    operation: str
    data: dict[str, Any]
    pool: Pool = field(default_factory=dict)
    client: Client = field(default_factory=dict)
    user: User = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def admin(self) -> bool:
        """Whether an administrator calls."""
        return self.operation.startswith("Admin")

    @property
    def now(self) -> float:
        """The time in seconds."""
        return self.emulator.now()

    @property
    def metadata(self) -> dict[str, str]:
        """The call's `ClientMetadata`."""
        return dict(self.data.get("ClientMetadata") or {})


def by_pool(call: Call) -> None:
    """Find the pool."""
    pool = call.emulator.pool(str(call.data.get("UserPoolId")))
    if pool is None:
        raise no_pool(call.data.get("UserPoolId"))
    call.pool = pool


def by_pool_and_user(call: Call) -> None:
    """Find the pool and the user."""
    by_pool(call)
    user = users.find(call.pool, call.data.get("Username"))
    if user is None:
        raise no_user()
    call.user = user


def by_pool_and_client(call: Call) -> None:
    """Find the pool and the app client."""
    by_pool(call)
    client = users.client_of(call.pool, call.data.get("ClientId"))
    if client is None:
        raise no_client(call.data.get("ClientId"))
    call.client = client


def by_client(call: Call) -> None:
    """Find the app client and its pool."""
    client_id = call.data.get("ClientId")
    pool = call.emulator.pool_of_client(str(client_id))
    client = users.client_of(pool, client_id) if pool else None
    if pool is None or client is None:
        raise no_client(client_id)
    call.pool, call.client = pool, client


def by_client_and_hash(call: Call) -> None:
    """Find the app client and, if it has a secret, check the secret hash of the user's name."""
    by_client(call)
    check_secret_hash(call.client, call.data.get("Username"), call.data.get("SecretHash"))


def by_client_and_secret(call: Call) -> None:
    """Find the app client and check its secret."""
    by_client(call)
    secret, given = call.client.get("ClientSecret"), call.data.get("ClientSecret")
    if secret and not (isinstance(given, str) and hmac.compare_digest(secret.encode(), given.encode())):
        raise not_authorized("Client secret does not match the client" if given else "Client secret is missing")
    if given and not secret:
        raise invalid(f"Client {call.client['ClientId']} is not configured with a secret")


def by_token(call: Call) -> None:
    """Find the user of the access token, which needs the scope for self-service calls."""
    call.pool, call.client, call.user, call.claims = tokens.check_access(call.emulator, call.data.get("AccessToken"))
    if tokens.API_SCOPE not in str(call.claims.get("scope", "")).split():
        raise not_authorized("Access Token does not have required scopes")


def named(call: Call) -> User:
    """Return the user that a call without a token names.

    Raises:
        RefusedError: For an unknown user; for a client that hides who exists, the error of a wrong code.
    """
    user = users.find(call.pool, call.data["Username"])
    if user is None:
        if users.hides_user_existence(call.client):
            raise wrong_code()
        raise RefusedError("UserNotFoundException", "Username/client id combination not found.")
    return user


def by_nothing(call: Call) -> None:
    """Do nothing: the operation does its own lookup."""
    del call


def check_secret_hash(client: Client, name: Any, given: Any, *, answering: bool = False) -> None:
    """Check the `SECRET_HASH` of a user name: required from a client with a secret, refused from one without.

    With `answering`, for calls that respond to a challenge or refresh tokens, an unnecessary hash is ignored.
    """
    secret, client_id = client.get("ClientSecret"), client["ClientId"]
    if not secret:
        if given and not answering:
            raise invalid(f"App client {client_id} is not configured for secret but secret hash was received")
        return
    if not given:
        raise not_authorized(f"Client {client_id} is configured with secret but SECRET_HASH was not received")
    digest = hmac.new(secret.encode(), f"{name}{client_id}".encode(), hashlib.sha256).digest()
    if not isinstance(given, str) or not hmac.compare_digest(base64.b64encode(digest), given.encode()):
        raise not_authorized(f"Unable to verify secret hash for client {client_id}")
