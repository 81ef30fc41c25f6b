"""Functions that the pool calls."""

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib.auth import Auth, Triggers
from constructs_lib.auth.triggers import TRIGGERS
from constructs_lib.functions import PythonFunction
from constructs_lib.local.emulator.user_pools.triggers import Trigger
from tests.synthesis import new_function

Find = Callable[[str], Any]
POOL = "<AuthUserPool.Arn>"


def named(option: str) -> str:
    """Return what `LambdaConfig` calls a trigger."""
    return "".join(part.upper() if part == "sms" else part.capitalize() for part in option.split("_"))


def test_every_function_that_can_be_given_is_connected_and_there_is_no_trigger_besides() -> None:
    functions = {each.name for each in dataclasses.fields(Triggers) if each.type == "Function | None"}
    assert functions == TRIGGERS.keys()
    known = inspect.signature(cognito.CfnUserPool.LambdaConfigProperty).parameters.keys()
    assert {*functions} == known - {"kms_key_id", "pre_token_generation_config"}


def test_the_local_cloud_calls_every_trigger() -> None:
    """One that it never called would pass each test of an app."""
    by_ministack = {"InboundFederation"}
    assert {*get_args(Trigger)} | by_ministack == {*map(named, TRIGGERS)}
    folder = Path("constructs_lib/local/emulator/user_pools")
    sources = [path.read_text() for path in folder.glob("*.py")]
    for name in get_args(Trigger):
        assert sum(source.count(f'"{name}"') for source in sources) > 1, name


def test_the_pool_calls_each_function_and_may_call_no_other(resources: Find) -> None:
    found = resources("triggered")
    config = found.named("AuthUserPool")["LambdaConfig"]
    sender = {"LambdaVersion": "V1_0"}
    assert config == {
        "PreSignUp": "<PreSignUp.Arn>",
        "PostConfirmation": "<PostConfirmation.Arn>",
        "PreAuthentication": "<PreAuthentication.Arn>",
        "PostAuthentication": "<PostAuthentication.Arn>",
        "PreTokenGenerationConfig": {"LambdaArn": "<PreTokenGeneration.Arn>", "LambdaVersion": "V2_0"},
        "UserMigration": "<UserMigration.Arn>",
        "DefineAuthChallenge": "<DefineAuthChallenge.Arn>",
        "CreateAuthChallenge": "<CreateAuthChallenge.Arn>",
        "VerifyAuthChallengeResponse": "<VerifyAuthChallengeResponse.Arn>",
        "InboundFederation": {"LambdaArn": "<InboundFederation.Arn>", "LambdaVersion": "V1_0"},
        "CustomMessage": "<CustomMessage.Arn>",
        "CustomEmailSender": {"LambdaArn": "<CustomEmailSender.Arn>", **sender},
        "CustomSMSSender": {"LambdaArn": "<CustomSmsSender.Arn>", **sender},
        "KMSKeyID": "<AuthSenderKey.Arn>",
    }
    permissions = found.of_type("AWS::Lambda::Permission")
    assert len(permissions) == 13
    assert {each["SourceArn"] for each in permissions} == {POOL}
    assert {each["Principal"] for each in permissions} == {"cognito-idp.amazonaws.com"}


def test_clients_open_the_flows_that_triggers_need(resources: Find) -> None:
    flows = resources("triggered").named("AuthWebClient")["ExplicitAuthFlows"]
    assert {"ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH"} <= {*flows}
    assert {"ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH"}.isdisjoint(
        resources("plain_auth").named("AuthWebClient")["ExplicitAuthFlows"]
    )


def test_custom_senders_may_decrypt_codes_with_a_key_that_goes_with_the_pool(resources: Find) -> None:
    found = resources("triggered")
    assert found.whole("AuthSenderKey")["DeletionPolicy"] == "Delete"
    assert found.named("AuthSenderKey")["EnableKeyRotation"] is True
    for name in ("CustomEmailSender", "CustomSmsSender"):
        policy = found.named(f"Auth{name}ReadsCodes")
        assert policy["PolicyDocument"]["Statement"] == [
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "<AuthSenderKey.Arn>"}
        ]
        assert policy["Roles"] == [f"<{name}ServiceRole>"]


def test_a_trigger_may_act_on_the_pool_that_calls_it_in_a_policy_apart(resources: Find) -> None:
    found = resources("triggered")
    policy = found.named("AuthPostConfirmationAdminPolicy")
    actions = ["cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminGetUser"]
    assert policy["Roles"] == ["<PostConfirmationServiceRole>"]
    assert policy["PolicyDocument"]["Statement"] == [{"Effect": "Allow", "Action": actions, "Resource": POOL}]
    function = found.whole("PostConfirmation")
    assert "AdminPolicy" not in str(function.get("DependsOn"))


