"""Drift detection: no drift after a deployment, and drift after a manual change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, Outcome, compared, differs, not_checked
from constructs_lib.verify.template_changes import logical_id
from constructs_lib.verify.waiter_settings import patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.verify.context import Context

_MANUAL_CHANGE: Final = "manual change"


def _run(context: Context) -> Iterator[Finding]:
    client: Any = context.session.client("cloudformation")
    yield from _whole_stack(context, client)
    yield from _one_by_hand(context, client)


def _whole_stack(context: Context, client: Any) -> Iterator[Finding]:
    detection = client.detect_stack_drift(StackName=context.stack)["StackDriftDetectionId"]
    settings = patience(local=context.run.local)
    for _ in range(int(settings["MaxAttempts"])):
        status = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        time.sleep(settings["Delay"])
    what = "CloudFormation detects no drift after a deployment."
    if status["DetectionStatus"] != "DETECTION_COMPLETE":
        why = f"{status['DetectionStatus']}: {status.get('DetectionStatusReason', 'no reason is given')}"
        yield not_checked(what, why)
        return
    drifts = _drifts(client, context.stack)
    drifted = [each for each in drifts if each["StackResourceDriftStatus"] in {"MODIFIED", "DELETED"}]
    for each in drifted:
        yield differs(
            what,
            f"{each['LogicalResourceId']} ({each['ResourceType']}) is {each['StackResourceDriftStatus']}: "
            f"{each.get('PropertyDifferences', 'it is gone')}",
        )
    if drifted:
        return
    looked = any(each["StackResourceDriftStatus"] == "IN_SYNC" for each in drifts)
    outcome = Outcome.AGREES if looked else Outcome.NOT_CHECKED
    yield Finding(outcome=outcome, what=what, detail=_counted(drifts))


def _one_by_hand(context: Context, client: Any) -> Iterator[Finding]:
    function = logical_id(context.templates[context.stack], "AWS::Lambda::Function", "Shares")
    found = client.describe_stack_resource(StackName=context.stack, LogicalResourceId=function)
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    functions: Any = context.session.client("lambda")
    memory = functions.get_function_configuration(FunctionName=name)["MemorySize"]
    for size, expected in ((memory + 64, "MODIFIED"), (memory, "IN_SYNC")):
        functions.update_function_configuration(FunctionName=name, MemorySize=size)
        functions.get_waiter("function_updated_v2").wait(FunctionName=name)
        drift = client.detect_stack_resource_drift(StackName=context.stack, LogicalResourceId=function)
        status = drift["StackResourceDrift"]["StackResourceDriftStatus"]
        where = "is detected" if expected == "MODIFIED" else "is no longer detected after it is reverted"
        detail = f"{function} with {size} MB of memory is {status}, not {expected}"
        yield compared(f"A {_MANUAL_CHANGE} {where}.", detail, same=status == expected)


def _drifts(client: Any, stack: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = client.describe_stack_resource_drifts(StackName=stack, **token)
        found += page["StackResourceDrifts"]
        if not page.get("NextToken"):
            return found
        token = {"NextToken": page["NextToken"]}


def _counted(drifts: list[dict[str, Any]]) -> str:
    looked = sum(each["StackResourceDriftStatus"] == "IN_SYNC" for each in drifts)
    return f"{looked} of {len(drifts)} resources were checked; CloudFormation detects no drift of the others' types"


CHECKS = (
    Check(
        name="drift",
        level=2,
        order=40,
        title="CloudFormation detects no drift after a deployment, and detects a manual change.",
        run=_run,
    ),
)
