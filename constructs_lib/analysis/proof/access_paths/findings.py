"""Builders of the findings of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node


def counterexample(who: str, through: Node | str, story: str, *because: Statement) -> Finding:
    """Return a counterexample: the template gives a principal access to owned data through another resource."""
    return _finding(Status.COUNTEREXAMPLE, who, through, story, because)


def undecided(who: str, through: Node | str, story: str, *because: Statement) -> Finding:
    """Return an undecided finding: a principal may reach owned data through another resource."""
    return _finding(Status.UNDECIDED, who, through, story, because)


def _finding(status: Status, who: str, through: Node | str, story: str, because: tuple[Statement, ...]) -> Finding:
    return Finding(
        question=Question.ANOTHER_WAY,
        status=status,
        caller=who,
        subject=str(through),
        about="" if isinstance(through, str) else through.name,
        engines=("evaluation",),
        because=because,
        story=story,
    )
