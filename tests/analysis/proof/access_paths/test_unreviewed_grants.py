"""The policy of a resource that allows what no review covers is undecided; what only services and code use is not."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.proof.access_paths.closings import function
from tests.analysis.proof.access_paths.openings import Document, Opening, att, of, ref, role, sub
from tests.analysis.proof.access_paths.test_access_paths import NAMES, opened

USER: Final = {"AWS": att("User")}
OWNER: Final = "${!cognito-identity.amazonaws.com:sub}"
READS: Final = "sqs:ReceiveMessage"


def queue(principal: Any, action: Any = READS, **more: Any) -> dict[str, Document]:
    said = {"Effect": "Allow", "Action": action, "Principal": principal, "Resource": "*", **more}
    return {
        "Results": of("AWS::SQS::Queue"),
        "Said": of("AWS::SQS::QueuePolicy", Queues=[ref("Results")], PolicyDocument={"Statement": [said]}),
    }


def taken_by(principal: Document) -> dict[str, Document]:
    taken = of("AWS::IAM::Role", AssumeRolePolicyDocument={
        "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}})  # fmt: skip
    return {**queue({"AWS": att("Taken")}), "Taken": taken}


def mounted(value: str, operator: str = "Bool") -> Document:
    said = {
        "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["elasticfilesystem:ClientWrite"],
        "Condition": {operator: {"elasticfilesystem:AccessedViaMountTarget": value}},
    }  # fmt: skip
    return of("AWS::EFS::FileSystem", FileSystemPolicy={"Statement": [said]})


def of_service(service: str) -> dict[str, Document]:
    return {**queue({"AWS": att("Served")}), "Served": role(service)}


def permission(action: str, principal: Any) -> dict[str, Document]:
    given = of("AWS::Lambda::Permission", FunctionName=ref("Code"), Action=action, Principal=principal)
    return {**function(NAMES), "Given": given}


TOLD: Final = {
    "users": queue(USER),
    "users, every action": queue(USER, "sqs:*"),
    "users, in another case": queue(USER, "SQS:receivemessage"),
    "users, all but one action": queue(USER, "sqs:SendMessage") | {"More": queue(USER, NotAction="sqs:A")["Said"]},
    "users, the settings of a function": permission("lambda:GetFunctionConfiguration", att("User")),
    "another account, the code of a function": permission("lambda:GetFunction", "999988887777"),
    "sessions of identity pools": queue({"Federated": "cognito-identity.amazonaws.com"}),
    "everyone": queue("*"),
    "another account": queue({"AWS": "999988887777"}),
    "whom no template determines": queue({"AWS": {"Fn::ImportValue": "reader"}}),
    "all but some": queue(USER, "sqs:SendMessage")
    | {"Said": of("AWS::SQS::QueuePolicy", Queues=[ref("Results")], PolicyDocument={
        "Statement": [{"Effect": "Allow", "Action": READS, "NotPrincipal": USER, "Resource": "*"}]})},
    "users, for a source or without one": queue(
        USER, Condition={"StringEqualsIfExists": {"aws:SourceAccount": ref("AWS::AccountId")}}
    ),
    "everyone, for the owner of a topic": queue(
        "*", Condition={"StringEquals": {"aws:SourceOwner": ref("AWS::AccountId")}}
    ),
    "a role with which a type of another vendor acts": {
        **of_service("lambda.amazonaws.com"),
        "Vendor": of("Vendor::Any::Thing", Run={"Principal": att("Served")}),
    },
    "a role that another account takes": taken_by({"AWS": "999988887777"}),
    "a role that any repository takes": taken_by({"Federated": "token.actions.githubusercontent.com"}),
    "a role of a state machine": {
        **of_service("states.amazonaws.com"),
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Served"), DefinitionString="{}"),
    },
    "everyone in the network of a file system, or not": {"Files": mounted("false")},
    "everyone, with a key of the file system that may be absent": {"Files": mounted("true", "BoolIfExists")},
    "a policy that the template does not show": {
        "Vectors": of("AWS::S3Vectors::VectorBucketPolicy", Policy={"Fn::ImportValue": "policy"})},
}  # fmt: skip
NOT_TOLD: Final = {
    "a reviewed action": queue(USER, "sqs:SendMessage"),
    "users, running a function": permission("lambda:InvokeFunction", att("User")),
    "this account": queue({"AWS": ref("AWS::AccountId")}, "sqs:*"),
    "a service": queue({"Service": "sns.amazonaws.com"}),
    "everyone, for a source": queue("*", Condition={"ArnEquals": {"aws:SourceArn": ref("Topic")}})
    | {"Topic": of("AWS::SNS::Topic")},
    "a role of the team's code": {**function(NAMES), **queue({"AWS": att("Acts")})},
    "a Deny": queue("*", "sqs:*", Effect="Deny"),
    "users, of their own by name": queue(
        USER, Resource=sub(f"arn:aws:sqs:${{AWS::Region}}:${{AWS::AccountId}}:in-{OWNER}")
    ),
    "the administrators of a key": {
        "Key": of("AWS::KMS::Key", KeyPolicy={"Statement": [{
            "Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": "999988887777"}, "Resource": "*"}]})},
    "the limit of an endpoint": {
        "Endpoint": of("AWS::EC2::VPCEndpoint", PolicyDocument={"Statement": [{
            "Effect": "Allow", "Action": "*", "Principal": "*", "Resource": "*"}]})},
    "everyone in the network of a file system": {"Files": mounted("true")},
}  # fmt: skip


def report_of(resources: dict[str, Document]) -> Report:
    return opened(Opening(resources=resources))


@pytest.mark.parametrize("name", TOLD)
def test_who_may_use_a_resource_by_its_policy_is_told(name: str) -> None:
    report = report_of(TOLD[name])
    found = [each for each in report.findings if "no review says" in each.story]
    assert report.status is Status.UNDECIDED
    assert {each.subject for each in found} <= {told for each in TOLD[name] for told in (each, f"the policy of {each}")}
    assert found


@pytest.mark.parametrize("name", NOT_TOLD)
def test_what_only_services_and_the_teams_code_use_is_not_told(name: str) -> None:
    report = report_of(NOT_TOLD[name])
    assert [each.story for each in report.findings if "no review says" in each.story] == []


def test_everyone_is_told_besides_the_callers() -> None:
    found = report_of(queue("*")).findings
    assert {each.caller for each in found if "no review says" in each.story} == {"a signed-in user", "anyone"}
