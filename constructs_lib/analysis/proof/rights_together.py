"""The rights of one principal that no review covers, as one answer: AWS's policies for staff have hundreds of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.reviewed_actions import unreviewed
from constructs_lib.analysis.proof.access_paths.unreviewed_actions import REMEDY
from constructs_lib.analysis.proof.findings import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RIGHTS: Final = "rights without a review"
"""The subject of the answer."""
_LEVELS: Final = ("Permissions management", "Write", "Read", "Tagging", "List", "")
"""The access levels of actions, from the one that may do most."""
_CONTENT: Final = re.compile(r"credential|secret|password|token|message|record|results|logevents")
"""Words in the names of actions that show what is stored, and not how it is set up: these come first."""
_SHOWN: Final = 3
"""The number of actions that the answer names."""


def together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings, those of one principal that are about unreviewed patterns of its policies as one."""
    rights: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status is Status.UNDECIDED and _is_right(finding):
            rights.setdefault(finding.caller, []).append(finding)
        else:
            yield finding
    for found in rights.values():
        yield found[0] if len(found) == 1 else _joined(found)


def _is_right(finding: Finding) -> bool:
    """Return whether a finding's subject is a pattern of the statement that it is because of."""
    return any(finding.subject in each.actions for each in finding.because)


def _joined(found: list[Finding]) -> Finding:
    patterns = tuple(dict.fromkeys(each.subject for each in found))
    because = tuple(dict.fromkeys(statement for each in found for statement in each.because))
    policies = ", ".join(dict.fromkeys(each.source for each in because))
    who = found[0].story.partition(" may call ")[0]
    _, remedy, why = found[0].story.partition(f"{REMEDY}; ")
    actions = sorted({action for pattern in patterns for action in unreviewed(pattern)}, key=_rank)
    named = ", ".join(actions[:_SHOWN]) + (" and others" if actions[_SHOWN:] else "")
    story = (
        f"{who} may call {named}, by {len(patterns)} actions of {policies}: no review says of each whether it shows or "
        f"changes what belongs to another; {remedy}{why}"
    )
    return replace(found[0], subject=RIGHTS, actions=patterns, because=because, story=story)


def _rank(action: str) -> tuple[bool, int, str]:
    """Return the place of an action in a sentence: what may do most is first."""
    level = catalogue.access_level(action)
    shows = level != "List" and _CONTENT.search(action.lower()) is not None
    return not shows, _LEVELS.index(level if level in _LEVELS else ""), action
