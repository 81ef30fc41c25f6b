"""Who may change a function or the rules of an event bus by its own policy is told; who may only start it is not."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.proof.access_paths.closings import function
from tests.analysis.proof.access_paths.openings import Document, Opening, att, of, ref
from tests.analysis.proof.access_paths.test_access_paths import NAMES, opened

USER: Final = att("User")
OTHER: Final = "999988887777"
HERE: Final = ref("AWS::AccountId")


def permission(action: Any, principal: Any) -> Document:
    return of("AWS::Lambda::Permission", FunctionName=ref("Code"), Action=action, Principal=principal)


def policy(action: str, principal: Any, **more: Any) -> Document:
    said = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": principal, **more}
    return of("AWS::Lambda::ResourcePolicy", ResourceArn=att("Code"), PolicyDocument={"Statement": said})


def bus(action: str, principal: Any = "*") -> Document:
    return of("AWS::Events::EventBusPolicy", StatementId="s", Action=action, Principal=principal)


def bus_statement(action: str, principal: Any) -> Document:
    said = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": principal}
    return of("AWS::Events::EventBusPolicy", StatementId="s", Statement=said)


TOLD: Final = {
    "code, by users": permission("lambda:UpdateFunctionCode", USER),
    "code, by another account": permission("lambda:UpdateFunctionCode", OTHER),
    "code, by whom no template determines": permission("lambda:UpdateFunctionCode", {"Fn::ImportValue": "who.calls"}),
    "configuration, by users": permission("lambda:UpdateFunctionConfiguration", USER),
    "permissions, by users": permission("lambda:AddPermission", USER),
    "every action, by users": permission("lambda:*", USER),
    "what no template determines, by users": permission({"Fn::ImportValue": "action"}, USER),
    "code, by everyone": permission("*", "*"),
    "code, by a policy": policy("lambda:UpdateFunctionCode", {"AWS": USER}),
    "code, by a policy for all but some": of(
        "AWS::Lambda::ResourcePolicy", ResourceArn=att("Code"), PolicyDocument={
            "Statement": {"Effect": "Allow", "Action": "lambda:*", "Resource": "*", "NotPrincipal": {"AWS": OTHER}}},
    ),
    "code, by a policy for everyone": policy("lambda:Update*", "*"),
    "a policy that is not in the templates": of(
        "AWS::Lambda::ResourcePolicy", ResourceArn=att("Code"), PolicyDocument={"Fn::ImportValue": "policy"}
    ),
    "targets of rules": bus("events:PutTargets"),
    "targets of rules, by users": bus_statement("events:*", {"AWS": USER}),
    "rules of a bus of its own": of("AWS::Events::EventBus", Name="b", Policy={
        "Statement": [{"Effect": "Allow", "Action": "events:PutRule", "Resource": "*", "Principal": {"AWS": USER}}]}),
}  # fmt: skip
NOT_TOLD: Final = {
    "running it, by users": permission("lambda:InvokeFunction", USER),
    "running it by its URL, by users": permission("lambda:InvokeFunctionUrl", USER),
    "every action, by this account": permission("lambda:*", HERE),
    "code, by a role of the team": permission("lambda:UpdateFunctionCode", att("Acts")),
    "every action, by a service": permission("lambda:*", "sns.amazonaws.com"),
    "running it, by a policy": policy("lambda:InvokeFunction", {"Service": "sns.amazonaws.com"}),
    "a policy that denies users": policy("lambda:UpdateFunctionCode", {"AWS": USER}, Effect="Deny"),
    "events": bus("events:PutEvents"),
    "every action on a bus, by this account": bus_statement("events:*", {"AWS": HERE}),
}


def status(resource: Document) -> Status:
    return opened(Opening(resources={**function(NAMES), "Said": resource})).status


@pytest.mark.parametrize("name", TOLD)
def test_who_may_change_code_or_rules_is_told(name: str) -> None:
    assert status(TOLD[name]) is Status.UNDECIDED


@pytest.mark.parametrize("name", NOT_TOLD)
def test_who_may_only_start_code_is_trusted_with_it(name: str) -> None:
    assert status(NOT_TOLD[name]) is Status.PROVED
