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
        detail: For a difference, the request and the response; for a check that did not run, the reason.
        remedy: The remedy. Empty: there is none.

    Raises:
        ValueError: If the outcome is not AGREES and there is no detail.
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
    """Return the finding that the cloud behaves as expected."""
    return Finding(outcome=Outcome.AGREES, what=what)


def differs(what: str, detail: str, *, remedy: str = "") -> Finding:
    """Return the finding that the cloud behaves differently."""
    return Finding(outcome=Outcome.DIFFERS, what=what, detail=detail, remedy=remedy)


def not_checked(what: str, why: str) -> Finding:
    """Return the finding that a behaviour could not be checked."""
    return Finding(outcome=Outcome.NOT_CHECKED, what=what, detail=why)


def compared(what: str, detail: str, *, same: bool) -> Finding:
    """Return `agrees` if the behaviour is the expected one, otherwise `differs` with the detail."""
    return agrees(what) if same else differs(what, detail)
