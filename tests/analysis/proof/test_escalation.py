"""Privilege escalation is reported once per caller and statement, on the resources an action works on."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, Document, MakeModel, join

OWN = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, f"/private/{SUB}/*")}


def _allow(*actions: str, **more: Any) -> Document:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def _found(make_model: MakeModel, *statements: Document, **options: Any) -> list[Finding]:
    report = prove([make_model([OWN, *statements], **options)])
    found = [each for each in report.findings if each.question is Question.ESCALATION]
    assert found
    return [each for each in found if each.status is not Status.PROVED]


@pytest.mark.parametrize(
    "action",
    [
        "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:CreateSAMLProvider", "apigateway:PATCH", "apigateway:*",
        "lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig", "lambda:PutResourcePolicy",
        "cloudfront:UpdateDistribution", "appsync:CreateApiKey", "appsync:UpdateResolver", "s3:CreateAccessPoint",
        "cognito-idp:AdminCreateUser", "cognito-idp:SetUserPoolMfaConfig", "cloudformation:CreateChangeSet",
        "cognito-identity:GetOpenIdTokenForDeveloperIdentity", "sts:AssumeRoot",
    ],
)  # fmt: skip
def test_what_hands_rights_over_is_an_attack(make_model: MakeModel, action: str) -> None:
    (finding,) = _found(make_model, _allow(action))
    assert finding.status is Status.COUNTEREXAMPLE
    assert finding.because
    assert "so" in finding.story


@pytest.mark.parametrize(
    "action",
    [
        "codebuild:StartBuild", "ssm:SendCommand", "ecs:ExecuteCommand", "iot:AttachPolicy", "kms:CreateGrant",
        "states:UpdateStateMachine", "pipes:UpdatePipe", "secretsmanager:PutResourcePolicy", "iam:PassRole",
        "iot:CreateTopicRule", "iot:ReplaceTopicRule",
    ],
)  # fmt: skip
def test_what_hangs_on_what_no_template_says_is_undecided(make_model: MakeModel, action: str) -> None:
    (finding,) = _found(make_model, _allow(action))
    assert finding.status is Status.UNDECIDED
    assert finding.actions == (action,)


def test_a_service_that_takes_a_role_is_an_attack_where_the_caller_may_pass_one(make_model: MakeModel) -> None:
    assert _found(make_model, _allow("lambda:CreateFunction")) == []
    found = _found(make_model, _allow("lambda:CreateFunction"), _allow("iam:PassRole"))
    assert {(each.status, each.actions) for each in found} == {
        (Status.COUNTEREXAMPLE, ("lambda:CreateFunction",)),
        (Status.UNDECIDED, ("iam:PassRole",)),
    }


def test_one_statement_is_said_once_with_all_it_opens(make_model: MakeModel) -> None:
    found = _found(make_model, _allow("*"))
    assert [each.status for each in found] == [Status.COUNTEREXAMPLE, Status.UNDECIDED]
    assert len(found[0].actions) > 200
    assert found[0].story.count("because of") == 1


def test_two_statements_are_two_findings(make_model: MakeModel) -> None:
    found = _found(make_model, _allow("iam:PutRolePolicy"), _allow("lambda:UpdateFunctionCode"))
    assert [each.actions for each in found] == [("iam:PutRolePolicy",), ("lambda:UpdateFunctionCode",)]


@pytest.mark.parametrize("action", ["s3:*", "*"])
def test_any_action_on_ones_own_objects_is_none(make_model: MakeModel, action: str) -> None:
    own = {**OWN, "Action": action}
    assert _found(make_model, own) == []
    assert prove([make_model([own])]).status is Status.PROVED


def test_all_but_an_action_on_ones_own_objects_is_none(make_model: MakeModel) -> None:
    own = {"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": OWN["Resource"]}
    assert prove([make_model([OWN, own])]).status is Status.PROVED


def test_a_deny_of_all_that_was_given_shuts_it(make_model: MakeModel) -> None:
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    assert _found(make_model, _allow("iam:PutRolePolicy"), deny) == []
    conditional = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    assert _found(make_model, _allow("iam:PutRolePolicy"), conditional)
    elsewhere = {**deny, "Resource": "arn:aws:iam::*:role/other"}
    assert _found(make_model, _allow("iam:PutRolePolicy"), elsewhere)


def test_a_deny_of_all_but_ones_own_objects_shuts_every_other_way(make_model: MakeModel) -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "NotResource": OWN["Resource"]}
    assert prove([make_model([_allow("s3:*"), deny])]).status is Status.PROVED
    other = {**deny, "NotResource": [OWN["Resource"], "arn:aws:s3:*:*:accesspoint/*"]}
    assert _found(make_model, _allow("s3:*"), other)


def test_a_boundary_shuts_what_it_does_not_allow(make_model: MakeModel) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [_allow("s3:*"), {**_allow("iam:*"), "Resource": "arn:aws:iam::111122223333:user/*"}],
    }
    boundary = {"Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}}
    model = make_model([OWN, _allow("iam:PutRolePolicy", "iam:PutUserPolicy")], more=boundary)
    assert len(_escalations(model)) == 1
    model = make_model([OWN, _allow("iam:PutRolePolicy", "iam:PutUserPolicy")], more=boundary, boundary="Limit")
    assert [each.actions for each in _escalations(model)] == [("iam:PutUserPolicy",)]


def test_a_boundary_that_is_not_known_leaves_it_undecided(make_model: MakeModel) -> None:
    unknown = "arn:aws:iam::aws:policy/SomethingElse"
    found = _escalations(make_model([OWN, _allow("iam:PutRolePolicy")], boundary_arn=unknown))
    assert [each.status for each in found] == [Status.UNDECIDED]


def test_a_policy_that_is_not_known_may_open_every_way(make_model: MakeModel) -> None:
    unknown = {"P": {"Type": "AWS::IAM::Policy", "Properties": {
        "Roles": [{"Ref": "User"}], "PolicyDocument": {"Fn::ImportValue": "policy"}}}}  # fmt: skip
    (found,) = _escalations(make_model([OWN], more=unknown))
    assert found.status is Status.UNDECIDED
    assert {"iam:PassRole", "lambda:CreateFunction", "iam:PutRolePolicy"} <= set(found.actions)


def test_a_role_that_may_be_passed_leaves_what_needs_one_undecided(make_model: MakeModel) -> None:
    unknown = {"Effect": "Allow", "Action": {"Fn::ImportValue": "action"}, "Resource": "*"}
    found = _escalations(make_model([OWN, _allow("lambda:CreateFunction"), unknown]))
    assert any("lambda:CreateFunction" in each.actions for each in found)
    assert {each.status for each in found} == {Status.UNDECIDED}


def test_guests_cannot_use_what_cognitos_session_policy_takes_from_them(make_model: MakeModel) -> None:
    found = _found(make_model, guest=[_allow("iam:PutRolePolicy", "lambda:UpdateFunctionCode")])
    assert [each.actions for each in found if each.caller == "a guest"] == [("lambda:UpdateFunctionCode",)]


def _escalations(model: Any) -> list[Finding]:
    found = [each for each in prove([model]).findings if each.question is Question.ESCALATION]
    return [each for each in found if each.status is not Status.PROVED]


def _role(principal: Any, **more: Any) -> Document:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}, **more},
    }


ROOT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
TRUSTED: list[Any] = [ROOT, {"AWS": {"Ref": "AWS::AccountId"}}, "*", {"AWS": {"Fn::ImportValue": "who"}}]
NOT_TRUSTED: list[Any] = [
    {"Service": "lambda.amazonaws.com"},
    {"AWS": {"Fn::GetAtt": ["Other", "Arn"]}},
    {"Federated": "arn:aws:iam::111122223333:saml-provider/x"},
]


def _may_take(make_model: MakeModel, principal: Any, resource: Any) -> list[Finding]:
    roles = {"Admin": _role(principal), "Other": _role({"Service": "ec2.amazonaws.com"})}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource}
    return [each for each in _found(make_model, statement, more=roles) if "sts:AssumeRole" in each.actions]


@pytest.mark.parametrize("principal", TRUSTED)
def test_a_role_that_may_trust_the_caller_is_taken(make_model: MakeModel, principal: Any) -> None:
    assert _may_take(make_model, principal, {"Fn::GetAtt": ["Admin", "Arn"]})


def test_a_role_whose_trust_is_not_known_may_be_taken(make_model: MakeModel) -> None:
    admin = _role(ROOT)
    admin["Properties"]["AssumeRolePolicyDocument"] = {"Fn::ImportValue": "trust"}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": {"Fn::GetAtt": ["Admin", "Arn"]}}
    assert _found(make_model, statement, more={"Admin": admin})


@pytest.mark.parametrize("principal", NOT_TRUSTED)
def test_a_role_that_trusts_somebody_else_is_not_taken(make_model: MakeModel, principal: Any) -> None:
    admin = {"Fn::GetAtt": ["Admin", "Arn"]}
    assert _may_take(make_model, principal, admin) == []
    # The trust policies of other roles are unknown.
    for resource in ("*", "arn:aws:iam::111122223333:role/*", [admin, "arn:aws:iam::111122223333:role/elsewhere"]):
        assert _may_take(make_model, principal, resource)
