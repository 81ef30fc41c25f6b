"""What came of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs_lib.verify.finding import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.verify.finding import Finding
    from constructs_lib.verify.run import Run

AGREED: Final = 0
DIFFERENCES: Final = 2
LEFT_BEHIND: Final = 4
"""Exit statuses. What is left behind may cost money, so it is said before differences are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Something that a run has made and that is still there.

    Args:
        kind: What it is, such as `bucket`.
        name: Its name or ID.
        why: Why it could not be removed.
        command: The command that removes it.
    """

    kind: str
    name: str
    why: str
    command: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of a run.

    Args:
        run: Its ID, account and region.
        findings: Every answer of every check, in the order they came.
        made: What it has made, as (kind, name).
        removed: What it has removed, as (kind, name).
        left: What is still there.
        seconds: How long each part took: `synth`, `level 0`, `deploy`, `level 1`, `level 2`, `sweep`.
        stopped: Why the run ended before its last check. Empty: it did not.
    """

    run: Run
    findings: tuple[Finding, ...]
    made: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    left: tuple[Left, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    stopped: str = ""

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many findings there are of each outcome."""
        counted = Counter(each.outcome for each in self.findings)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def status(self) -> int:
        """The exit status."""
        if self.left:
            return LEFT_BEHIND
        wrong = self.counts[Outcome.DIFFERS] + self.counts[Outcome.FAILED]
        # Where nothing was checked nothing agrees either.
        return DIFFERENCES if wrong or self.stopped or not self.counts[Outcome.AGREES] else AGREED
