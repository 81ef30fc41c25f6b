"""Actions of services without owned data that a caller may call: the reviewed ones, from `reviewed_actions.json`.

Each group of the table has patterns of actions with the reason why a right on them shows nobody else's data, and its
source; those of a group with `own` are reviewed for the templates' own resources, and those of one with `request`
answer from the request alone. Privilege escalations have a table
of their own. An action in neither table, and of which AWS does not say that it only lists resources, has not been
reviewed.
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.escalations import ways
from constructs_lib.analysis.iam.matching import glob_match

_LIST: Final = "List"


def _groups() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = json.loads(
        files(__package__).joinpath("reviewed_actions.json").read_text(encoding="utf-8")
    )
    return groups


@functools.cache
def reviewed(*, own: bool) -> dict[str, str]:
    """Return the patterns of the reviewed actions, each with the reason.

    Args:
        own: Whether the resources are the templates' own.
    """
    return {pattern: group["why"] for group in _groups() for pattern in group["actions"] if own or not group.get("own")}


@functools.cache
def answers_from_request(action: str) -> bool:
    """Return whether an action works on no resource and answers from its request alone, such as text in an image."""
    patterns = (pattern for group in _groups() if group.get("request") for pattern in group["actions"])
    return not catalogue.resource_types(action) and any(glob_match(each, action, ignore_case=True) for each in patterns)


@functools.cache
def unreviewed(pattern: str, *, own: bool = False) -> tuple[str, ...]:
    """Return the actions that a policy's action pattern matches and no review covers.

    Actions on owned data are decided by their requests, and are not among them.

    Args:
        pattern: An action of a statement, such as `transcribe:Get*`, in any case.
        own: Whether all resources of the statement are resources of the templates. By default, they may be any.
    """
    pattern = pattern.lower()
    service = pattern.partition(":")[0]
    services = [each for each in catalogue.services() if glob_match(service, each)]
    matching = [
        each for one in services for each in catalogue.actions_of(one) if glob_match(pattern, each, ignore_case=True)
    ]
    if not matching:
        return (pattern,)
    asked = (each for each in matching if each.partition(":")[0] not in catalogue.SERVICES)
    return tuple(each for each in asked if not _is_reviewed(each, own=own))


@functools.cache
def _named(*, own: bool) -> frozenset[str]:
    """Return the reviewed actions and patterns in lower case, and the actions that are an escalation by themselves."""
    return frozenset(each.lower() for each in (*reviewed(own=own), *(way.action for way in ways() if not way.needs)))


@functools.cache
def _is_reviewed(action: str, *, own: bool) -> bool:
    return (
        action.lower() in _named(own=own)
        or catalogue.access_level(action) == _LIST
        or any("*" in each and glob_match(each, action, ignore_case=True) for each in reviewed(own=own))
    )
