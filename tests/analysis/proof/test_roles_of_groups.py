"""Sharing with a group covers users whom a rule gives the group's role, unless users can write the rule's claim."""

from typing import Any

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.tenants import tenants_template


def findings(*, claim: str = "tenant_role", has_role: str = "Admin") -> list[Finding]:
    """Return what is found if a rule on a claim gives the administrators' role, and not the group in the token.

    Args:
        claim: The claim.
        has_role: The role of the group that the opening names.
    """
    template = tenants_template()
    resources = template["Resources"]
    rule: dict[str, Any] = {"Claim": claim, "MatchType": "Equals", "Value": "admins"}
    rule["RoleARN"] = {"Fn::GetAtt": ["Admin", "Arn"]}
    mapping = resources["Attachment"]["Properties"]["RoleMappings"]["users"]
    mapping |= {"Type": "Rules", "RulesConfiguration": {"Rules": [rule]}}
    resources["Admins"]["Properties"]["RoleArn"] = {"Fn::GetAtt": [has_role, "Arn"]}
    return list(prove(build_model([Template(name="T", body=template, source="test")])).findings)


def statuses(**options: str) -> set[Status]:
    return {each.status for each in findings(**options)}


def test_a_rule_that_gives_the_groups_role_is_as_good_as_the_group() -> None:
    assert statuses() == {Status.PROVED, Status.ACCEPTED}


def test_a_rule_on_a_claim_that_users_write_opens_nothing() -> None:
    assert statuses(claim="email") == {Status.PROVED, Status.COUNTEREXAMPLE}


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
