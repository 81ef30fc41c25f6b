"""Change sets that change outputs only: AWS executes them, stock MiniStack reports them as empty (1.5.33).

The CDK creates one if another stack starts to use a value of this one.
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers

from .ministack_interface import expect_attributes, expect_keys, expect_parameters

_ACTION = "CreateChangeSet"
_NOTHING = "The submitted information didn't contain changes"


def check() -> None:
    """Refuse a MiniStack that handles or keeps change sets elsewhere."""
    expect_keys(handlers._ACTION_HANDLERS, "MiniStack's CloudFormation actions", _ACTION)
    expect_attributes(cloudformation, "_stacks")
    expect_parameters(changesets._find_change_set, "cs_name", "stack_name")


def install() -> None:
    """Check every change set that is reported as empty."""
    actions: dict[str, Any] = handlers._ACTION_HANDLERS
    stock = actions[_ACTION]

    def create_change_set(params: dict[str, Any]) -> Any:
        answer = stock(params)
        name, stack_name = (handlers._p(params, key) for key in ("ChangeSetName", "StackName"))
        _, found = changesets._find_change_set(name, stack_name)
        stack = cloudformation._stacks.get(found["StackName"]) if found else None
        if stack and found["StatusReason"].startswith(_NOTHING) and _outputs(found) != _outputs(stack):
            found.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")
        return answer

    actions[_ACTION] = create_change_set


def _outputs(holder: dict[str, Any]) -> Any:
    return (holder.get("_template") or {}).get("Outputs")
