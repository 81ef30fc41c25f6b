"""A caller of the app: a guest or a signed-in user, with credentials that are renewed automatically."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import RefreshableCredentials

from constructs_lib.argument_checks import checked
from constructs_lib.client.connection import Connection
from constructs_lib.client.placeholders import IDENTITY, filled

if TYPE_CHECKING:
    import requests

_RENEW_SECONDS = 120
"""A token with less remaining validity is renewed before it is used."""


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """The tokens of a sign-in: two signed statements about the user, and a token to renew them.

    Attributes:
        id_token: The ID token (a JWT), exchanged for credentials at the identity pool.
        access_token: The access token for the user pool and for JWT routes.
        refresh_token: The token that renews the two others. All three are secret.
    """

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)

    @classmethod
    def from_result(cls, result: Mapping[str, Any], *, refresh_token: str | None = None) -> Self:
        """Parse a Cognito `AuthenticationResult`.

        Args:
            result: Cognito's response.
            refresh_token: The old one, kept when a renewal returns no new one. Default: the response contains one.

        Raises:
            ValueError: When there is neither.
        """
        kept = result.get("RefreshToken", refresh_token)
        if kept is None:
            raise ValueError("the response contains no RefreshToken; pass the one that was used, as refresh_token=...")
        return cls(
            id_token=result["IdToken"],
            access_token=result["AccessToken"],
            refresh_token=kept,
        )

    @property
    def claims(self) -> dict[str, Any]:
        """The ID token's claims, unverified: the services that accept the token verify it."""
        payload = self.id_token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims


class _EndpointSession(boto3.Session):
    """A boto3 session whose clients and resources use one endpoint; AWS if it is None."""

    def __init__(self, endpoint_url: str | None, core: botocore.session.Session, region: str) -> None:
        super().__init__(botocore_session=core, region_name=region)
        self._defaults: dict[str, Any] = {}
        if endpoint_url is not None:
            # A loopback host name cannot have a bucket's name as prefix, so the name is in the path.
            path_style = Config(s3={"addressing_style": "path"})
            self._defaults = {"endpoint_url": endpoint_url, "config": path_style}

    def client(self, *args: Any, **kwargs: Any) -> Any:
        return super().client(*args, **{**self._defaults, **kwargs})

    def resource(self, *args: Any, **kwargs: Any) -> Any:
        return super().resource(*args, **{**self._defaults, **kwargs})


@checked
class Caller:
    """A principal with temporary AWS credentials of one of the app's roles.

    Attributes:
        app: The `AppClient` of the called app.
    """

    def __init__(self, app: Connection) -> None:
        """Create a caller; the identity pool is called at the first request."""
        self.app = app

    def logins(self) -> dict[str, str]:
        """Return the proof of identity for the identity pool; a guest has none."""
        return {}

    @cached_property
    def identity_id(self) -> str:
        """The caller's ID at the identity pool: `{owner}` in folders and rows of an identity-owned app."""
        response = self.app.identities.get_id(IdentityPoolId=self.app.settings.identity_pool_id, Logins=self.logins())
        return response["IdentityId"]

    def value(self, placeholder: str) -> str:
        """Return the caller's own value of a placeholder of folders, keys and routes.

        Args:
            placeholder: `owner`, `tenant`, or the key of another claim.

        Raises:
            ValueError: For a placeholder that the app's settings do not name, or that the caller does not have.
        """
        known = self.app.settings.placeholders
        if placeholder not in known:
            raise ValueError(
                f"{{{placeholder}}} is not a placeholder of this app, which has {', '.join(sorted(known))}; add a "
                "ClientConfig, or an output 'Claims', to the stack"
            )
        return self.identity_id if known[placeholder] == IDENTITY else self._claim(placeholder, known[placeholder])

    def place(self, path: str) -> str:
        """Return a path, key or route with the caller's own values in it: `tenants/{tenant}/people/{owner}/x`.

        Raises:
            ValueError: As for `value`.
        """
        return filled(path, self.value)

    def _claim(self, placeholder: str, _claim: str) -> str:
        raise ValueError(f"a guest has no value for {placeholder}; sign in first")

    def session(self) -> boto3.Session:
        """Return a boto3 session that acts as this caller and renews its credentials automatically."""
        return self._session

    @cached_property
    def _session(self) -> boto3.Session:
        core = self.app.core()
        # botocore offers no public way to give a session refreshing credentials.
        core._credentials = self.credentials  # type: ignore[attr-defined] # untyped # noqa: SLF001 - boto3 sets it so
        return _EndpointSession(self.app.endpoint_url, core, self.app.settings.region)

    @cached_property
    def credentials(self) -> RefreshableCredentials:
        """The caller's temporary credentials; botocore renews them some minutes before they expire."""
        return RefreshableCredentials.create_from_metadata(
            metadata=self.fetch_credentials(),
            refresh_using=self.fetch_credentials,
            method="cognito-identity-pool",
        )

    def fetch_credentials(self, *, custom_role_arn: str | None = None) -> dict[str, str]:
        """Request credentials from the identity pool (the enhanced flow).

        Args:
            custom_role_arn: The role to request, if the token offers several. Default: the pool decides.

        Returns:
            `access_key`, `secret_key`, `token` and `expiry_time` (ISO 8601), in botocore's format.
        """
        custom = {} if custom_role_arn is None else {"CustomRoleArn": custom_role_arn}
        given = self.app.identities.get_credentials_for_identity(
            IdentityId=self.identity_id, Logins=self.logins(), **custom
        )["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    def request(
        self, method: str, url: str, *, json_body: Any = None, headers: Mapping[str, str] | None = None
    ) -> "requests.Response":
        """Call an API route, a function URL or an Event API as this caller, signed with SigV4.

        Args:
            method: The HTTP method.
            url: The route's full address on AWS, as the stack's outputs name it.
            json_body: Sent as JSON. Default: the request has no body.
            headers: Sent too, and signed. Default: only those of the signature.

        Returns:
            The response, with any status.
        """
        return self.app.send(
            method,
            url,
            credentials=self.credentials.get_frozen_credentials(),
            json_body=json_body,
            headers=headers or {},
        )


