"""A state machine that callers start uses the rights that its definition may call, and no others."""

import json
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import allow, att, of, ref, role, sub
from tests.analysis.proof.access_paths.services_with_roles import report

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
LOGGING: Final = allow(
    ["logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
     "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"],
    "*",
)  # fmt: skip
RULE: Final = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
EVENTS: Final = allow(
    ["events:PutRule", "events:PutTargets", "events:DescribeRule"],
    sub(f"arn:aws:events:${{AWS::Region}}:${{AWS::AccountId}}:{RULE}"),
)
INVOKE: Final = "arn:aws:states:::lambda:invoke"


def task(resource: str, **said: Any) -> Document:
    return {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": resource, "End": True, **said}}}


def spelt(definition: Document) -> Document:
    return {"DefinitionString": json.dumps(definition)}


def by_cdk() -> Document:
    start, end = json.dumps(task("arn:|:states:::lambda:invoke", Parameters={"FunctionName": "||"})).split("|", 1)
    middle, end = end.split("||")
    parts = [start, ref("AWS::Partition"), middle, att("Runs"), end]
    return {"DefinitionString": {"Fn::Join": ["", parts]}}


def machine(definition: Document, *rights: Document) -> Document:
    does = role("states.amazonaws.com", LOGGING, EVENTS, *rights)
    return {
        "Machine": of("AWS::StepFunctions::StateMachine", RoleArn=att("Does"), **definition),
        "Does": does,
        "Runs": of("AWS::Lambda::Function", Role="arn"),
    }


MAP: Final = {"Type": "Map", "End": True, "ItemProcessor": task("arn:aws:states:::aws-sdk:cloudwatchlogs:x")}
CASES: Final[dict[str, tuple[Document, Status]]] = {
    "one function": (spelt(task(INVOKE)), PROVED),
    "one function, as a value": ({"Definition": task(INVOKE)}, PROVED),
    "one function, as the CDK writes it": (by_cdk(), PROVED),
    "another state machine, to its end": (spelt(task("arn:aws:states:::states:startExecution.sync:2")), PROVED),
    "the SDK": (spelt(task("arn:aws:states:::aws-sdk:cloudwatchlogs:putResourcePolicy")), UNDECIDED),
    "the SDK in a map": (
        spelt({"StartAt": "M", "States": {**task(INVOKE)["States"], "M": MAP}}), UNDECIDED
    ),
    "an integration without a review": (spelt(task("arn:aws:states:::glue:startJobRun")), UNDECIDED),
    "with another role": (spelt(task(INVOKE, Credentials={"RoleArn.$": "$.role"})), UNDECIDED),
    "what a substitution says": (
        {**spelt(task("${x}")), "DefinitionSubstitutions": {"x": INVOKE}}, PROVED
    ),
    "what a substitution says, as a value": (
        {"Definition": task("${x}"), "DefinitionSubstitutions": {"x": INVOKE}}, PROVED
    ),
    "what a substitution by an import says": (
        {**spelt(task("${x}")), "DefinitionSubstitutions": {"x": {"Fn::ImportValue": "x"}}}, UNDECIDED
    ),
    "what a substitution lacks": (
        {**spelt(task("${x}")), "DefinitionSubstitutions": {"y": INVOKE}}, UNDECIDED
    ),
    "what an import says": ({"DefinitionString": {"Fn::ImportValue": "x"}}, UNDECIDED),
    "a part that an import says": ({"Definition": task(INVOKE, Parameters={"Fn::ImportValue": "x"})}, UNDECIDED),
    "what an object says": ({"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, UNDECIDED),
    "no JSON": ({"DefinitionString": f'{{"Resource": "{INVOKE}"'}, UNDECIDED),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_started_state_machine_uses_the_rights_that_it_calls(name: str) -> None:
    definition, expected = CASES[name]
    found = report(machine(definition), allow("states:StartExecution", ref("Machine")))
    assert found.status is expected, [each.story for each in found.findings if each.story]


def test_the_rights_on_a_service_that_the_definition_calls_count() -> None:
    updates = allow("lambda:UpdateFunctionCode", "*")
    found = report(machine(spelt(task(INVOKE)), updates), allow("states:StartExecution", ref("Machine")))
    assert found.status is UNDECIDED


def test_a_state_machine_that_starts_one_with_powers_is_undecided() -> None:
    inner = machine(spelt(task("arn:aws:states:::aws-sdk:cloudwatchlogs:putResourcePolicy")))
    starts = role("states.amazonaws.com", allow("states:StartExecution", ref("Machine")))
    definition = spelt(task("arn:aws:states:::states:startExecution"))
    outer = of("AWS::StepFunctions::StateMachine", RoleArn=att("Starts"), **definition)
    resources = {**inner, "Outer": outer, "Starts": starts}
    assert report(resources, allow("states:StartExecution", ref("Outer"))).status is UNDECIDED
