"""Result of a run."""

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
"""Exit statuses. Remaining resources may cost money, so their status precedes that of differences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """A resource that a run created and that still exists.

    `why` says why it could not be removed, by the command.
    """

    kind: str
    name: str
    why: str
    command: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The result of a run.

    Args:
        run: Its ID, account and region.
        findings: Every finding of every check, in order.
        made: The created resources, as (kind, name).
        removed: The removed resources, as (kind, name).
        left: The resources that still exist.
        seconds: The duration of each part: `synth`, `level 0`, `deploy`, `level 1`, `level 2`, `sweep`.
        stopped: Why the run ended before its last check. Empty: it was complete.
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
        """The number of findings of each outcome."""
        counted = Counter(each.outcome for each in self.findings)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def status(self) -> int:
        """The exit status."""
        if self.left:
            return LEFT_BEHIND
        wrong = self.counts[Outcome.DIFFERS] + self.counts[Outcome.FAILED]
        # A run without checks confirms nothing.
        return DIFFERENCES if wrong or self.stopped or not self.counts[Outcome.AGREES] else AGREED
