"""Updates of a stack: a resource that keeps its properties is left alone, and a new one is reported as created.

"CloudFormation updates resources based on differences between what you submit and the stack's current template.
Resources that haven't changed run without disruption" ("Update behaviors of stack resources"). Stock MiniStack updates
every resource, reports each as UPDATE_COMPLETE, and gives events of one millisecond the same time, so that the CDK
shows them in reverse (measured on 1.5.33). A nested stack is always updated, because its own resources may change.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from .ministack_interface import expect_attributes, expect_parameters

_NESTED: Final = "AWS::CloudFormation::Stack"
_STARTED: Final = "UPDATE_IN_PROGRESS"
_DONE: Final = "UPDATE_COMPLETE"
_TIME: Final = "%Y-%m-%dT%H:%M:%S.%f"


def check() -> None:
    """Refuse a MiniStack that updates stacks in another way."""
    expect_parameters(
        stacks._add_event,
        "stack_id", "stack_name", "logical_id", "resource_type", "status", "reason", "physical_id", "detailed_status",
    )  # fmt: skip
    expect_parameters(
        stacks._update_resource,
        "resource_type", "physical_id", "old_props", "new_props", "stack_name", "logical_id", "old_attrs",
    )  # fmt: skip
    expect_attributes(stacks, "_update_keeping_seed", "_NAME_SEED")
    expect_attributes(cloudformation, "_stacks", "_stack_events")


def install() -> None:
    """Override the updates and the events of a stack's resources."""
    stock_update, events = stacks._update_keeping_seed, _Events(stacks._add_event)

    def update(resource_type: str, physical_id: str, old: Any, new: Any, stack_name: str, *rest: Any) -> Any:
        logical_id, attributes = rest
        if events.begin(stack_name, logical_id, changed=old != new or resource_type == _NESTED):
            return stock_update(resource_type, physical_id, old, new, stack_name, *rest)
        return (physical_id, attributes), stacks._NAME_SEED.get()

    stacks._add_event, stacks._update_keeping_seed = events.add, update


class _Events:
    """The events of resources: of those that an update changes, and no others."""

    def __init__(self, stock: Callable[..., None]) -> None:
        self._stock = stock
        self._held: dict[tuple[str, str], tuple[str, ...]] = {}
        """The starts of resources that the stack has: whether they change is known when their update begins."""
        self._unchanged: dict[tuple[str, str], dict[str, Any]] = {}
        """The status and its time of each resource that is left alone."""
        self._created: set[tuple[str, str]] = set()

    def begin(self, stack_name: str, logical_id: str, *, changed: bool) -> bool:
        """Report the start of a resource's update, and return whether to update it."""
        stack = cloudformation._stacks[stack_name]
        key = (stack["StackId"], logical_id)
        started = self._held.pop(key, None)
        if started is None or changed:
            if started:
                self._report(*started)
            return True
        record = stack["_resources"][logical_id]
        self._unchanged[key] = {name: record[name] for name in ("ResourceStatus", "Timestamp")}
        return False

    def add(self, *event: str, **more: str) -> None:
        """Report an event, with the status that AWS reports."""
        stack_id, stack_name, logical_id, _, status, *rest = event
        key = (stack_id, logical_id)
        resources = (cloudformation._stacks.get(stack_name) or {}).get("_resources", {})
        if status == _STARTED and not rest and not more:
            if logical_id in resources:
                self._held[key] = event
                return
            self._created.add(key)
        if started := self._held.pop(key, None):
            self._report(*started)
        if (before := self._unchanged.pop(key, None)) and status == _DONE:
            resources[logical_id].update(before)
        elif key in self._created:
            self._report_created(key, resources, *event, **more)
        else:
            self._report(*event, **more)

    def _report_created(
        self, key: tuple[str, str], resources: dict[str, dict[str, Any]], *event: str, **more: str
    ) -> None:
        status = event[4].replace("UPDATE", "CREATE")
        if not status.endswith("IN_PROGRESS"):
            self._created.discard(key)
            resources.get(key[1], {}).update(ResourceStatus=status)
        self._report(*event[:4], status, *event[5:], **more)

    def _report(self, *event: str, **more: str) -> None:
        self._stock(*event, **more)
        _order(cloudformation._stack_events[event[0]])


def _order(events: list[dict[str, Any]]) -> None:
    """Give the last event a time after the one before it."""
    if len(events) > 1 and events[-1]["Timestamp"] <= events[-2]["Timestamp"]:
        before = datetime.strptime(events[-2]["Timestamp"].rstrip("Z"), _TIME)  # noqa: DTZ007 - only to add to it
        events[-1]["Timestamp"] = f"{(before + timedelta(milliseconds=1)).strftime(_TIME)[:-3]}Z"
