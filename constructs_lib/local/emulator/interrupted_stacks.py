"""Stacks that were being made when an earlier emulator ended: nobody goes on with them. Pure.

On AWS CloudFormation goes on by itself. Here such a stack is brought to the status from which the next deploy starts:
the CDK deletes one whose creation failed and makes it again, and updates one whose update was rolled back.
"""

from collections.abc import Mapping
from typing import Any, Final

REASON: Final = "The local cloud ended meanwhile."
_THEN: Final = (
    ("REVIEW_IN_PROGRESS", "REVIEW_IN_PROGRESS"),
    ("CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"),
    ("DELETE_IN_PROGRESS", "DELETE_FAILED"),
    ("IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"),
    ("IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"),
    ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),
    ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
    ("ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"),
)
"""Every status in which something is under way, and what it becomes. A stack under review waits for its user."""


def settle(state: Mapping[str, Any]) -> None:
    """Bring stacks that something was under way with to the status it would have been left in.

    Args:
        state: CloudFormation's state, as it is loaded.

    Raises:
        ValueError: A stack has a status that no stack of AWS has.
    """
    stacks = state.get("stacks")
    for stack in (stacks._data if stacks is not None else {}).values():  # all accounts and regions
        status = str(stack["StackStatus"])
        if status.endswith("_IN_PROGRESS"):
            after = dict(_THEN).get(status)
            if after is None:
                raise ValueError(f"{stack['StackName']} has the status {status}")
            if after != status:
                stack.update(StackStatus=after, StackStatusReason=REASON)
