"""App clients as values: web, native, server and machine clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from constructs_lib.argument_checks import checked
from constructs_lib.auth.token_validity import ROTATION, SESSION, TOKEN, check_tokens, check_validity
from constructs_lib.auth.value_checks import check_name, check_redirect_urls
from constructs_lib.duplicates import check_once
from constructs_lib.resource_limits import accepts, check_limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration

_CLIENT: Final = "AWS::Cognito::UserPoolClient"
_SERVER: Final = "AWS::Cognito::UserPoolResourceServer"
_MINUTE: Final = 60
OPENID_SCOPES: Final = frozenset({"openid", "email", "profile", "phone", "aws.cognito.signin.user.admin"})


@dataclass(frozen=True, kw_only=True, slots=True)
class UserClient:
    """A client that users sign in with. Use `WebClient`, `NativeClient` or `ServerClient`.

    Args:
        name: Letters and digits; part of the construct ID, so changing it replaces the client. Default: the kind of
            client: `Web`, `Native` or `Server`.
        callback_urls: Addresses that hosted sign-in may return to. Default: hosted sign-in is off for this client.
            Requires a domain; further addresses are added with `Auth.add_callback_urls`.
        logout_urls: Addresses that hosted sign-out may return to. Default: no addresses.
        scopes: The scopes of tokens from hosted sign-in: OpenID Connect's scopes, or `server/scope` of a resource
            server. Default: `openid`, `email` and `profile`, which identify the user. `aws.cognito.signin.user.admin`
            allows a page to change the user's attributes.
        providers: Names of the providers that hosted sign-in offers; "COGNITO" is the pool itself. Default: all
            providers of the pool.
        read_attributes: Attributes that the client may read. Default: all attributes of the pool.
        write_attributes: Attributes that users may write through the client. Default: sign-in names, required
            attributes, `name`, `locale`, those declared `user_writable`, and those that providers map.
        access_token_validity: The validity of access tokens, 5 minutes to a day. Default: an hour.
        id_token_validity: The validity of ID tokens, 5 minutes to a day. Default: an hour.
        refresh_token_validity: The validity of refresh tokens, and so of a sign-in, an hour to ten years. Default: 30
            days.
        refresh_token_rotation: Enables rotation: each refresh returns a new refresh token, and the old one stays valid
            for this grace period, 0 to 60 seconds. Default: a refresh token is valid until it expires or is revoked.
        auth_session_validity: The maximum time between the steps of a sign-in, 3 to 15 minutes. Default: 3 minutes.
        client_name: Its name in the console. Default: CloudFormation generates a name.
        default_redirect_uri: The address of `callback_urls` for requests that name none. Default: a request must name
            one.

    Raises:
        ValueError: For a name or an address Cognito refuses, or a validity out of its range or order.
    """

    custom_schemes: ClassVar[bool] = False
    secret: ClassVar[bool] = False

    name: str
    callback_urls: Sequence[str] = ()
    logout_urls: Sequence[str] = ()
    scopes: Sequence[str] = ("openid", "email", "profile")
    providers: Sequence[str] | None = None
    read_attributes: Sequence[str] | None = None
    write_attributes: Sequence[str] | None = None
    access_token_validity: Duration | None = None
    id_token_validity: Duration | None = None
    refresh_token_validity: Duration | None = None
    refresh_token_rotation: Duration | None = None
    auth_session_validity: Duration | None = None
    client_name: str | None = None
    default_redirect_uri: str | None = None

    def __post_init__(self) -> None:
        """Check the names, the addresses and the validities."""
        _check_names(self.name, self.client_name)
        for option in ("callback_urls", "logout_urls", "scopes", "providers", "read_attributes", "write_attributes"):
            check_once(option, getattr(self, option) or ())
        check_redirect_urls("callback_urls", self.callback_urls, custom_schemes=self.custom_schemes)
        check_redirect_urls("logout_urls", self.logout_urls, custom_schemes=self.custom_schemes)
        if self.default_redirect_uri is not None and self.default_redirect_uri not in self.callback_urls:
            raise ValueError(
                f"default_redirect_uri={self.default_redirect_uri!r} is not in callback_urls, and Cognito redirects "
                "to those only; add it there"
            )
        _check_scopes(self.scopes)
        check_tokens(
            access=self.access_token_validity, identity=self.id_token_validity, refresh=self.refresh_token_validity
        )
        check_validity("refresh_token_rotation", self.refresh_token_rotation, ROTATION)
        check_validity("auth_session_validity", self.auth_session_validity, SESSION, unit=_MINUTE, units="minutes")

    @property
    def id(self) -> str:
        """Its construct ID."""
        return f"{self.name}Client"

    @property
    def admin_sign_in(self) -> bool:
        """Whether a server signs users in with its own IAM permissions."""
        return False

    @property
    def propagates_user_context(self) -> bool:
        """Whether Cognito accepts the client's information about the source of a request."""
        return False


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class WebClient(UserClient):
    """A page in a browser: public, without a secret. Signs users in by SRP or the authorization-code flow with PKCE."""

    name: str = "Web"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class NativeClient(UserClient):
    """An app on a phone or desktop: public, and may return to a custom scheme such as `myapp://callback`."""

    custom_schemes: ClassVar[bool] = True

    name: str = "Native"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class ServerClient(UserClient):
    """A server that users sign in through: confidential, with a secret that Cognito generates.

    Args:
        admin_passwords: Whether the server may sign users in with their passwords and its own IAM permissions
            (`ADMIN_USER_PASSWORD_AUTH`). Default: by SRP or the authorization-code flow only.
        propagate_user_context: Whether Cognito uses the address of the user's device that the server passes on, for
            threat protection; requires a client with a secret. Default: Cognito uses the server's address.
    """

    secret: ClassVar[bool] = True

    name: str = "Server"
    admin_passwords: bool = False
    propagate_user_context: bool = False

    @property
    def propagates_user_context(self) -> bool:
        """Whether Cognito accepts the client's information about the source of a request."""
        return self.propagate_user_context

    @property
    def admin_sign_in(self) -> bool:
        """Whether a server signs users in with its own IAM permissions."""
        return self.admin_passwords


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class MachineClient:
    """A program without a user, which exchanges client credentials for an access token with scopes.

    Args:
        name: Letters and digits; part of the construct ID, so changing it replaces the client.
        scopes: The scopes of its tokens, each `server/scope` of a resource server.
        access_token_validity: The validity of its tokens, 5 minutes to a day. Default: an hour.
        client_name: Its name in the console. Default: CloudFormation generates a name.

    Raises:
        ValueError: For a name Cognito refuses, a validity out of its range, or no scope: Cognito issues no token
            without one.
    """

    name: str = field(kw_only=False)
    scopes: Sequence[str]
    access_token_validity: Duration | None = None
    client_name: str | None = None

    def __post_init__(self) -> None:
        """Check the names, and that there are scopes."""
        _check_names(self.name, self.client_name)
        if not self.scopes:
            raise ValueError(
                f"machine client {self.name!r} has no scopes; add a list of scopes, such as ['orders/read']"
            )
        _check_scopes(self.scopes)
        check_validity("access_token_validity", self.access_token_validity, TOKEN)

    @property
    def id(self) -> str:
        """Its construct ID."""
        return f"{self.name}Client"


