"""Triggers that come with the library."""

import json
from typing import Any

from aws_cdk import App, RemovalPolicy, Stack

from constructs_lib.auth import Auth, Group, SignIn, Triggers
from constructs_lib.auth.ready_made import default_group, group_claims


def test_ready_made_triggers_are_packaged_and_given_what_they_need_and_no_more() -> None:
    stack = Stack(App(), "Stack")
    members = default_group(stack, "DefaultGroup", "members")
    auth = Auth(
        stack,
        "Auth",
        sign_in=SignIn(allowed_email_domains=["example.com", "example.org"]),
        groups=[Group("members")],
        triggers=Triggers(
            post_confirmation=members,
            pre_token_generation=group_claims(stack, "Claims", {"members": "may_write"}),
            pre_token_generation_version="V3_0",
        ),
        removal_policy=RemovalPolicy.DESTROY,
    )
    auth.allow_admin(members, "cognito-idp:AdminAddUserToGroup")
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
