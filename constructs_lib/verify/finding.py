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
        check: The check's name. Empty: the run adds it.
        outcome: Its outcome.
        what: The checked behaviour, in a sentence.
        detail: For a difference the request and the response, enough to repeat it; for a check that did not run, why.
        remedy: The remedy. Empty: none.

    Raises:
        ValueError: A check that did not run, differs or failed has no detail.
    """

    check: str = ""
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


def agrees(what: str) -> Finding:
    """Return that the cloud behaves as expected."""
    return Finding(outcome=Outcome.AGREES, what=what)


def differs(what: str, detail: str, *, remedy: str = "") -> Finding:
    """Return that the cloud behaves differently."""
    return Finding(outcome=Outcome.DIFFERS, what=what, detail=detail, remedy=remedy)


def not_checked(what: str, why: str) -> Finding:
    """Return that something could not be checked."""
    return Finding(outcome=Outcome.NOT_CHECKED, what=what, detail=why)


def compared(what: str, detail: str, *, same: bool) -> Finding:
    """Return whether the cloud behaves as expected; the detail is that of a difference."""
    return agrees(what) if same else differs(what, detail)
