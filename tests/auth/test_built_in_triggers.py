"""Triggers that come with the library."""

import json
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy, Stack

from constructs_lib.auth import Auth, DefaultGroup, Group, GroupClaims, SignIn, Triggers


def test_ready_made_triggers_are_packaged_and_given_what_they_need_and_no_more() -> None:
    stack = Stack(App(), "Stack")
    members = DefaultGroup(stack, "DefaultGroup", group="members")
    Auth(
        stack,
        "Auth",
        sign_in=SignIn(allowed_email_domains=["example.com", "example.org"]),
        groups=[Group("members")],
        triggers=Triggers(
            post_confirmation=members,
            pre_token_generation=GroupClaims(stack, "Claims", claims={"members": "may_write"}),
            pre_token_generation_version="V3_0",
        ),
        removal_policy=RemovalPolicy.DESTROY,
    )
    app = stack.node.root
    assert isinstance(app, App)
    resources: dict[str, Any] = app.synth().get_stack_artifact(stack.artifact_id).template["Resources"]
    variables = {
        key: value
        for body in resources.values()
        if body["Type"] == "AWS::Lambda::Function"
        for key, value in body["Properties"]["Environment"]["Variables"].items()
    }
    assert variables == {
        "EMAIL_DOMAINS": "example.com,example.org",
        "DEFAULT_GROUP": "members",
        "GROUP_CLAIMS": '{"members": "may_write"}',
    }
    [pool] = [body["Properties"] for body in resources.values() if body["Type"] == "AWS::Cognito::UserPool"]
    assert sorted(pool["LambdaConfig"]) == ["PostConfirmation", "PreSignUp", "PreTokenGenerationConfig"]
    assert pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == "V3_0"
    rights = [body for body in resources.values() if "cognito-idp:" in json.dumps(body.get("Properties", {}))]
    [statement] = [
        statement
        for body in rights
        if body["Type"] == "AWS::IAM::Policy"
        for statement in body["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert statement["Action"] == "cognito-idp:AdminAddUserToGroup"


def test_a_ready_made_trigger_that_speaks_of_a_group_no_auth_has_is_refused() -> None:
    stack = Stack(App(), "Stack")
    members = DefaultGroup(stack, "DefaultGroup", group="membres")
    with pytest.raises(ValueError, match=r"which this Auth does not have \(groups: 'members'\)"):
        Auth(stack, "Auth", groups=[Group("members")], triggers=Triggers(post_confirmation=members))
    claims = GroupClaims(stack, "Claims", claims={"members": "may_write", "admins": "may_invite"})
    with pytest.raises(ValueError, match="group 'admins', which this Auth does not have"):
        Auth(stack, "Other", groups=[Group("members")], triggers=Triggers(pre_token_generation=claims))


@pytest.mark.parametrize("claim", ["cognito:groups", "sub", "exp", "email", " "])
def test_a_claim_that_the_trigger_cannot_set_is_refused(claim: str) -> None:
    with pytest.raises(ValueError, match=f"claims={{'admins': '{claim}'}} is a claim that Cognito or users write"):
        GroupClaims(Stack(App(), "Stack"), "Claims", claims={"admins": claim})


def test_claims_of_groups_are_refused_with_an_event_whose_response_has_no_place_for_them() -> None:
    claims = GroupClaims(Stack(App(), "Stack"), "Claims", claims={"admins": "may_invite"})
    with pytest.raises(ValueError, match=r"'V1_0' has no effect with GroupClaims, .*; use 'V2_0' or 'V3_0'"):
        Triggers(pre_token_generation=claims, pre_token_generation_version="V1_0")
