"""Who asks for tokens: web, native, server and machine clients, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from constructs_lib.auth.checks import check_redirect_urls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_IDENTIFIER: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,256}")
_SCOPE: Final = re.compile(r"[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}")
_MAX_SCOPES: Final = 100
"""Custom scopes of a resource server ("Quotas in Amazon Cognito")."""
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
        identity_providers: Names of the providers that hosted sign-in offers, "COGNITO" being the pool itself.
            None: all of the pool's.
        read_attributes: Attributes it may read. None: all that the pool has.
        write_attributes: Attributes users may write through it. None: sign-in names, required ones, `name`, `locale`,
            those declared `user_writable`, and those that providers map.
        access_token_validity: How long access tokens work, 5 minutes to a day. None: an hour.
        id_token_validity: How long ID tokens work, 5 minutes to a day. None: an hour.
        refresh_token_validity: How long a sign-in lasts, an hour to ten years. None: 30 days.
        refresh_token_rotation: Makes each refresh give a new refresh token, and the old one work for this long, 0 to
            60 seconds. None: a refresh token works until it expires or is revoked.

    Raises:
        ValueError: For a name or an address Cognito refuses.
    """

    custom_schemes: ClassVar[bool] = False
    secret: ClassVar[bool] = False

    name: str
    callback_urls: Sequence[str] = ()
    logout_urls: Sequence[str] = ()
    scopes: Sequence[str] = ("openid", "email", "profile")
    identity_providers: Sequence[str] | None = None
    read_attributes: Sequence[str] | None = None
    write_attributes: Sequence[str] | None = None
    access_token_validity: Duration | None = None
    id_token_validity: Duration | None = None
    refresh_token_validity: Duration | None = None
    refresh_token_rotation: Duration | None = None

    def __post_init__(self) -> None:
        """Check the name and the addresses."""
        _check_name(self.name)
        check_redirect_urls("callback_urls", self.callback_urls, custom_schemes=self.custom_schemes)
        check_redirect_urls("logout_urls", self.logout_urls, custom_schemes=self.custom_schemes)

    @property
    def id(self) -> str:
        """Its construct ID."""
        return f"{self.name}Client"

    @property
    def admin_sign_in(self) -> bool:
        """Whether a server signs users in with its own IAM rights."""
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class WebClient(UserClient):
    """A page in a browser: public, without a secret. Signs in by SRP or the authorization-code flow with PKCE."""

    name: str = "Web"


@dataclass(frozen=True, kw_only=True, slots=True)
class NativeClient(UserClient):
    """An app on a phone or desktop: public, and may return to a scheme of its own such as `myapp://callback`."""

    custom_schemes: ClassVar[bool] = True

    name: str = "Native"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerClient(UserClient):
    """A server that people sign in through: confidential, with a secret that Cognito makes.

    Args:
        admin_passwords: Whether the server may sign users in with their passwords and its own IAM rights
            (`ADMIN_USER_PASSWORD_AUTH`). False: by SRP or the authorization-code flow only.
    """

    secret: ClassVar[bool] = True

    name: str = "Server"
    admin_passwords: bool = False

    @property
    def admin_sign_in(self) -> bool:
        """Whether a server signs users in with its own IAM rights."""
        return self.admin_passwords


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineClient:
    """A program without a user, known by a secret: client credentials in, an access token with scopes out.

    Args:
        name: Letters and digits; part of the construct ID, so changing it replaces the client.
        scopes: What its tokens may do, each `server/scope` of a resource server.
        access_token_validity: How long its tokens work, 5 minutes to a day. None: an hour.

    Raises:
        ValueError: For a name Cognito refuses, or no scope: Cognito issues no token without.
    """

    name: str
    scopes: Sequence[str]
    access_token_validity: Duration | None = None

    def __post_init__(self) -> None:
        """Check the name, and that there is something to ask for."""
        _check_name(self.name)
        if isinstance(self.scopes, str) or not self.scopes:
            raise ValueError(f"machine client {self.name!r} needs a list of scopes, such as ['orders/read']")

    @property
    def id(self) -> str:
        """Its construct ID."""
        return f"{self.name}Client"


Client: TypeAlias = UserClient | MachineClient


@dataclass(frozen=True, slots=True)
class ResourceServer:
    """An API whose scopes clients ask for.

    Args:
        identifier: The API's name in scopes, such as `orders` in `orders/read`, or its address.
        scopes: What each scope lets do, by its name.

    Raises:
        ValueError: For names OAuth 2.0 refuses, or more scopes than Cognito takes.
    """

    identifier: str
    scopes: Mapping[str, str]

    def __post_init__(self) -> None:
        """Check the names."""
        if not _IDENTIFIER.fullmatch(self.identifier):
            raise ValueError(f"resource server {self.identifier!r}: use 1 to 256 characters without blanks and quotes")
        if not 1 <= len(self.scopes) <= _MAX_SCOPES:
            raise ValueError(
                f"resource server {self.identifier!r} has {len(self.scopes)} scopes; Cognito takes 1 to {_MAX_SCOPES}"
            )
        for scope in self.scopes:
            if not _SCOPE.fullmatch(scope):
                raise ValueError(f"scope {scope!r}: use 1 to 256 characters without blanks, quotes and slashes")


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


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"client name {name!r}: use letters and digits, beginning with a letter")
