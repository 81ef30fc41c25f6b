"""Who asks for tokens: web, native, server and machine clients, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from constructs_lib.argument_checks import checked
from constructs_lib.auth.token_validity import ROTATION, SESSION, TOKEN, check_tokens, check_validity
from constructs_lib.auth.value_checks import check_redirect_urls
from constructs_lib.duplicates import check_once
from constructs_lib.resource_limits import check_limits, takes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CLIENT: Final = "AWS::Cognito::UserPoolClient"
_SERVER: Final = "AWS::Cognito::UserPoolResourceServer"
_MINUTE: Final = 60
OPENID_SCOPES: Final = frozenset({"openid", "email", "profile", "phone", "aws.cognito.signin.user.admin"})


@dataclass(frozen=True, kw_only=True, slots=True)
class UserClient:
    """A client that people sign in with. Use `WebClient`, `NativeClient` or `ServerClient`.

    Args:
        name: Letters and digits; part of the construct ID, so changing it replaces the client. By default the kind of
            client: `Web`, `Native` or `Server`.
        callback_urls: Where hosted sign-in may return to. Empty: hosted sign-in is off for this client. Needs a
            domain; addresses known only later are added with `Auth.add_callback_urls`.
        logout_urls: Where hosted sign-out may return to. Empty: nowhere.
        scopes: What tokens of hosted sign-in may do: OpenID Connect's scopes, or `server/scope` of a resource server.
            By default to tell who the user is: `openid`, `email`, `profile`. `aws.cognito.signin.user.admin` lets a
            page change the user's attributes.
        providers: Names of the providers that hosted sign-in offers, "COGNITO" being the pool itself. None: all of
            the pool's.
        read_attributes: Attributes it may read. None: all that the pool has.
        write_attributes: Attributes users may write through it. None: sign-in names, required ones, `name`, `locale`,
            those declared `user_writable`, and those that providers map.
        access_token_validity: How long access tokens work, 5 minutes to a day. None: an hour.
        id_token_validity: How long ID tokens work, 5 minutes to a day. None: an hour.
        refresh_token_validity: How long a sign-in lasts, an hour to ten years. None: 30 days.
        refresh_token_rotation: Makes each refresh give a new refresh token, and the old one work for this long, 0 to
            60 seconds. None: a refresh token works until it expires or is revoked.
        auth_session_validity: For how long a sign-in of several steps may take from each to the next, 3 to 15
            minutes. None: 3 minutes.
        client_name: What the console calls it. None: a name that CloudFormation makes up.
        default_redirect_uri: Which of `callback_urls` hosted sign-in returns to when a request names none. None: a
            request must name one.

    Raises:
        ValueError: For a name or an address Cognito refuses, or a length of time out of its range or order.
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
        """Check the names, the addresses and the lengths of time."""
        _check_names(self.name, self.client_name)
        for option in ("callback_urls", "logout_urls", "scopes", "providers", "read_attributes", "write_attributes"):
            check_once(option, getattr(self, option) or ())
        check_redirect_urls("callback_urls", self.callback_urls, custom_schemes=self.custom_schemes)
        check_redirect_urls("logout_urls", self.logout_urls, custom_schemes=self.custom_schemes)
        if self.default_redirect_uri is not None and self.default_redirect_uri not in self.callback_urls:
            raise ValueError(
                f"default_redirect_uri={self.default_redirect_uri!r} is none of callback_urls, and Cognito returns "
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
        """Whether a server signs users in with its own IAM rights."""
        return False

    @property
    def propagates_user_context(self) -> bool:
        """Whether Cognito believes the client where a request comes from."""
        return False


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class WebClient(UserClient):
    """A page in a browser: public, without a secret. Signs in by SRP or the authorization-code flow with PKCE."""

    name: str = "Web"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class NativeClient(UserClient):
    """An app on a phone or desktop: public, and may return to a scheme of its own such as `myapp://callback`."""

    custom_schemes: ClassVar[bool] = True

    name: str = "Native"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class ServerClient(UserClient):
    """A server that people sign in through: confidential, with a secret that Cognito makes.

    Args:
        admin_passwords: Whether the server may sign users in with their passwords and its own IAM rights
            (`ADMIN_USER_PASSWORD_AUTH`). False: by SRP or the authorization-code flow only.
        propagate_user_context: Whether Cognito takes the address of the user's device from what the server passes
            on, for threat protection; only a client with a secret can. False: the server's address counts.
    """

    secret: ClassVar[bool] = True

    name: str = "Server"
    admin_passwords: bool = False
    propagate_user_context: bool = False

    @property
    def propagates_user_context(self) -> bool:
        """Whether Cognito believes the client where a request comes from."""
        return self.propagate_user_context

    @property
    def admin_sign_in(self) -> bool:
        """Whether a server signs users in with its own IAM rights."""
        return self.admin_passwords


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class MachineClient:
    """A program without a user, known by a secret: client credentials in, an access token with scopes out.

    Args:
        name: Letters and digits; part of the construct ID, so changing it replaces the client.
        scopes: What its tokens may do, each `server/scope` of a resource server.
        access_token_validity: How long its tokens work, 5 minutes to a day. None: an hour.
        client_name: What the console calls it. None: a name that CloudFormation makes up.

    Raises:
        ValueError: For a name Cognito refuses, a length of time out of its range, or no scope: Cognito issues no
            token without.
    """

    name: str = field(kw_only=False)
    scopes: Sequence[str]
    access_token_validity: Duration | None = None
    client_name: str | None = None

    def __post_init__(self) -> None:
        """Check the names, and that there is something to ask for."""
        _check_names(self.name, self.client_name)
        if isinstance(self.scopes, str) or not self.scopes:
            raise ValueError(f"machine client {self.name!r} needs a list of scopes, such as ['orders/read']")
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
    """An API whose scopes clients ask for.

    Args:
        identifier: The API's name in scopes, such as `orders` in `orders/read`, or its address.
        scopes: What each scope lets do, by its name.
        name: What the console calls it. None: the identifier, with a dash for each character a name cannot have.

    Raises:
        ValueError: For names OAuth 2.0 refuses, a scope without a description, or more scopes than Cognito takes.
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
            write="use 1 to 256 characters without blanks and quotes",
        )
        if not self.scopes:
            raise ValueError(f"resource server {self.identifier!r} has no scopes; give at least one")
        check_limits(f"scopes of resource server {self.identifier!r}", list(self.scopes), _SERVER, "Scopes")
        for scope, description in self.scopes.items():
            write = "use 1 to 256 characters without blanks, quotes and slashes"
            check_limits("scope", scope, _SERVER, "Scopes[].ScopeName", write=write)
            check_limits(f"description of scope {scope!r}", description, _SERVER, "Scopes[].ScopeDescription")
        if self.name is not None:
            check_limits("name", self.name, _SERVER, "Name")

    @property
    def name_or_default(self) -> str:
        """What the console calls it."""
        if self.name is not None:
            return self.name
        return "".join(each if takes(each, _SERVER, "Name") else "-" for each in self.identifier)


def check_clients(clients: Sequence[Client]) -> None:
    """Refuse clients of one name, or none that people sign in with.

    Raises:
        ValueError: For either.
    """
    names = [client.name for client in clients]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two clients are called {min(twice)!r}; give each its own name")
    if not any(isinstance(client, UserClient) for client in clients):
        raise ValueError("no client lets people sign in; add WebClient(), NativeClient() or ServerClient()")


def _check_scopes(scopes: Sequence[str]) -> None:
    check_limits("scopes", list(scopes), _CLIENT, "AllowedOAuthScopes")
    for each in scopes:
        check_limits("scopes", each, _CLIENT, "AllowedOAuthScopes[]")


def _check_names(name: str, client_name: str | None) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"client name {name!r}; use letters and digits, beginning with a letter")
    if client_name is not None:
        check_limits("client_name", client_name, _CLIENT, "ClientName")
