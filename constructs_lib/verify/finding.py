"""Finding of a check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """Outcome of a check."""

    AGREES = "agrees"
    """The cloud behaves as this library expects."""
    DIFFERS = "differs"
    """It behaves differently."""
    NOT_CHECKED = "not checked"
    """Unknown, because a requirement is missing. Always with the reason, and counted separately."""
    FAILED = "failed"
    """The check itself failed; its result is unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One result of a check.

    Args:
        check: The check's name.
        outcome: Its outcome.
        what: The checked behaviour, in a sentence.
        detail: For a difference the request and the response, enough to repeat it; for a check that did not run, why.
        remedy: The remedy. Empty: none.

    Raises:
        ValueError: A check that did not run, differs or failed has no detail.
    """

    check: str
    outcome: Outcome
    what: str
    detail: str = ""
    remedy: str = ""

    def __post_init__(self) -> None:
        """Refuse an outcome without the detail that a person needs to act on it."""
        if self.outcome is not Outcome.AGREES and not self.detail:
            raise ValueError(
                f"the finding {self.check!r} ({self.what}) has the outcome {self.outcome.value!r} without a detail; "
                "add detail=..."
            )
