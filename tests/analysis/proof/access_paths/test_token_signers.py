"""Who may sign with a key of AWS KMS may sign in as any user, if a pool trusts an issuer that signs with it."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document
from tests.analysis.proof.access_paths.openings import allow, of, ref
from tests.analysis.proof.access_paths.services_with_roles import calls, report, route
from tests.analysis.proof.access_paths.test_token_issuers import sign_in

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
SIGN: Final = allow("kms:Sign", "arn:aws:kms:eu-west-1:123456789012:key/k")
OIDC: Final = sign_in("OIDC", oidc_issuer="https://id.example.com")
BY_POLICY: Final = {
    "Key": of("AWS::KMS::Key", KeyPolicy={
        "Version": "2012-10-17", "Statement": [allow("kms:Sign", "*", Principal={"AWS": "arn:aws:iam::1:role/x"})]}),
}  # fmt: skip


def pool(**said: Any) -> Document:
    return {"Other": of("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=False, **said)}


def all_but(right: Document) -> Document:
    return {**{name: each for name, each in right.items() if name != "Resource"}, "NotResource": right["Resource"]}


CASES: Final[dict[str, tuple[Document, tuple[Document, ...], Status]]] = {
    "a user pool's provider": (OIDC, (SIGN,), UNDECIDED),
    "a user pool's provider of SAML": (sign_in("SAML", MetadataFile="<xml/>"), (SIGN,), UNDECIDED),
    "a user pool's provider of a type that is not known": (sign_in(ref("Type")), (SIGN,), UNDECIDED),
    "an identity pool's provider": (pool(OpenIdConnectProviderARNs=["arn"]), (SIGN,), UNDECIDED),
    "an identity pool's provider of SAML": (pool(SamlProviderARNs=["arn"]), (SIGN,), UNDECIDED),
    "a right on every key": (OIDC, (allow("kms:S*", "*"),), UNDECIDED),
    "a key's policy": ({**OIDC, **BY_POLICY}, (), UNDECIDED),
    "a route": ({**OIDC, **route(calls("kms:action/Sign"), SIGN)}, (), UNDECIDED),
    "a key of one's own name": (
        OIDC, (allow("kms:Sign", f"arn:aws:kms:eu-west-1:123456789012:alias/u/{SUB}"),), PROVED
    ),
    "a key of one's own name, and another": (
        OIDC, (allow("kms:Sign", [f"arn:aws:kms:eu-west-1:123456789012:alias/u/{SUB}", SIGN["Resource"]]),), UNDECIDED
    ),
    "every key but one": (OIDC, (all_but(SIGN),), UNDECIDED),
    "Google": (sign_in("Google"), (SIGN,), PROVED),
    "no provider": (pool(), (SIGN,), PROVED),
    "another use of a key": (OIDC, (allow(["kms:Verify", "kms:GenerateMac"], "*"),), PROVED),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_who_may_sign_tokens_is_told(name: str) -> None:
    resources, rights, expected = CASES[name]
    found = report(resources, *rights)
    stories = [each.story for each in found.findings if each.story]
    assert found.status is expected, stories
    assert any("kms:Sign, and so sign in as any user" in each for each in stories) is (expected is UNDECIDED)
