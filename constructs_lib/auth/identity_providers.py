"""Identity providers of the identity pool, which bypass the user pool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import SecretValue
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.argument_checks import checked
from constructs_lib.auth.environments import with_region_of_id
from constructs_lib.auth.secret_references import check_secret, secret_reference
from constructs_lib.auth.value_checks import check_name, is_known
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

GOOGLE: Final = "accounts.google.com"
FACEBOOK: Final = "graph.facebook.com"
AMAZON: Final = "www.amazon.com"
APPLE: Final = "appleid.apple.com"
TWITTER: Final = "api.twitter.com"
_POOL: Final = "AWS::Cognito::IdentityPool"
_IAM_PROVIDER: Final = "AWS::IAM::OIDCProvider"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Twitter:
    """A Twitter app.

    Args:
        consumer_key: Its key.
        consumer_secret: Its secret, from Secrets Manager.

    Raises:
        ValueError: For a secret that would be in the template.
    """

    consumer_key: str
    consumer_secret: SecretValue

    def __post_init__(self) -> None:
        """Check that the secret is a reference."""
        check_secret("consumer_secret", self.consumer_secret)


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class IamOidcProvider:
    """An OpenID Connect provider such as Auth0, Okta or OneLogin, registered in the account's IAM.

    An account has one OpenID Connect provider per address: pass an existing one as
    `iam.OpenIdConnectProvider.from_open_id_connect_provider_arn(...)` in its place.

    Args:
        name: Letters and digits; part of the construct ID.
        url: The issuer, as in the `iss` claim of tokens.
        client_ids: The accepted client IDs, as in the `aud` claim of tokens.

    Raises:
        ValueError: For an issuer without TLS, or no client.
    """

    name: str = field(kw_only=False)
    url: str
    client_ids: Sequence[str]

    def __post_init__(self) -> None:
        """Check settings that IAM would refuse, and that no other app's tokens are accepted."""
        check_name("provider", self.name)
        if is_known(self.url) and not self.url.startswith("https://"):
            raise ValueError(f"url={self.url!r} is not an issuer; write its URL with https://")
        if not self.client_ids:
            raise ValueError(
                f"client_ids={self.client_ids!r} is not a list of client IDs; list the clients whose tokens are "
                "accepted"
            )
        check_limits("url", self.url, _IAM_PROVIDER, "Url")
        for each in self.client_ids:
            check_limits("client_ids", each, _IAM_PROVIDER, "ClientIdList[]")

    @property
    def id(self) -> str:
        """Its construct ID."""
        return f"{self.name}OpenIdConnect"


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class UserPoolProvider:
    """Another user pool, whose users get the authenticated role; their groups do not choose roles.

    Args:
        name: Letters and digits; its name in role rules.
        user_pool: The user pool. An imported one is of the region that its ID names.
        clients: Its clients whose tokens are accepted.

    Raises:
        ValueError: For an invalid name, or no client.
    """

    name: str = field(kw_only=False)
    user_pool: cognito.IUserPool
    clients: Sequence[cognito.IUserPoolClient]

    def __post_init__(self) -> None:
        """Check the name, and that there are accepted clients."""
        check_name("provider", self.name)
        if not self.clients:
            raise ValueError(f"user pool {self.name!r} has no clients; list the clients whose tokens are accepted")

    def logins(self, scope: Construct) -> list[tuple[str, str]]:
        """Return its provider name with each client's ID."""
        provider = with_region_of_id(scope, self.user_pool).user_pool_provider_name
        return [(provider, client.user_pool_client_id) for client in self.clients]


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class IdentityProviders:
    """Providers whose users get credentials without the user pool; they get the authenticated role.

    A user who signs in at several of them keeps one identity, if the app passes the logins together.
    Default: no provider of each kind.

    Args:
        google_client_id: A Google client ID.
        facebook_app_id: A Facebook app's ID.
        amazon_app_id: A Login with Amazon app's ID.
        apple_services_id: An Apple services ID.
        twitter: A Twitter app.
        oidc: OpenID Connect providers of the account's IAM, made here or existing.
        saml: SAML providers of the account's IAM.
        user_pools: Other user pools.
        developer: The developer provider name, under which your server authenticates users
            (`GetOpenIdTokenForDeveloperIdentity`). Cannot change later.

    Raises:
        ValueError: For a developer name that Cognito refuses, or duplicate provider names.
    """

    google_client_id: str | None = None
    facebook_app_id: str | None = None
    amazon_app_id: str | None = None
    apple_services_id: str | None = None
    twitter: Twitter | None = None
    oidc: Sequence[IamOidcProvider | iam.IOpenIdConnectProvider] = ()
    saml: Sequence[iam.ISamlProvider] = ()
    user_pools: Sequence[UserPoolProvider] = ()
    developer: str | None = None

    def __post_init__(self) -> None:
        """Check names."""
        if self.developer is not None:
            write = "use 1 to 128 letters, digits, dots, hyphens and underscores"
            check_limits("developer", self.developer, _POOL, "DeveloperProviderName", write=write)
        names = [one.name for one in self.oidc if isinstance(one, IamOidcProvider)]
        names += [one.name for one in self.user_pools]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two providers have the name {min(twice)!r}; rename one of them")

    def logins(self, scope: Construct) -> dict[str, str]:
        """Return the social providers by their names in the identity pool.

        Raises:
            ValueError: For a secret that would be in the template.
        """
        logins = {
            GOOGLE: self.google_client_id,
            FACEBOOK: self.facebook_app_id,
            AMAZON: self.amazon_app_id,
            APPLE: self.apple_services_id,
        }
        if self.twitter is not None:
            secret = secret_reference(scope, self.twitter.consumer_secret, where="Twitter")
            logins[TWITTER] = f"{self.twitter.consumer_key};{secret}"
        return {name: app for name, app in logins.items() if app is not None}

    def identifiers(self, scope: Construct) -> dict[str, tuple[str, ...]]:
        """Return each provider's names in the identity pool, by its name in rules: a user pool has one for each client.

        Call it after the new providers are created.
        """
        names: dict[str, tuple[str, ...]] = {host: (host,) for host in self.logins(scope)}
        for pool in self.user_pools:
            names[pool.name] = tuple(f"{provider}:{client}" for provider, client in pool.logins(scope))
        for one in self.oidc:
            if isinstance(one, IamOidcProvider):
                made = scope.node.find_child(one.id)
                assert isinstance(made, iam.CfnOIDCProvider)  # noqa: S101 - `properties` made it
                names[one.name] = (made.attr_arn,)
            else:
                names[one.open_id_connect_provider_arn] = (one.open_id_connect_provider_arn,)
        return names | {one.saml_provider_arn: (one.saml_provider_arn,) for one in self.saml}

    def properties(self, scope: Construct) -> dict[str, Any]:
        """Return their properties of an identity pool, creating IAM providers that do not exist yet."""
        return {
            "supported_login_providers": self.logins(scope) or None,
            "open_id_connect_provider_arns": [_oidc_arn(scope, one) for one in self.oidc] or None,
            "saml_provider_arns": [one.saml_provider_arn for one in self.saml] or None,
            "developer_provider_name": self.developer,
        }


def _oidc_arn(scope: Construct, provider: IamOidcProvider | iam.IOpenIdConnectProvider) -> str:
    if isinstance(provider, IamOidcProvider):
        made = iam.CfnOIDCProvider(scope, provider.id, url=provider.url, client_id_list=list(provider.client_ids))
        return made.attr_arn
    return provider.open_id_connect_provider_arn
