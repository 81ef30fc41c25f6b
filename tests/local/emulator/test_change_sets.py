"""A change of outputs alone can be deployed, as when another stack begins to use a value; no change cannot."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import WaiterError

pytestmark = pytest.mark.slow

STACK = "OutputsOnly"
OFTEN = {"Delay": 0.05, "MaxAttempts": 400}
QUEUE = {"Type": "AWS::SQS::Queue"}


def template(*outputs: str) -> str:
    values = {name: {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}} for name in outputs}
    return json.dumps({"Resources": {"Queue": QUEUE}, "Outputs": values})


def execute(cloudformation: Any, body: str, *, kind: str) -> set[str]:
    """Deploy by a change set, as a plain `cdk deploy` does, and return the names of the outputs there are then."""
    name = {"StackName": STACK, "ChangeSetName": f"change-{uuid4().hex[:8]}"}
    cloudformation.create_change_set(**name, TemplateBody=body, ChangeSetType=kind)
    cloudformation.get_waiter("change_set_create_complete").wait(**name, WaiterConfig=OFTEN)
    cloudformation.execute_change_set(**name)
    done = f"stack_{kind.lower()}_complete"
    cloudformation.get_waiter(done).wait(StackName=STACK, WaiterConfig=OFTEN)
    return outputs(cloudformation)


def outputs(cloudformation: Any) -> set[str]:
    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"] for output in stack["Outputs"]}


def test_outputs_alone_are_a_change_and_the_same_template_is_none(emulator: Any) -> None:
    cloudformation = emulator.admin("cloudformation")
    assert execute(cloudformation, template("One"), kind="CREATE") == {"One"}
    assert execute(cloudformation, template("One", "Two"), kind="UPDATE") == {"One", "Two"}
    with pytest.raises(WaiterError, match="ChangeSetCreateComplete"):
        execute(cloudformation, template("One", "Two"), kind="UPDATE")
    cloudformation.delete_stack(StackName=STACK)


def test_outputs_alone_are_a_change_without_a_change_set_too(emulator: Any) -> None:
    """The way `cognito-app up` deploys."""
    cloudformation = emulator.admin("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=template("One"))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig=OFTEN)
    cloudformation.update_stack(StackName=STACK, TemplateBody=template("One", "Two"))
    cloudformation.get_waiter("stack_update_complete").wait(StackName=STACK, WaiterConfig=OFTEN)
    assert outputs(cloudformation) == {"One", "Two"}
    cloudformation.delete_stack(StackName=STACK)
