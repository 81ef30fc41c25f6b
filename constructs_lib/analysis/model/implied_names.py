"""Names of resources that contain the name of an owned one, such as the executions of a user's state machine.

A policy that ties a state machine `u-{owner}` to its owner ties its executions too, which have ARNs of their own:
`execution:u-{owner}:NAME`. Source: the ARN formats of each service (Service Authorization Reference).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IMPLIED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "codebuild": {"project/": ("build/{}:*", "build-batch/{}:*")},
    "ecs": {"cluster/": ("container-instance/{}/*", "service/{}/*", "task/{}/*", "task-set/{}/*")},
    "events": {"event-bus/": ("rule/{}/*",)},
    # "Device Shadow MQTT topics", "Reserved topics" (AWS IoT Core developer guide).
    "iot": {"thing/": ("topic/$aws/things/{}/*", "topicfilter/$aws/things/{}/*")},
    "glue": {"database/": ("table/{}/*", "userDefinedFunction/{}/*")},
    "scheduler": {"schedule-group/": ("schedule/{}/*",)},
    "states": {"stateMachine:": ("execution:{}:*", "express:{}:*", "mapRun:{}/*")},
}
"""By service and beginning of a name: the names of what belongs to it."""


def implied_names(service: str, name: str) -> Iterator[str]:
    """Yield the names of what belongs to a resource.

    `name` is the text of its ARN after the account.
    """
    for begin, others in IMPLIED.get(service, {}).items():
        if name.startswith(begin):
            yield from (each.replace("{}", name.removeprefix(begin)) for each in others)
