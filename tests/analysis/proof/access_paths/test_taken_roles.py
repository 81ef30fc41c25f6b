"""A role that strangers may take is asked what it can do besides reaching owned places."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document, trust
from tests.analysis.proof.access_paths.openings import att, of, ref, sub
from tests.analysis.proof.test_holes import proved, role
from tests.analysis.proof.test_traps import OWN, ROWS, allow

ARN: Final = "arn:aws:{}:us-east-1:123456789012:{}"
DOES: Final[dict[str, Document]] = {
    "use S3 access points": allow("s3:GetObject", ARN.format("s3", "accesspoint/x/object/*")),
    "use Kinesis streams": allow("kinesis:GetRecords", ARN.format("kinesis", "stream/x")),
    "call iam:PutRolePolicy": allow("iam:PutRolePolicy", att("User")),
    "call sts:AssumeRole": allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/admin"),
    "call cognito-idp:AdminSetUserPassword": allow(
        "cognito-idp:AdminSetUserPassword", ARN.format("cognito-idp", "userpool/us-east-1_x")
    ),
    "call cognito-identity:ListIdentities": allow(
        "cognito-identity:ListIdentities", ARN.format("cognito-identity", "identitypool/x")
    ),
    "start what reaches Table {owner}": allow("states:StartExecution", ref("Machine")),
}  # fmt: skip
WHERE: Final = {
    "use S3 access points": "the role Taken can call s3:GetObject, and so may reach what belongs to another",
    "use Kinesis streams": "the role Taken can call kinesis:GetRecords, and so may reach what belongs to another",
    "start what reaches Table {owner}": "the role Taken may use Machine, which reaches Table {owner}",
    **{name: f"the role Taken can {name}" for name in DOES if name.startswith("call ")},
}
STRANGERS: Final[dict[str, Any]] = {
    "another account": {"AWS": "arn:aws:iam::999999999999:root"},
    "a role that no template has": {"AWS": sub("arn:aws:iam::${AWS::AccountId}:role/app-users")},
    "a parameter": {"AWS": ref("P")},
    "a provider": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
}
KEPT: Final[dict[str, Any]] = {
    "a service": {"Service": "ec2.amazonaws.com"}, "the account": {"AWS": sub("arn:aws:iam::${AWS::AccountId}:root")},
}  # fmt: skip
GUESTS: Final = {
    "Pool": of("AWS::Cognito::IdentityPool", AllowUnauthenticatedIdentities=True),
    "Guest": {**role([OWN], AssumeRolePolicyDocument=trust(amr="unauthenticated"))},
    "Attachment": of("AWS::Cognito::IdentityPoolRoleAttachment", IdentityPoolId=ref("Pool"),
                     Roles={"authenticated": att("User"), "unauthenticated": att("Guest")}),
}  # fmt: skip
MACHINE: Final = of("AWS::StepFunctions::StateMachine", RoleArn=att("Acts"), DefinitionString="{}")
ACTS: Final = role(
    [allow("dynamodb:GetItem", att("Table"))],
    AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
)  # fmt: skip


def _report(holder: Document) -> Report:
    more = {**GUESTS, "Machine": MACHINE, "Acts": ACTS, "Taken": holder}
    return proved([OWN, ROWS], more=more, sections={"Parameters": {"P": {"Type": "String"}}})


def _taken(principal: Any, right: Document) -> Report:
    trusted = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return _report(role([right], AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trusted]}))


@pytest.mark.parametrize("who", STRANGERS, ids=lambda name: name.replace(" ", "-"))
@pytest.mark.parametrize("what", DOES, ids=lambda name: name.replace(" ", "-"))
def test_a_stranger_may_take_a_role_with_a_power(who: str, what: str) -> None:
    report = _taken(STRANGERS[who], DOES[what])
    assert report.status is Status.UNDECIDED
    told = [each.story for each in report.findings if "take the role Taken" in each.story]
    assert any(WHERE[what] in each for each in told), told


def test_a_stranger_chooses_the_tags_of_the_session() -> None:
    tagged = {**DOES["use S3 access points"], "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}
    assert _taken(STRANGERS["another account"], tagged).status is Status.UNDECIDED


@pytest.mark.parametrize("who", [*STRANGERS, *KEPT], ids=lambda name: name.replace(" ", "-"))
def test_a_role_without_a_power_may_be_anybodys(who: str) -> None:
    right = allow("sqs:SendMessage", ARN.format("sqs", "x"))
    assert _taken({**STRANGERS, **KEPT}[who], right).status is Status.PROVED


@pytest.mark.parametrize("who", KEPT, ids=lambda name: name.replace(" ", "-"))
@pytest.mark.parametrize("what", DOES, ids=lambda name: name.replace(" ", "-"))
def test_services_and_the_account_itself_are_no_strangers(who: str, what: str) -> None:
    assert _taken(KEPT[who], DOES[what]).status is Status.PROVED


def test_code_that_takes_its_own_role_again_gains_nothing() -> None:
    itself = {"AWS": [sub("arn:aws:iam::${AWS::AccountId}:role/Taken"), STRANGERS["another account"]["AWS"]]}
    holder = role([allow("sqs:SendMessage", ARN.format("sqs", "x"))], RoleName="Taken")
    trusted = {"Effect": "Allow", "Principal": itself, "Action": "sts:AssumeRole"}
    holder["Properties"]["AssumeRolePolicyDocument"] = {"Version": "2012-10-17", "Statement": [trusted]}
    assert _report(holder).status is Status.PROVED
