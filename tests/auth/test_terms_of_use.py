"""Links to the terms of use and the privacy policy."""

from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, Branding, MachineClient, PrefixDomain, ResourceServer, WebClient
from tests.synthesis import HASH, plain

TERMS = "https://example.com/terms"
PRIVACY = {"default": "https://example.com/privacy", "german": "https://example.com/datenschutz"}


def test_sign_up_links_to_both_documents_in_every_language_for_every_client_of_people(stack: Stack) -> None:
    branding = Branding(terms_of_use=TERMS, privacy_policy=PRIVACY)
    Auth(
        stack,
        "Auth",
        domain=PrefixDomain("my-app", branding=branding),
        clients=[WebClient(), WebClient(name="Staff"), MachineClient(name="Batch", scopes=["orders/read"])],
        resource_servers=[ResourceServer("orders", {"read": "Read"})],
    )
    found = {
        HASH.sub("", id): body for id, body in Template.from_stack(stack).find_resources("AWS::Cognito::Terms").items()
    }
    assert sorted(found) == [
        f"Auth{client}{document}" for client in ("Staff", "Web") for document in ("PrivacyPolicy", "TermsOfUse")
    ]
    assert plain(found["AuthWebPrivacyPolicy"]["Properties"]) == {
        "UserPoolId": "<AuthUserPool>",
        "ClientId": "<AuthWebClient>",
        "TermsName": "privacy-policy",
        "TermsSource": "LINK",
        "Enforcement": "NONE",
        "Links": {"cognito:default": PRIVACY["default"], "cognito:german": PRIVACY["german"]},
    }
    assert found["AuthWebTermsOfUse"]["Properties"]["Links"] == {"cognito:default": TERMS}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"terms_of_use": TERMS}, "set, and Cognito shows neither alone; set both"),
        ({"terms_of_use": TERMS, "privacy_policy": {"german": TERMS}}, "which is used for all other languages"),
        ({"terms_of_use": TERMS, "privacy_policy": {"default": TERMS, "klingon": TERMS}}, "language of privacy_policy"),
        (
            {"terms_of_use": "http://example.com/", "privacy_policy": TERMS},
            r"terms_of_use='http://example\.com/' does not begin with https://",
        ),
        ({"terms_of_use": "https://a b/", "privacy_policy": TERMS}, "terms_of_use='https://a b/' contains ' '"),
        (
            {"terms_of_use": TERMS, "privacy_policy": TERMS, "classic": True},
            "terms_of_use and privacy_policy need managed login",
        ),
    ],
)
def test_links_that_managed_login_would_not_show_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Branding(**options)
