"""Stacks with an operation in progress when an earlier emulator ended, which is not resumed. Pure.

On AWS, CloudFormation continues the operation. Here such a stack gets the status from which the next deploy starts: the
CDK deletes and recreates a stack whose creation failed, and updates a stack whose update was rolled back.
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
"""Every in-progress status, and the status that replaces it. A stack in review stays in review."""


def settle(state: Mapping[str, Any]) -> None:
    """Replace the in-progress statuses of stacks in CloudFormation's loaded state.

    Raises:
        ValueError: If a stack has a status that does not exist on AWS.
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
