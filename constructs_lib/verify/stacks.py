"""Creates and updates a stack by a change set, and reports the result."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from botocore.exceptions import WaiterError

from constructs_lib.local.deployment import failed_events
from constructs_lib.verify.waiter_settings import patience

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

    from constructs_lib.verify.run import Run

_LONGEST: Final = 51_200
"""The maximum size of a template within the request ("CloudFormation quotas")."""
_MOST_STATUS_CHECKS: Final = 60
"""The maximum number of status checks until an executed change set starts."""
_COMPLETE: Final = {"CREATE": "CREATE_COMPLETE", "UPDATE": "UPDATE_COMPLETE"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """The result of a deployment.

    The status may be that of a change set that could not be created. `reasons` say why it failed, first cause first,
    and `done` whether the requested state was reached.
    """

    status: str
    done: bool
    reasons: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def why(self) -> str:
        """The status and the reasons in one line."""
        return ": ".join(filter(None, (self.status, "; ".join(self.reasons))))


def deploy(
    session: boto3.Session, run: Run, name: str, template: Mapping[str, Any], *, kind: Literal["CREATE", "UPDATE"]
) -> Deployed:
    """Create or update a stack, and wait until the operation ends.

    The stack gets the run's tag.

    Raises:
        ValueError: If the template exceeds the maximum size within the request.
    """
    body = json.dumps(template, separators=(",", ":"))
    if len(body.encode()) > _LONGEST:
        raise ValueError(f"the template of {name} has more than {_LONGEST} bytes")
    client: Any = session.client("cloudformation")
    # A stack keeps its change sets, and their names are unique within it.
    change = f"{kind.lower()}-{hashlib.sha256(body.encode()).hexdigest()[:12]}"
    made = client.create_change_set(
        StackName=name,
        ChangeSetName=change,
        ChangeSetType=kind,
        TemplateBody=body,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        Tags=run.tags,
    )
    config = patience(local=run.local)
    try:
        client.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig=config)
    except WaiterError:
        change_set = client.describe_change_set(ChangeSetName=made["Id"])
        client.delete_change_set(ChangeSetName=made["Id"])
        return Deployed(
            status=f"change set {change_set['Status']}", done=False, reasons=(change_set.get("StatusReason", ""),)
        )
    before = _events(client, made["StackId"])
    client.execute_change_set(ChangeSetName=made["Id"], ClientRequestToken=f"{run.prefix}-{len(before)}")
    return _ended(client, made["StackId"], kind, before, config)


def _ended(client: Any, stack: str, kind: str, before: set[str], config: dict[str, float]) -> Deployed:
    # Until it starts, the status is that of the last update.
    for _ in range(_MOST_STATUS_CHECKS):
        if _events(client, stack) - before:
            break
        time.sleep(config["Delay"])
    # The waiter also ends at the end of a rollback; the status shows which.
    with suppress(WaiterError):
        client.get_waiter(f"stack_{kind.lower()}_complete").wait(StackName=stack, WaiterConfig=config)
    [found] = client.describe_stacks(StackName=stack)["Stacks"]
    pages = client.get_paginator("describe_stack_events").paginate(StackName=stack)
    since = [each for page in pages for each in page["StackEvents"] if each["EventId"] not in before]
    return Deployed(
        status=found["StackStatus"],
        done=found["StackStatus"] == _COMPLETE[kind],
        reasons=tuple(failed_events(since)),
        outputs={each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", ())},
    )


def _events(client: Any, stack: str) -> set[str]:
    pages = client.get_paginator("describe_stack_events").paginate(StackName=stack)
    return {each["EventId"] for page in pages for each in page["StackEvents"]}
