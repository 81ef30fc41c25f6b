"""Sharing with a group covers users whom a rule gives the group's role, unless users can write the rule's claim."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Finding, Question, Status
from tests.analysis.tenants import tenants_template
from tests.proofs import proof_of


def findings(
    *, claim: str = "tenant_role", match: str = "Equals", has_role: str = "Admin", **pool: Any
) -> list[Finding]:
    """Return what is found if a rule on a claim gives the administrators' role, and not the group in the token.

    Args:
        claim: The claim.
        match: The comparison with the text `admins`.
        has_role: The role of the group that the opening names.
        pool: Further properties of the user pool.
    """
    template = tenants_template()
    resources = template["Resources"]
    rule: dict[str, Any] = {"Claim": claim, "MatchType": match, "Value": "admins"}
    rule["RoleARN"] = {"Fn::GetAtt": ["Admin", "Arn"]}
    mapping = resources["Attachment"]["Properties"]["RoleMappings"]["users"]
    mapping |= {"Type": "Rules", "RulesConfiguration": {"Rules": [rule]}}
    resources["UserPool"]["Properties"] |= pool
    resources["Admins"]["Properties"]["RoleArn"] = {"Fn::GetAtt": [has_role, "Arn"]}
    return list(proof_of(template).findings)


def statuses(**options: Any) -> set[Status]:
    return {each.status for each in findings(**options)}


def test_a_rule_that_gives_the_groups_role_is_as_good_as_the_group() -> None:
    assert statuses() == {Status.PROVED, Status.ACCEPTED}


def test_a_rule_on_a_claim_that_users_write_opens_nothing() -> None:
    assert statuses(claim="email") == {Status.PROVED, Status.COUNTEREXAMPLE}


@pytest.mark.parametrize(
    ("claim", "match"),
    [
        *((claim, "StartsWith") for claim in ("iss", "aud", "token_use", "email_verified", "phone_number_verified")),
        ("sub", "Contains"), ("tenant_role", "NotEqual"), ("tenant_role", {"Ref": "AWS::StackName"}),
    ],
)  # fmt: skip
def test_a_rule_on_what_every_user_has_opens_nothing(claim: str, match: Any) -> None:
    assert statuses(claim=claim, match=match) == {Status.PROVED, Status.COUNTEREXAMPLE}


def test_a_rule_on_one_users_sub_is_the_authors_choice() -> None:
    assert statuses(claim="sub") == {Status.PROVED, Status.ACCEPTED}


def test_users_choose_their_username_unless_cognito_or_an_administrator_does() -> None:
    def taken(**pool: Any) -> bool:
        found = findings(claim="cognito:username", match="StartsWith", **pool)
        return any(
            "users can write the claim 'cognito:username'; give the role by a group" in each.story for each in found
        )

    assert taken()
    assert not taken(UsernameAttributes=["email"])
    assert not taken(AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    assert taken(AdminCreateUserConfig={"AllowAdminCreateUserOnly": False}, UsernameAttributes=[])


def test_the_client_chooses_the_nonce_of_its_token() -> None:
    assert statuses(claim="nonce") == {Status.PROVED, Status.COUNTEREXAMPLE}


def test_who_writes_the_claim_of_a_rule_is_said_to_get_its_role() -> None:
    [found] = [each for each in findings(claim="email") if each.question is Question.TRUST and "become" in each.story]
    assert found == Finding(
        question=Question.TRUST,
        status=Status.COUNTEREXAMPLE,
        caller="a signed-in user",
        subject="role Admin",
        actions=("cognito-identity:GetCredentialsForIdentity",),
        engines=("evaluation",),
        story=found.story,
    )
    assert "get the role Admin: users can write the claim 'email'" in found.story


def test_a_rule_that_gives_another_role_than_the_groups_opens_nothing() -> None:
    assert statuses(has_role="User") == {Status.PROVED, Status.COUNTEREXAMPLE}
