"""Providers that users sign in to the user pool with."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aws_cdk import Aws, Fn, SecretValue, Stack
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_lib.auth import (
    Attribute,
    Auth,
    Facebook,
    Google,
    LoginWithAmazon,
    Oidc,
    PrefixDomain,
    Saml,
    SignIn,
    SignInWithApple,
    Twitter,
)
from constructs_lib.auth.attributes import AttributeSet
from constructs_lib.auth.providers import Provider
from constructs_lib.auth.user_pool_providers import MAX_PROVIDERS, check_providers

Find = Callable[[str], Any]
SECRET = SecretValue.secrets_manager("sign-in")
REFERENCE = "{{resolve:secretsmanager:sign-in:SecretString:secret::}}"
GOOGLE = Google(client_id="google-id", client_secret=SECRET)
AMAZON = LoginWithAmazon(client_id="amazon-id", client_secret=SECRET)


def saml(name: str = "Corp", **mapping: str) -> Saml:
    return Saml(name=name, metadata="https://x.example.com", attribute_mapping=mapping or {"email": "mail"})


def test_each_provider_reaches_the_pool_with_its_secret_as_a_reference(resources: Find) -> None:
    found = resources("providers")
    secret = {"client_secret": REFERENCE}
    expected = {
        "Google": ("Google", {"client_id": "google-id", "authorize_scopes": "openid email profile", **secret}),
        "Facebook": (
            "Facebook",
            {
                "client_id": "facebook-id",
                "authorize_scopes": "public_profile,email",
                "api_version": "v19.0",
                **secret,
            },
        ),
        "LoginWithAmazon": (
            "LoginWithAmazon",
            {"client_id": "amazon-id", "authorize_scopes": "profile", **secret},
        ),
        "SignInWithApple": (
            "SignInWithApple",
            {
                "client_id": "apple-id",
                "team_id": "TEAM",
                "key_id": "KEY",
                "private_key": REFERENCE,
                "authorize_scopes": "email name",
            },
        ),
        "Okta": (
            "OIDC",
            {
                "client_id": "okta-id",
                "authorize_scopes": "openid email profile",
                "oidc_issuer": "https://example.okta.com",
                "attributes_request_method": "GET",
                **secret,
            },
        ),
        "One-Corp": (
            "SAML",
            {
                "MetadataURL": "https://one.example.com/saml",
                "IDPSignout": "true",
                "EncryptedResponses": "false",
                "IDPInit": "false",
                "RequestSigningAlgorithm": "rsa-sha256",
            },
        ),
        "Other": (
            "SAML",
            {"MetadataFile": "<xml/>", "IDPSignout": "false", "EncryptedResponses": "false", "IDPInit": "false"},
        ),
    }
    made = found.of_type("AWS::Cognito::UserPoolIdentityProvider")
    assert {each["ProviderName"]: (each["ProviderType"], each["ProviderDetails"]) for each in made} == expected
    assert found.named("AuthOktaProvider")["IdpIdentifiers"] == ["example.com"]
    assert found.named("AuthOne2dCorpProvider")["AttributeMapping"] == {
        "email": "mail",
        "custom:department": "dept",
    }


def test_a_client_is_made_after_the_providers_it_offers_in_any_order(
    resources: Find, templates: dict[str, dict[str, Any]]
) -> None:
    found = resources("providers")
    offered = ["COGNITO", "Facebook", "Google", "LoginWithAmazon", "Okta", "One-Corp", "Other", "SignInWithApple"]
    assert found.named("AuthWebClient")["SupportedIdentityProviders"] == offered
    assert found.named("AuthStaffClient")["SupportedIdentityProviders"] == ["Okta"]
    made = {
        id
        for id, body in templates["providers"]["Resources"].items()
        if body["Type"] == "AWS::Cognito::UserPoolIdentityProvider"
    }
    assert {*found.whole("AuthWebClient")["DependsOn"]} == made
    assert [id for id in made if "Okta" in id] == found.whole("AuthStaffClient")["DependsOn"]


def test_a_client_may_write_what_its_providers_map(resources: Find) -> None:
    found = resources("providers")
    assert "custom:department" in found.named("AuthWebClient")["WriteAttributes"]
    assert "custom:department" not in found.named("AuthStaffClient")["WriteAttributes"]


@pytest.mark.parametrize("secret", ["hunter2", SecretValue.unsafe_plain_text("hunter2"), None])
def test_a_secret_that_is_written_out_is_refused_where_it_is_written(secret: Any) -> None:
    for make in (
        lambda: Google(client_id="id", client_secret=secret),
        lambda: Facebook(client_id="id", client_secret=secret),
        lambda: LoginWithAmazon(client_id="id", client_secret=secret),
        lambda: Oidc(name="Okta", client_id="id", client_secret=secret, issuer_url="https://x.example.com"),
        lambda: Twitter(consumer_key="key", consumer_secret=secret),
        lambda: SignInWithApple(services_id="id", team_id="T", key_id="K", private_key=secret),
    ):
        with pytest.raises(ValueError, match=r"SecretValue.secrets_manager"):
            make()


@pytest.mark.parametrize(
    "secret",
    [
        SecretValue.ssm_secure("google"),
        SecretValue("hunter2-" + SecretValue.secrets_manager("google").unsafe_unwrap()),
        SecretValue(Fn.join("", ["hunter", Aws.REGION])),
    ],
    ids=["one that does not resolve", "text beside a reference", "text beside a token"],
)
def test_a_secret_that_would_stand_in_the_template_or_not_resolve_is_refused(stack: Stack, secret: SecretValue) -> None:
    provider = LoginWithAmazon(client_id="id", client_secret=secret)
    with pytest.raises(ValueError, match=r"the secret of LoginWithAmazon client_secret .* SecretValue.secrets_manager"):
        Auth(stack, "Auth", domain=PrefixDomain("my-app"), providers=[provider])


def test_an_app_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="client_id='' is empty"):
        Google(client_id="", client_secret=SECRET)
    with pytest.raises(ValueError, match=r"identifiers='example\.com/x' contains '/'"):
        Saml(name="Corp", metadata="https://x.example.com", identifiers=["example.com/x"], attribute_mapping={})


def test_the_secret_of_a_secret_construct_is_a_reference_too(stack: Stack) -> None:
    value = secretsmanager.Secret(stack, "Secret").secret_value_from_json("secret")
    Auth(stack, "Auth", domain=PrefixDomain("my-app"), providers=[LoginWithAmazon(client_id="id", client_secret=value)])
    template = stack.node.root.synth().get_stack_artifact(stack.artifact_id).template  # type: ignore[attr-defined] # the root is an App
    assert "{{resolve:secretsmanager:" in json.dumps(template)


@pytest.mark.parametrize(
    ("providers", "attributes", "message"),
    [
        (
            [saml(name="name")],
            [Attribute("given_name", required=True)],
            "attribute_mapping of 'name' does not contain given_name",
        ),
        ([saml(picture="photo")], [], "attribute_mapping of 'Corp' does not contain email"),
        ([saml(**{"custom:tier": "tier", "email": "mail"})], [], "which this user pool does not have"),
        (
            [GOOGLE],
            [Attribute("email", mutable=False)],
            "which is immutable, and Cognito writes it at each sign-in, so users",
        ),
        ([GOOGLE, GOOGLE], [], "two providers have the name 'Google'"),
        ([saml(f"Corp{number}") for number in range(MAX_PROVIDERS + 1)], [], "user pool has at most 300; remove some"),
    ],
)
def test_providers_whose_users_could_not_sign_in_are_refused(
    providers: Sequence[Provider], attributes: Sequence[Attribute], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        check_providers(providers, AttributeSet(attributes, SignIn()))


def test_a_sign_in_name_must_be_mapped(stack: Stack) -> None:
    with pytest.raises(ValueError, match="attribute_mapping of 'Google' does not contain phone_number"):
        Auth(
            stack,
            "Auth",
            sign_in=SignIn(email=False, phone=True),
            domain=PrefixDomain("my-app"),
            providers=[GOOGLE],
        )


@pytest.mark.parametrize("name", ["ab", "_corp", "my_corp", "two words", "a" * 33, "Google", "COGNITO"])
def test_a_name_cognito_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"name.*'{name}'"):
        saml(name)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"issuer_url": "http://x.example.com"}, r"issuer_url='http://x\.example\.com' is not an issuer's URL"),
        ({"issuer_url": "https://x.example.com/"}, r"issuer_url='https://x\.example\.com/' is not an issuer's URL"),
        ({"scopes": ["email"]}, "which OpenID Connect requires"),
        ({"attributes_request_method": "PUT"}, "use 'GET', 'POST'"),
    ],
)
def test_an_openid_connect_provider_cognito_refuses_is_refused(options: dict[str, Any], message: str) -> None:
    given = {"name": "Okta", "client_id": "id", "client_secret": SECRET, "issuer_url": "https://x.example.com"}
    with pytest.raises(ValueError, match=message):
        Oidc(**{**given, **options})


def test_saml_metadata_comes_over_tls() -> None:
    with pytest.raises(ValueError, match=r"metadata='http://x\.example\.com' contains the keys to trust and is not"):
        Saml(name="Corp", metadata="http://x.example.com", attribute_mapping={})
