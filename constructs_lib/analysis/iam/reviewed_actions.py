"""Actions of services without owned data that a caller may call: the reviewed ones, from `reviewed_actions.json`.

Each group of the table has patterns of actions with the reason why a right on them shows nobody else's data, and its
source. Those of a group with `only` are reviewed for the templates' own resources (`own`), for resources that the
policy names (`named`), or for services in which users own nothing (`unowned`); those of one with `request` answer from
the request alone. Privilege escalations have a table of their own. An action in neither table has not been reviewed,
also if it only lists or describes: many lists show content, and metrics may have names and values from log lines
("AWS::Logs::MetricFilter Dimension", CloudFormation template reference).
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.escalations import all_escalations
from constructs_lib.analysis.iam.matching import glob_match

ANY: Final = frozenset[str]()
"""Nothing is known about the resources of a right."""
_OF_BUCKETS: Final = frozenset({"bucket", "object"})
"""Types of S3 whose rights are decided as access to owned data."""
NAMED: Final = frozenset({"named"})
"""The policy names the resources of a right."""
UNOWNED: Final = frozenset({"unowned"})
"""Nothing of the service of a right has an owner."""


def _groups() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("reviewed_actions.json").read_text(encoding="utf-8")
    groups: list[dict[str, Any]] = json.loads(text)
    return groups


@functools.cache
def reviewed(of: frozenset[str] = ANY) -> dict[str, str]:
    """Return the patterns of the reviewed actions, each with the reason.

    Args:
        of: What the resources are: `own`, `named`, `unowned`. By default, they may be any.
    """
    fitting = (group for group in _groups() if group.get("only") in {None, *of})
    return {pattern: group["why"] for group in fitting for pattern in group["actions"]}


@functools.cache
def answers_from_request(action: str) -> bool:
    """Return whether an action works on no resource and answers from its request alone, such as text in an image."""
    patterns = (pattern for group in _groups() if group.get("request") for pattern in group["actions"])
    return not catalogue.resource_types(action) and any(glob_match(each, action, ignore_case=True) for each in patterns)


@functools.cache
def unreviewed(pattern: str, of: frozenset[str] = ANY) -> tuple[str, ...]:
    """Return the actions that a policy's action pattern matches and no review covers.

    Actions on owned data are decided by their requests, and are not among them.

    Args:
        pattern: An action of a statement, such as `transcribe:Get*`, in any case.
        of: What all resources of the statement are: `own`, those of the templates; `named`, those that it names;
            `unowned`, those of a service in which users own nothing. By default, they may be any.
    """
    service, colon, name = pattern.partition(":")
    service = service.lower()
    services = [each for each in catalogue.services() if glob_match(service, each)]
    matching = [
        each for one in services for each in catalogue.actions_of(one) if glob_match(pattern, each, ignore_case=True)
    ]
    if not matching:
        return (f"{service}{colon}{name}",)
    asked = (each for each in matching if each.partition(":")[0] not in catalogue.SERVICES or _is_beside_buckets(each))
    return tuple(each for each in asked if not _is_reviewed(each, of))


def _is_beside_buckets(action: str) -> bool:
    """Return whether an action of S3 uses neither a bucket nor an object, such as a dashboard or an access grant."""
    types = catalogue.resource_types(action)
    return action.startswith("s3:") and bool(types) and types.isdisjoint(_OF_BUCKETS)


@functools.cache
def _named(of: frozenset[str]) -> frozenset[str]:
    """Return the reviewed actions and patterns in lower case, and the actions that are an escalation by themselves."""
    return frozenset(
        each.lower()
        for each in (*reviewed(of), *(escalation.action for escalation in all_escalations() if not escalation.needs))
    )


@functools.cache
def _is_reviewed(action: str, of: frozenset[str]) -> bool:
    patterns = (each for each in reviewed(of) if "*" in each)
    return action.lower() in _named(of) or any(glob_match(each, action, ignore_case=True) for each in patterns)