@checked
class Guest(Caller):
    """A caller who has not signed in."""


@checked
class User(Caller):
    """A signed-in user.

    Attributes:
        app: The app that is called.
        username: The sign-in name.
        tokens: The current tokens.
    """

    def __init__(self, app: Connection, username: str, tokens: Tokens) -> None:
        """Create a signed-in user, as `AppClient.sign_in` does."""
        super().__init__(app)
        self.username = username
        self.tokens = tokens

    @property
    def sub(self) -> str:
        """The user's ID in the user pool: `{owner}` in folders and rows of a sub-owned app."""
        return str(self.tokens.claims["sub"])

    @property
    def groups(self) -> tuple[str, ...]:
        """The user's groups, as the ID token states them."""
        return tuple(self.tokens.claims.get("cognito:groups", ()))

    def _claim(self, placeholder: str, claim: str) -> str:
        value = self.tokens.claims.get(claim)
        if not isinstance(value, str) or not value:
            raise ValueError(
                f"{self.username} has no value for {placeholder}, because the ID token does not contain the claim "
                f"{claim!r}; set the claim, then call renew_tokens()"
            )
        return value

    def logins(self) -> dict[str, str]:
        """Return the ID token under the user pool's name."""
        return {self.app.settings.provider: self.tokens.id_token}

    def fetch_credentials(self, *, custom_role_arn: str | None = None) -> dict[str, str]:
        """Request credentials from the identity pool, with tokens renewed if they are about to expire.

        Args:
            custom_role_arn: The role to request, if the token offers several. Default: the pool decides.

        Returns:
            `access_key`, `secret_key`, `token` and `expiry_time` (ISO 8601), in botocore's format.
        """
        self._renew_ending_tokens()
        return super().fetch_credentials(custom_role_arn=custom_role_arn)

    def renew_tokens(self) -> None:
        """Exchange the refresh token for new tokens, for example after a change of groups or of the active tenant.

        `session()` returns another session from then on, with credentials by the new tokens.
        """
        self._trade_refresh_token()
        for name in ("credentials", "_session"):
            self.__dict__.pop(name, None)

    def _trade_refresh_token(self) -> None:
        answer = self.app.cognito.get_tokens_from_refresh_token(
            RefreshToken=self.tokens.refresh_token, ClientId=self.app.settings.user_pool_client_id
        )
        self.tokens = Tokens.from_result(answer["AuthenticationResult"], refresh_token=self.tokens.refresh_token)

    def sign_out(self) -> None:
        """End every session of this user, on every device. Issued credentials stay valid until they expire."""
        self.app.cognito.global_sign_out(AccessToken=self.tokens.access_token)

    def _renew_ending_tokens(self) -> None:
        if self.tokens.claims["exp"] - time.time() < _RENEW_SECONDS:
            self._trade_refresh_token()
