"""Providers of the identity pool itself."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import SecretValue, Stack

from constructs_lib.auth import Auth, IamOidcProvider, IdentityProviders, Twitter

Find = Callable[[str], Any]


def test_one_identity_may_come_from_several_providers(resources: Find) -> None:
    found = resources("federated")
    pool = found.named("AuthIdentityPool")
    assert pool["SupportedLoginProviders"] == {
        "accounts.google.com": "google-id",
        "graph.facebook.com": "facebook-id",
        "www.amazon.com": "amazon-id",
        "appleid.apple.com": "apple-id",
        "api.twitter.com": "key;{{resolve:secretsmanager:sign-in:SecretString:secret::}}",
    }
    assert pool["OpenIdConnectProviderARNs"] == [
        "<AuthAuth0OpenIdConnect.Arn>",
        "arn:aws:iam::111122223333:oidc-provider/one.example.com",
    ]
    assert pool["SamlProviderARNs"] == ["arn:aws:iam::111122223333:saml-provider/corp"]
    assert pool["DeveloperProviderName"] == "login.example.com"
    assert found.named("AuthAuth0OpenIdConnect") == {"Url": "https://x.auth0.com", "ClientIdList": ["auth0-id"]}


def test_a_rule_may_read_the_tokens_of_a_direct_provider(resources: Find) -> None:
    mapping = resources("federated").named("AuthRoleAttachment")["RoleMappings"]["accounts.google.com"]
    assert mapping == {
        "Type": "Rules",
        "AmbiguousRoleResolution": "AuthenticatedRole",
        "IdentityProvider": "accounts.google.com",
        "RulesConfiguration": {
            "Rules": [
                {
                    "Claim": "hd",
                    "MatchType": "Equals",
                    "Value": "example.com",
                    "RoleARN": "<AuthGroupgooglersRole.Arn>",
                }
            ]
        },
    }


def test_twitters_secret_does_not_stand_in_the_template(stack: Stack) -> None:
    with pytest.raises(ValueError, match="consumer_secret is plain text, which the template would contain"):
        Twitter(consumer_key="key", consumer_secret=SecretValue.unsafe_plain_text("hunter2"))
    twitter = Twitter(consumer_key="key", consumer_secret=SecretValue.ssm_secure("twitter"))
    with pytest.raises(ValueError, match="the secret of Twitter is not a reference that CloudFormation resolves here"):
        Auth(stack, "Auth", identity_providers=IdentityProviders(twitter=twitter))


def test_providers_iam_refuses_are_refused() -> None:
    with pytest.raises(ValueError, match=r"url='okta\.example\.com' is not an issuer"):
        IamOidcProvider(name="Okta", url="okta.example.com", client_ids=["id"])
    with pytest.raises(ValueError, match="list the clients whose tokens are accepted"):
        IamOidcProvider(name="Okta", url="https://okta.example.com", client_ids=[])
    with pytest.raises(ValueError, match="use letters and digits"):
        IamOidcProvider(name="my okta", url="https://okta.example.com", client_ids=["id"])
    with pytest.raises(ValueError, match="use 1 to 128 letters"):
        IdentityProviders(developer="two words")
    okta = IamOidcProvider(name="Okta", url="https://okta.example.com", client_ids=["id"])
    with pytest.raises(ValueError, match="two providers have the name 'Okta'"):
        IdentityProviders(oidc=[okta, okta])
