"""Who may write the keys of an issuer of tokens that the templates serve may sign in as any user."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document
from tests.analysis.proof.access_paths.openings import att, of, ref, sub
from tests.analysis.proof.access_paths.services_with_roles import report
from tests.analysis.proof.access_paths.test_pages import MEDIA, SITE, backend, served, writes

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
IMPORTED: Final = {"Fn::ImportValue": "issuer"}
KEYS: Final = writes("/keys/*")
WELL_KNOWN: Final = writes("/.well-known/*")


def provider(url: Any) -> Document:
    return {"Oidc": of("AWS::IAM::OIDCProvider", Url=url, ClientIdList=["app"])}


def sign_in(kind: Any, **details: Any) -> Document:
    """A provider of a user pool."""
    said = {"client_id": "a", "client_secret": "{{resolve:secretsmanager:s}}", **details}
    made = of("AWS::Cognito::UserPoolIdentityProvider", ProviderType=kind, ProviderDetails=said)
    return {"SignIn": made}


def behind_api() -> Document:
    made = backend("{key}")
    made["Route"]["Properties"]["RestApiId"] = ref("Api")
    return {**made, "Api": of("AWS::ApiGateway::RestApi", Name="a")}


MEDIA_ALONE: Final = served(Origins=MEDIA)
NAMED: Final = served(Origins=MEDIA, Aliases=["id.example.com"])
BY_DISTRIBUTION: Final = sub("https://${Web.DomainName}")
CASES: Final[dict[str, tuple[Document, Document, Status]]] = {
    "keys behind a distribution": ({**MEDIA_ALONE, **provider(BY_DISTRIBUTION)}, KEYS, UNDECIDED),
    "one's own folder beside the keys": (
        {**MEDIA_ALONE, **provider(BY_DISTRIBUTION)}, writes(f"/u/{SUB}/*"), PROVED
    ),
    "keys of a bucket by its address": (
        {**SITE, **provider(sub("https://${Site}.s3.eu-west-1.amazonaws.com"))}, KEYS, UNDECIDED
    ),
    "keys of a bucket by its domain": (
        {**SITE, **provider({"Fn::Join": ["", ["https://", att("Site", "RegionalDomainName")]]})}, KEYS, UNDECIDED
    ),
    "keys behind a route": (
        {**behind_api(), **provider(sub("https://${Api}.execute-api.eu-west-1.amazonaws.com/v1"))}, KEYS, UNDECIDED
    ),
    "keys behind a domain of a distribution": ({**NAMED, **provider("https://id.example.com")}, WELL_KNOWN, UNDECIDED),
    "what is elsewhere behind a domain of a distribution": (
        {**NAMED, **provider("https://id.example.com")}, KEYS, PROVED
    ),
    "keys of an issuer that the template does not determine": (
        {**MEDIA_ALONE, **provider(IMPORTED)}, WELL_KNOWN, UNDECIDED
    ),
    "what is elsewhere, of an issuer that the template does not determine": (
        {**MEDIA_ALONE, **provider(IMPORTED)}, KEYS, PROVED
    ),
    "keys of an identity pool's provider by its ARN": (
        {**NAMED, "Other": of("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False,
                              OpenIdConnectProviderARNs=["arn:aws:iam::1:oidc-provider/id.example.com"])},
        WELL_KNOWN, UNDECIDED,
    ),
    "keys of a user pool's provider": (
        {**MEDIA_ALONE, **sign_in("OIDC", oidc_issuer=BY_DISTRIBUTION)}, KEYS, UNDECIDED
    ),
    "metadata of a user pool's provider": (
        {**MEDIA_ALONE, **sign_in("SAML", MetadataURL=sub("https://${Web.DomainName}/saml.xml"))}, KEYS, UNDECIDED
    ),
    "what is behind a distribution, beside Google": (
        {**MEDIA_ALONE, **sign_in("Google", authorize_scopes="openid")}, WELL_KNOWN, PROVED
    ),
    "what is behind a distribution, beside an issuer of others": (
        {**MEDIA_ALONE, **provider("https://token.actions.githubusercontent.com")}, WELL_KNOWN, PROVED
    ),
    "another bucket than that of the keys": (
        {**MEDIA_ALONE, "Other": of("AWS::S3::Bucket"), **provider(sub("https://${Other}.s3.amazonaws.com"))},
        KEYS, PROVED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_who_may_write_the_keys_of_an_issuer_is_told(name: str) -> None:
    resources, right, expected = CASES[name]
    found = report(resources, right)
    stories = [each.story for each in found.findings if each.story]
    assert found.status is expected, stories
    assert any("the issuer of tokens in Site" in each for each in stories) is (expected is UNDECIDED)
