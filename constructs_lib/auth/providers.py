"""Identity providers of the user pool: social providers, OpenID Connect and SAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

from constructs_lib.argument_checks import checked
from constructs_lib.auth.secret_references import check_secret
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import SecretValue

SOCIAL: Final = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
"""Kinds of providers where everyone can create an account."""
_TYPE: Final = "AWS::Cognito::UserPoolIdentityProvider"


def _email() -> dict[str, str]:
    """Map the one attribute every social provider sends."""
    return {"email": "email"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _App:
    """A provider that knows the app by an ID and a secret."""

    client_id: str
    client_secret: SecretValue
    scopes: Sequence[str]
    attribute_mapping: Mapping[str, str] = field(default_factory=_email)

    def __post_init__(self) -> None:
        """Check that the secret is a reference."""
        _check_app(client_id=self.client_id)
        check_secret("client_secret", self.client_secret)

    def details(self) -> dict[str, Any]:
        """Return its properties for Cognito."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "authorize_scopes": " ".join(self.scopes),
        }


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Google(_App):
    """Sign in with Google.

    Args:
        client_id: The client ID from Google.
        client_secret: Its secret, from Secrets Manager: `SecretValue.secrets_manager("google", json_field="secret")`.
        scopes: The scopes requested from Google. Default: `openid`, `email` and `profile`.
        attribute_mapping: Google's attribute by the pool's attribute. Default: only the e-mail address.

    Raises:
        ValueError: For a secret that would be in the template.
    """

    name: ClassVar[str] = "Google"
    kind: ClassVar[str] = "Google"

    scopes: Sequence[str] = ("openid", "email", "profile")


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Facebook(_App):
    """Sign in with Facebook.

    Args:
        client_id: The app's ID.
        client_secret: Its secret, from Secrets Manager.
        scopes: The scopes requested from Facebook. Default: `public_profile` and `email`.
        api_version: Facebook's API version, such as `v19.0`. Default: the version that Cognito uses.
        attribute_mapping: Facebook's attribute by the pool's attribute. Default: only the e-mail address.

    Raises:
        ValueError: For a secret that would be in the template.
    """

    name: ClassVar[str] = "Facebook"
    kind: ClassVar[str] = "Facebook"

    scopes: Sequence[str] = ("public_profile", "email")
    api_version: str | None = None

    def details(self) -> dict[str, Any]:
        """Return its properties for Cognito."""
        version = {"api_version": self.api_version} if self.api_version else {}
        # Only Facebook separates scopes by commas.
        return {**_App.details(self), "authorize_scopes": ",".join(self.scopes), **version}


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class LoginWithAmazon(_App):
    """Sign in with Amazon.

    Args:
        client_id: The client ID from Amazon.
        client_secret: Its secret, from Secrets Manager.
        scopes: The scopes requested from Amazon. Default: `profile`, which includes the e-mail address.
        attribute_mapping: Amazon's attribute by the pool's attribute. Default: only the e-mail address.

    Raises:
        ValueError: For a secret that would be in the template.
    """

    name: ClassVar[str] = "LoginWithAmazon"
    kind: ClassVar[str] = "LoginWithAmazon"

    scopes: Sequence[str] = ("profile",)


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class SignInWithApple:
    """Sign in with Apple.

    Args:
        services_id: The services ID, Apple's term for a client ID.
        team_id: The team's ID.
        key_id: The key's ID.
        private_key: The key itself, from Secrets Manager.
        scopes: The scopes requested from Apple. Default: `email` and `name`.
        attribute_mapping: Apple's attribute by the pool's attribute. Default: only the e-mail address.

    Raises:
        ValueError: For a secret that would be in the template.
    """

    name: ClassVar[str] = "SignInWithApple"
    kind: ClassVar[str] = "SignInWithApple"

    services_id: str
    team_id: str
    key_id: str
    private_key: SecretValue
    scopes: Sequence[str] = ("email", "name")
    attribute_mapping: Mapping[str, str] = field(default_factory=_email)

    def __post_init__(self) -> None:
        """Check that the private key is a reference."""
        _check_app(services_id=self.services_id, team_id=self.team_id, key_id=self.key_id)
        check_secret("private_key", self.private_key)

    def details(self) -> dict[str, Any]:
        """Return its properties for Cognito."""
        return {
            "client_id": self.services_id,
            "team_id": self.team_id,
            "key_id": self.key_id,
            "private_key": self.private_key,
            "authorize_scopes": " ".join(self.scopes),
        }


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Oidc(_App):
    """Sign in with any OpenID Connect provider, such as Auth0, Okta or Entra ID.

    Args:
        name: Its name in clients and pages, 3 to 32 characters. Changing it replaces the provider and its users.
        client_id: The client ID from the provider.
        client_secret: Its secret, from Secrets Manager.
        issuer_url: The base address of its `.well-known/openid-configuration`, without a trailing slash.
        scopes: The requested scopes, which must include `openid`. Default: `openid`, `email` and `profile`.
        attributes_request_method: The HTTP method by which Cognito requests attributes. Default: "GET".
        identifiers: Domains or words that select this provider, such as `example.com`. Default: only its name.
        attribute_mapping: The provider's claim by the pool's attribute. Default: only the e-mail address.

    Raises:
        ValueError: For a name or address Cognito refuses, or a secret that would be in the template.
    """

    kind: ClassVar[str] = "OIDC"

    name: str = field(kw_only=False)
    issuer_url: str
    scopes: Sequence[str] = ("openid", "email", "profile")
    attributes_request_method: Literal["GET", "POST"] = "GET"
    identifiers: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the name, the secret, the issuer and the scopes."""
        _check_name(self.name)
        _App.__post_init__(self)
        _check_identifiers(self.identifiers)
        if not self.issuer_url.startswith("https://") or self.issuer_url.endswith("/"):
            raise ValueError(
                f"issuer_url={self.issuer_url!r} is not an issuer's URL; write it with https:// and without a slash "
                "at the end"
            )
        if "openid" not in self.scopes:
            raise ValueError(
                f"scopes={list(self.scopes)!r} does not contain 'openid', which OpenID Connect requires; add it"
            )

    def details(self) -> dict[str, Any]:
        """Return its properties for Cognito."""
        return {
            **_App.details(self),
            "oidc_issuer": self.issuer_url,
            "attributes_request_method": self.attributes_request_method,
        }


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Saml:
    """Sign in with a SAML provider of an organisation.

    Args:
        name: Its name in clients and pages, 3 to 32 characters. Changing it replaces the provider and its users.
        metadata: The address of its metadata document, or the document itself.
        identifiers: Domains or words that select this provider, such as `example.com`. Default: only its name.
        sign_out: Whether signing out also signs out at the provider. Default: it does not.
        encrypted_responses: Whether its responses must be encrypted. Default: they need not.
        provider_initiated: Whether a sign-in may begin at the provider's page. Default: it begins at the pool, which
            prevents sign-ins that the user did not request.
        sign_requests: Whether requests to it are signed. Default: they are not.
        attribute_mapping: The assertion's attribute by the pool's attribute.

    Raises:
        ValueError: For a name or address Cognito refuses.
    """

    kind: ClassVar[str] = "SAML"

    name: str = field(kw_only=False)
    metadata: str
    identifiers: Sequence[str] = ()
    sign_out: bool = False
    encrypted_responses: bool = False
    provider_initiated: bool = False
    sign_requests: bool = False
    attribute_mapping: Mapping[str, str]

    def __post_init__(self) -> None:
        """Check the name, and that the metadata comes over TLS."""
        _check_name(self.name)
        _check_app(metadata=self.metadata)
        _check_identifiers(self.identifiers)
        if self.metadata.startswith("http://"):
            raise ValueError(
                f"metadata={self.metadata!r} contains the keys to trust and is not transmitted over https; use https, "
                "or pass the document itself"
            )

    def details(self) -> dict[str, Any]:
        """Return its properties for Cognito."""
        source = "MetadataURL" if self.metadata.startswith("https://") else "MetadataFile"
        options = {
            "IDPSignout": self.sign_out,
            "EncryptedResponses": self.encrypted_responses,
            "IDPInit": self.provider_initiated,
        }
        details: dict[str, Any] = {source: self.metadata, **{key: str(on).lower() for key, on in options.items()}}
        return {**details, "RequestSigningAlgorithm": "rsa-sha256"} if self.sign_requests else details


Provider: TypeAlias = Google | Facebook | LoginWithAmazon | SignInWithApple | Oidc | Saml


def _check_app(**given: str) -> None:
    """Refuse an ID that the provider cannot have issued."""
    for option, value in given.items():
        if not value.strip():
            raise ValueError(f"{option}={value!r} is empty; write the value that the provider issued for your app")


def _check_identifiers(identifiers: Sequence[str]) -> None:
    check_limits("identifiers", list(identifiers), _TYPE, "IdpIdentifiers")
    for each in identifiers:
        check_limits("identifiers", each, _TYPE, "IdpIdentifiers[]")


def _check_name(name: str) -> None:
    write = "use 3 to 32 characters without white space, and _ only in the second position"
    check_limits("name", name, _TYPE, "ProviderName", write=write)
    if name in {*SOCIAL, "COGNITO"}:
        raise ValueError(f"provider name {name!r} is reserved by Cognito; use another name")
