"""Access to routes in addition to the subjects of the access language: a token, an API key, or no authorization."""

from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn, TypeAlias

from constructs_lib.access import Subject
from constructs_lib.access.public_access import Open
from constructs_lib.argument_checks import checked


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Jwt:
    """A token of the user pool in the `Authorization` header. Made by `jwt`.

    Args:
        scopes: The token must have one of these. Default: no scope is required.
    """

    _written: ClassVar = "jwt()"

    scopes: tuple[str, ...] = ()


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """A key of a usage plan in the `x-api-key` header. Written `api_key`."""

    _written: ClassVar = "api_key"

    def __call__(self) -> NoReturn:
        """Return its notation in a rule."""
        raise ValueError("api_key() is a call, and api_key is not a function; write api_key, without parentheses")


Access: TypeAlias = Subject | Jwt | ApiKey | Open

api_key: Final = ApiKey()
"""Requires the key of a usage plan; REST only. An API key alone identifies a client but is not authentication."""


@checked
def jwt(*scopes: str) -> Jwt:
    """Open a route to user-pool tokens instead of signed requests.

    Without scopes an HTTP API accepts ID and access tokens, a REST API only ID tokens; with scopes both accept only
    access tokens (API Gateway: "Control access to a REST API using Amazon Cognito user pools"). An HTTP API accepts
    tokens of every client of the Auth, including machine clients. So does a REST API of an existing user pool, whose
    routes with scopes accept those of every client that has the scope; one of a new pool accepts tokens of every client
    of the pool, also of those that other stacks add. Groups are not checked: the function reads them from the token.

    Args:
        scopes: The token must have one of these.

    Raises:
        ValueError: For an empty scope.
    """
    if not all(scopes):
        raise ValueError("jwt('') has an empty scope; write the scope, as in jwt('shares/read'), or jwt()")
    return Jwt(scopes=scopes)