Client: TypeAlias = UserClient | MachineClient


@checked
@dataclass(frozen=True, slots=True)
class ResourceServer:
    """An API whose scopes clients request.

    Args:
        identifier: The API's name in scopes, such as `orders` in `orders/read`, or its address.
        scopes: The description of each scope, by its name.
        name: Its name in the console. Default: the identifier, with a dash for each character that a name cannot have.

    Raises:
        ValueError: For names OAuth 2.0 refuses, a scope without a description, or more scopes than Cognito allows.
    """

    identifier: str
    scopes: Mapping[str, str]
    name: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Check the names against CloudFormation's schema."""
        check_limits(
            "resource server",
            self.identifier,
            _SERVER,
            "Identifier",
            write="use 1 to 256 characters without white space or quotes",
        )
        if not self.scopes:
            raise ValueError(f"resource server {self.identifier!r} has no scopes; add at least one")
        check_limits(f"scopes of resource server {self.identifier!r}", list(self.scopes), _SERVER, "Scopes")
        for scope, description in self.scopes.items():
            write = "use 1 to 256 characters without white space, quotes or slashes"
            check_limits("scope", scope, _SERVER, "Scopes[].ScopeName", write=write)
            check_limits(f"description of scope {scope!r}", description, _SERVER, "Scopes[].ScopeDescription")
        check_limits("name", self.name, _SERVER, "Name")

    @property
    def name_or_default(self) -> str:
        """Its name in the console."""
        if self.name is not None:
            return self.name
        return "".join(each if accepts(each, _SERVER, "Name") else "-" for each in self.identifier)


def check_clients(clients: Sequence[Client]) -> None:
    """Refuse duplicate client names, or no client that users sign in with.

    Raises:
        ValueError: For either.
    """
    names = [client.name for client in clients]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two clients have the name {min(twice)!r}; rename one of them")
    if not any(isinstance(client, UserClient) for client in clients):
        raise ValueError("clients contains no client for users; add WebClient(), NativeClient() or ServerClient()")


def _check_scopes(scopes: Sequence[str]) -> None:
    check_limits("scopes", list(scopes), _CLIENT, "AllowedOAuthScopes")
    for each in scopes:
        check_limits("scopes", each, _CLIENT, "AllowedOAuthScopes[]")


def _check_names(name: str, client_name: str | None) -> None:
    check_name("client", name)
    check_limits("client_name", client_name, _CLIENT, "ClientName")
