"""IAM users, groups, permission sets and roles of other stacks are asked what callers are asked."""

import json
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import pytest

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import Template
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Opening, allow, att, of, reads, ref, role
from tests.analysis.proof.access_paths.openings_by_source import OPENINGS
from tests.analysis.proof.access_paths.principals import PRINCIPALS
from tests.analysis.proof.access_paths.services_with_roles import (
    CUSTOM,
    IAM,
    NAMES,
    PUT_EVENTS,
    START,
    machine,
    report,
    rule,
)
from tests.analysis.proof.access_paths.test_access_paths import opened
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.searches import size


def held(statement: Document) -> dict[str, Document]:
    """Return the holders outside of pools that a policy may have, each with a statement."""
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policies = [{"PolicyName": "p", "PolicyDocument": document}]
    return {
        "an IAM user": of("AWS::IAM::User", Policies=policies),
        "an IAM group": of("AWS::IAM::Group", Policies=policies),
        "a permission set": of("AWS::SSO::PermissionSet", InlinePolicy=document),
        "a role of another stack": of("AWS::IAM::Policy", PolicyName="p", Roles=["x"], PolicyDocument=document),
    }


HOLDERS: Final = tuple(held(IAM))
RIGHTS: Final[dict[str, tuple[Document, Document]]] = {
    "writes policies": (IAM, {}),
    "has a right without a review": (allow("kendra:Query", "*"), {}),
    "starts a machine": (START, machine(*reads(NAMES))),
    "sends the event of a machine": (PUT_EVENTS, {**machine(*reads(NAMES)), **rule(CUSTOM)}),
    "reads a copy": (
        allow("sqs:ReceiveMessage", "*"),
        {"Queue": of("AWS::SQS::Queue"), "Notes": of("AWS::Lambda::EventSourceMapping", EventSourceArn=att(
            "Table", "StreamArn"), FunctionName="f", DestinationConfig={"OnFailure": {"Destination": att("Queue")}})},
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", HOLDERS)
@pytest.mark.parametrize("what", RIGHTS)
def test_whoever_has_a_right_on_owned_data_is_told(who: str, what: str) -> None:
    right, resources = RIGHTS[what]
    assert report({**resources, "Holder": held(right)[who]}).status is Status.UNDECIDED
    assert report({**resources, "Holder": held(allow("sns:Publish", "*"))[who]}).status is Status.PROVED


@pytest.mark.parametrize(
    ("action", "status"), [("kinesis:GetRecords", Status.UNDECIDED), ("kinesis:PutRecord", Status.PROVED)]
)
@pytest.mark.parametrize("who", HOLDERS)
def test_whoever_may_read_streams_is_told(who: str, action: str, status: Status) -> None:
    assert report({"Holder": held(allow(action, "*"))[who]}).status is status


_EACH: Final = size(1, full=len(PRINCIPALS))
PAIRS: Final = [
    (name, who)
    for number, name in enumerate(name for name, make in OPENINGS.items() if make(NAMES).user)
    for who in islice(cycle(PRINCIPALS), _EACH * number, _EACH * number + _EACH)
]
"""Each opening by rights of users with one of the principals, in turn; with all of them in the weekly search."""


@pytest.mark.parametrize("who", PRINCIPALS)
def test_a_principal_without_a_right_in_the_app_is_not_told(who: str) -> None:
    assert opened(PRINCIPALS[who]([allow("s3:GetObject", "arn:aws:s3:::of-another-app/*")])).status is Status.PROVED


@pytest.mark.parametrize(("name", "who"), PAIRS)
def test_what_opens_owned_data_to_users_opens_it_to_every_principal(name: str, who: str) -> None:
    what = OPENINGS[name](NAMES)
    by = PRINCIPALS[who](what.user)
    both = replace(what, resources={**what.resources, **by.resources}, user=by.user)
    assert opened(both).status is not Status.PROVED


WRONGLY_PROVED: Final = Path(__file__).parent / "wrongly_proved"
POWER: Final = [allow("kendra:Query", "*")]
NOTHING: Final = [allow("s3:GetObject", "arn:aws:s3:::of-another-app/*")]


@pytest.mark.parametrize("rights", [(POWER, NOTHING), (NOTHING, POWER)], ids=["the first", "the second"])
@pytest.mark.parametrize("who", [each for each in PRINCIPALS if each != "a state machine that users start"])
def test_principals_of_one_name_in_two_stacks_are_each_asked(who: str, rights: tuple[list[Document], ...]) -> None:
    stacks = [Template(name="App", body=template([OWN, ROWS]), source="app")]
    for number, statements in enumerate(rights):
        resources = {
            name: {**each, "Metadata": {"aws:cdk:path": f"Stack{number}/{name}/Resource"}}
            for name, each in PRINCIPALS[who](statements).resources.items()
        }
        stacks.append(Template(name=f"Stack{number}", body={"Resources": resources}, source=f"stack{number}"))
    assert prove(build_model(stacks)).status is not Status.PROVED


@pytest.mark.parametrize("rights", [(POWER, NOTHING), (NOTHING, POWER)], ids=["the first", "the second"])
def test_a_role_of_another_stack_has_all_policies_that_are_attached_to_it(rights: tuple[list[Document], ...]) -> None:
    policies = [PRINCIPALS["a role of another stack"](each).resources["Holder"] for each in rights]
    found = opened(Opening(resources={f"Policy{number}": each for number, each in enumerate(policies)}))
    assert found.status is Status.UNDECIDED
    assert "Policy0 and Policy1 give it to them" in " ".join(each.story for each in found.findings)


def test_two_policies_of_one_role_elsewhere_are_an_escalation_together() -> None:
    parts = [[allow("iam:PassRole", "*")], [allow("lambda:CreateFunction", "*"), allow("lambda:InvokeFunction", "*")]]
    policies = [PRINCIPALS["a role of another stack"](each).resources["Holder"] for each in parts]
    found = opened(Opening(resources={f"Policy{number}": each for number, each in enumerate(policies)}))
    assert any("lambda:CreateFunction" in each.story for each in found.findings)


@pytest.mark.parametrize(("statements", "status"), [(POWER, Status.UNDECIDED), (NOTHING, Status.PROVED)])
def test_a_project_of_a_pipeline_of_pull_requests_is_asked(statements: list[Document], status: Status) -> None:
    resources = dict(PRINCIPALS["a build of pull requests"](statements).resources)
    built = resources["Built"]["Properties"]
    resources["Built"] = of("AWS::CodeBuild::Project", **{name: built[name] for name in built if name != "Triggers"})
    assert opened(Opening(resources=resources)).status is Status.PROVED
    pulls = {"SourceActionName": "Source", "PullRequest": [{"Events": ["OPEN"]}]}
    resources["Pipeline"] = of(
        "AWS::CodePipeline::Pipeline", RoleArn=att("Pipes"), Triggers=[{"GitConfiguration": pulls}],
        Stages=[{"Name": "Build", "Actions": [{"Name": "B", "Configuration": {"ProjectName": ref("Built")}}]}],
    )  # fmt: skip
    resources["Pipes"] = role("codepipeline.amazonaws.com")
    assert opened(Opening(resources=resources)).status is status


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the first", "the second"])
def test_roles_of_one_name_with_which_services_act_are_each_asked(order: tuple[int, ...]) -> None:
    case = json.loads((WRONGLY_PROVED / "indexes-of-an-outside-table-that-an-iam-user-reads.json").read_text())
    (body,) = case["templates"].values()
    of_pool = {name: each for name, each in body["Resources"].items() if each["Type"] != "AWS::IAM::User"}
    stacks = [Template(name="App", body={"Resources": of_pool}, source="app")]
    assert prove(build_model(stacks)).status is Status.PROVED
    table = {"Fn::Sub": "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/ext/index/*"}
    for number in order:
        rights = ([allow("dynamodb:Query", table)], NOTHING)[number]
        resources = {
            name: {**each, "Metadata": {"aws:cdk:path": f"Stack{number}/{name}/Resource"}}
            for name, each in PRINCIPALS["an open route"](rights).resources.items()
        }
        stacks.append(Template(name=f"Stack{number}", body={"Resources": resources}, source=f"stack{number}"))
    assert prove(build_model(stacks)).status is not Status.PROVED
