"""What a check has found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How something that was checked stands."""

    AGREES = "agrees"
    """The cloud does what this library says it does."""
    DIFFERS = "differs"
    """It does something else."""
    NOT_CHECKED = "not checked"
    """Nobody knows: what was needed is not here. Always with the reason, and counted by itself."""
    FAILED = "failed"
    """The check ended by an error of its own; what it was to say is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One answer of a check.

    Args:
        check: The check's name.
        outcome: How it stands.
        what: What was asked, in a sentence.
        detail: For a difference what was sent and what came back, enough to do it again; for what was not checked, why.
        remedy: What to do. Empty: nothing.

    Raises:
        ValueError: Nothing says why something was not checked, differs or failed.
    """

    check: str
    outcome: Outcome
    what: str
    detail: str = ""
    remedy: str = ""

    def __post_init__(self) -> None:
        """Refuse an outcome that nobody could act on."""
        if self.outcome is not Outcome.AGREES and not self.detail:
            raise ValueError(f"the finding {self.check!r} ({self.what}) is {self.outcome.value} and says no detail")
