"""Sharing with a group covers users whom a rule gives the group's role, unless users can write the rule's claim."""

from typing import Any

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.tenants import tenants_template


def statuses(*, claim: str = "tenant_role", has_role: str = "Admin") -> set[Status]:
    """Return all verdicts if a rule on a claim gives the administrators' role, and not the group in the token.

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
    return {each.status for each in prove(build_model([Template(name="T", body=template, source="test")])).findings}


def test_a_rule_that_gives_the_groups_role_is_as_good_as_the_group() -> None:
    assert statuses() == {Status.PROVED, Status.ACCEPTED}


def test_a_rule_on_a_claim_that_users_write_opens_nothing() -> None:
    assert statuses(claim="email") == {Status.PROVED, Status.COUNTEREXAMPLE}


def test_a_rule_that_gives_another_role_than_the_groups_opens_nothing() -> None:
    assert statuses(has_role="User") == {Status.PROVED, Status.COUNTEREXAMPLE}
