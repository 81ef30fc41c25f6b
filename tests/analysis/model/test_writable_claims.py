"""A client, provider or mapping whose pool the templates do not determine may belong to each pool of theirs."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.ownership_metadata import CLAIMS_KEY
from tests.analysis.conftest import BUCKET, SUB, Document, join, trust
from tests.analysis.proof.test_claims import FOLDERS, FORM, proved, providers, stories
from tests.analysis.proof.test_traps import allow

OWN = allow("s3:GetObject", join(BUCKET, f"/private/{SUB}/*"))
UNDETERMINED = [
    {"Ref": "Pool0Id"},
    {"Fn::ImportValue": "pool"},
    "{{resolve:ssm:/auth/pool}}",
    "us-east-1_abcdefghi",
    {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "PoolIds"}]}]},
]


def _with(kind: str, said: Document, **options: Any) -> Report:
    more = providers({"tenant": "custom:tenant"}, **options)
    other = {"Type": "AWS::Cognito::UserPool", "Properties": {}}
    added = {"Type": f"AWS::Cognito::{kind}", "Properties": said}
    return proved([FOLDERS], {**more, "Other": other, "Added": added}, tenant=FORM)


@pytest.mark.parametrize("pool", UNDETERMINED, ids=["parameter", "import", "ssm", "literal", "split"])
def test_a_client_of_an_undetermined_pool_may_let_users_write_the_claim(pool: Any) -> None:
    report = _with("UserPoolClient", {"UserPoolId": pool})
    assert report.status is Status.UNDECIDED
    assert "Added may be a client of UserPool0, and lets users write the claim 'custom:tenant'" in stories(report)
    assert _with("UserPoolClient", {"UserPoolId": pool, "WriteAttributes": ["email"]}).status is Status.PROVED


def test_a_client_of_another_pool_of_the_templates_lets_nobody_write_here() -> None:
    assert _with("UserPoolClient", {"UserPoolId": {"Ref": "Other"}}).status is Status.PROVED


def test_a_mapping_of_an_undetermined_identity_pool_may_set_the_tags_of_any() -> None:
    said = {"IdentityPoolId": {"Fn::ImportValue": "pool"}, "IdentityProviderName": "x", "PrincipalTags": {}}
    report = _with("IdentityPoolPrincipalTag", said)
    assert "write the pool's Ref as its IdentityPoolId" in stories(report)


SAML = "arn:aws:iam::123456789012:saml-provider/x"


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("provider", [SAML, "cognito-idp.us-east-1.amazonaws.com/us-east-1_other", "idp.example.com"])
def test_metadata_does_not_vouch_for_a_provider_outside_the_templates(provider: str, *, first: bool) -> None:
    more = providers({"tenant": "custom:tenant"})
    outside = {
        "IdentityPoolId": {"Ref": "Pool"},
        "IdentityProviderName": provider,
        "PrincipalTags": {"tenant": "custom:tenant"},
    }
    added = {"Added": {"Type": "AWS::Cognito::IdentityPoolPrincipalTag", "Properties": outside}}
    more["Tags0"]["Metadata"] = {CLAIMS_KEY: {"custom:tenant": FORM}}
    every = {**added, **more} if first else {**more, **added}
    report = proved([FOLDERS], every)
    assert report.status is Status.UNDECIDED
    assert f"{provider}, which is not in the templates, fills the claim 'custom:tenant'" in stories(report)
    assert proved([FOLDERS], every, tenant=FORM).status is Status.PROVED


def _ruled(claim: str, provider: Any, *, client: Document | None = None, **declared: str) -> Report:
    rule = {"Claim": claim, "MatchType": "Equals", "Value": "x", "RoleARN": {"Fn::GetAtt": ["Admin", "Arn"]}}
    mapping = {"Type": "Rules", "IdentityProvider": provider, "RulesConfiguration": {"Rules": [rule]}}
    more = providers(None)
    more["Admin"] = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust()}}
    more["Rules"] = {
        "Type": "AWS::Cognito::IdentityPoolRoleAttachment",
        "Properties": {"IdentityPoolId": {"Ref": "Pool"}, "RoleMappings": {"m": mapping}},
    }
    if client is not None:
        more["Added"] = {"Type": "AWS::Cognito::UserPoolClient", "Properties": client}
    attached = {"Attachment": {"Type": "AWS::Cognito::UserPoolDomain", "Properties": {}}}
    return proved([OWN], {**more, **attached}, **declared)


OURS = {"Fn::Join": ["", [{"Fn::GetAtt": ["UserPool0", "ProviderName"]}, ":", {"Ref": "Client0"}]]}
THEIRS = "cognito-idp.us-east-1.amazonaws.com/us-east-1_other:client"


def test_a_rule_by_a_claim_that_a_pool_outside_the_templates_may_let_users_write_is_undecided() -> None:
    report = _ruled("custom:role", THEIRS)
    assert "its users may write the claim 'custom:role'" in stories(report)
    assert "may write" not in stories(_ruled("custom:role", THEIRS, role="[a-z]{4}"))
    assert "may write" not in stories(_ruled("cognito:groups", THEIRS))


def test_a_rule_by_a_claim_that_an_undetermined_client_may_let_users_write_is_undecided() -> None:
    outside = {"UserPoolId": {"Fn::ImportValue": "pool"}}
    assert "Added may be a client" in stories(_ruled("custom:tenant", OURS, client=outside))
    assert "may be a client" not in stories(_ruled("custom:tenant", OURS))
