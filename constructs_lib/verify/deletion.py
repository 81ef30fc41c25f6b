"""Deletion of a stack in any state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import WaiterError

from constructs_lib.local.deployment import failed_events
from constructs_lib.verify.waiter_settings import patience

if TYPE_CHECKING:
    from constructs_lib.verify.resource_kinds import Stack

_ENDS: Final = {
    "CREATE_IN_PROGRESS": "stack_create_complete",
    "ROLLBACK_IN_PROGRESS": "stack_create_complete",
    "UPDATE_IN_PROGRESS": "stack_update_complete",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "stack_update_complete",
    "UPDATE_ROLLBACK_IN_PROGRESS": "stack_rollback_complete",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "stack_rollback_complete",
}
"""The waiter before the deletion of a stack with an operation in progress; each ends on a rollback, too."""


class NotDeletedError(Exception):
    """A stack still exists; the message is CloudFormation's reason."""


def delete_stack(stack: Stack, name: str) -> None:
    """Delete a stack by its name, with the client of its kind, and wait until it no longer exists.

    Raises:
        NotDeletedError: If CloudFormation could not delete all of it.
    """
    found = _described(stack, name)
    identity = found["StackId"]
    if ends := _ENDS.get(found["StackStatus"]):
        _wait(stack, ends, identity)
    stack.remove(name)
    _wait(stack, "stack_delete_complete", identity)
    after = _described(stack, identity)
    if after["StackStatus"] != "DELETE_COMPLETE":
        events: Any = stack.client.describe_stack_events(StackName=identity)["StackEvents"]
        reasons = "; ".join(failed_events(events)) or after.get("StackStatusReason", "no reason is given")
        raise NotDeletedError(f"{after['StackStatus']}: {reasons}")


def _described(stack: Stack, name: str) -> Any:
    [found] = stack.client.describe_stacks(StackName=name)["Stacks"]
    return found


def _wait(stack: Stack, waiter: str, name: str) -> None:
    try:
        stack.client.get_waiter(waiter).wait(StackName=name, WaiterConfig=patience(local=stack.run.local))
    except WaiterError:
        # It ended in another status, or takes too long; the status shows which.
        return