def test_a_trigger_of_another_stack_may_too_and_stacks_depend_one_way(
    resources: Find, templates: dict[str, dict[str, Any]]
) -> None:
    [policy] = [
        each
        for each in resources("identity").of_type("AWS::IAM::Policy")
        if "AdminAddUserToGroup" in str(each["PolicyDocument"])
    ]
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == POOL
    assert "Fn::GetStackOutput" not in str(templates["functions"]["Resources"])


def test_functions_whose_paths_differ_in_signs_only_keep_their_own_rights(stack: Stack) -> None:
    auth, expected = Auth(stack, "Auth"), []
    for name, action in (("SignIn", "cognito-idp:AdminGetUser"), ("Sign-In", "cognito-idp:AdminDeleteUser")):
        role = iam.Role(stack, f"{name}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        auth.allow_admin(new_function(stack, name, role=role), action)
        expected.append(([stack.resolve(role.role_name)], [action]))
    found = [each["Properties"] for each in Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()]
    granted = [(each["Roles"], [one["Action"] for one in each["PolicyDocument"]["Statement"]]) for each in found]
    assert granted == expected


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (["cognito-idp:*"], "write an exact action on user pools, such as"),
        (["s3:GetObject"], "write an exact action on user pools, such as"),
        (["AdminGetUser"], "such as 'cognito-idp:AdminAddUserToGroup'"),
        ([], "allow_admin has no action"),
    ],
)
def test_rights_on_the_pool_are_exact(stack: Stack, actions: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Auth(stack, "Auth").allow_admin(new_function(stack), *actions)


def test_a_function_whose_role_is_not_known_is_refused(stack: Stack) -> None:
    function = lambda_.Function.from_function_arn(
        stack, "Function", "arn:aws:lambda:eu-west-1:111122223333:function:name"
    )
    with pytest.raises(ValueError, match=r"from_function_attributes\(\.\.\., role=\.\.\.\)"):
        Auth(stack, "Auth").allow_admin(function, "cognito-idp:AdminGetUser")


def synth(stack: Stack) -> None:
    app = stack.node.root
    assert isinstance(app, App)
    app.synth()


def test_rights_on_the_pool_in_a_triggers_own_policy_would_be_a_circle(stack: Stack) -> None:
    function = new_function(stack)
    auth = Auth(stack, "Auth", triggers=Triggers(pre_sign_up=function))
    auth.user_pool.grant(function, "cognito-idp:AdminGetUser")
    with pytest.raises(
        RuntimeError,
        match=r"pre_sign_up creates a circular dependency .* grant .* auth.allow_admin\(function, \.\.\.\)",
    ):
        synth(stack)


def test_the_pool_in_a_triggers_environment_would_be_a_circle(stack: Stack) -> None:
    function = new_function(stack)
    auth = Auth(stack, "Auth", triggers=Triggers(pre_sign_up=function))
    function.add_environment("USER_POOL", auth.user_pool.user_pool_id)
    message = "environment variable 'USER_POOL' of pre_sign_up creates a circular dependency"
    with pytest.raises(RuntimeError, match=message):
        synth(stack)


def test_a_trigger_with_other_rights_is_no_circle(stack: Stack) -> None:
    function = new_function(stack, environment={"STAGE": "prod"})
    function.add_to_role_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"]))
    Auth(stack, "Auth", triggers=Triggers(pre_sign_up=function))
    synth(stack)


def test_versions_and_challenges_are_whole(stack: Stack) -> None:
    with pytest.raises(ValueError, match="use 'V1_0', 'V2_0', 'V3_0'"):
        Triggers(pre_token_generation_version="V4_0")  # type: ignore[arg-type] # the mistake
    with pytest.raises(ValueError, match="create_auth_challenge, verify_auth_challenge_response is missing"):
        Triggers(define_auth_challenge=new_function(stack))


def test_a_function_with_an_alias_is_called_through_it_and_its_role_gets_the_rights(tmp_path: Path) -> None:
    (tmp_path / "handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    stack = Stack(App(context={"aws:cdk:bundling-stacks": []}), "Stack")
    function = PythonFunction(stack, "Greeter", entry=tmp_path, snap_start=True)
    auth = Auth(stack, "Auth", triggers=Triggers(post_confirmation=function))
    auth.allow_admin(function, "cognito-idp:AdminGetUser")
    template = Template.from_stack(stack)
    (alias,) = template.find_resources("AWS::Lambda::Alias")
    (pool,) = template.find_resources("AWS::Cognito::UserPool").values()
    assert pool["Properties"]["LambdaConfig"]["PostConfirmation"] == {"Ref": alias}
    permissions = template.find_resources("AWS::Lambda::Permission").values()
    assert [each["Properties"]["FunctionName"] for each in permissions] == [{"Ref": alias}]
    policies = template.find_resources("AWS::IAM::Policy").values()
    [policy] = [each["Properties"] for each in policies if "AdminGetUser" in str(each)]
    (role,) = [id for id in template.find_resources("AWS::IAM::Role") if "Greeter" in id]
    assert policy["Roles"] == [{"Ref": role}]
