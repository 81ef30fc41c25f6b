"""What a comparison of access found, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Access that some people or functions gain or lose.

    Attributes:
        gained: Whether it is gained; else it is lost.
        subjects: Who: the ids of the matrix.
        who: Who, as sentences begin.
        actions: The IAM actions it is about.
        does: What can be done, for a sentence: `get and list`.
        resource: The resource's name.
        elsewhere: Whether it is none of the buckets, tables and APIs of the templates.
        where: The part of it: `public/*`, `{owner}`, `*`.
        place: The place for a sentence: `Documents public/*`.
        others: Whether it reaches what belongs to other users.
        conditional: Whether requests about the same place went through before too (or still do), under narrower
            conditions.
        request: A request that shows it; None for a route or function URL that asks for no IAM rights.
        because: The statements that let the request through, in the version that does.
        replayed: Whether the evaluator, given the request, says the same of both versions.
        assumed: The conditions of the template under which it holds, if it depends on any.
        doubt: What the template does not say and it depends on, so that it may be; empty where it is.
    """

    gained: bool
    subjects: tuple[str, ...]
    who: tuple[str, ...]
    actions: tuple[str, ...]
    does: str
    resource: str
    where: str
    place: str
    elsewhere: bool = False
    others: bool = False
    conditional: bool = False
    request: Request | None = None
    because: tuple[Statement, ...] = ()
    replayed: bool = False
    assumed: Mapping[str, bool] = field(default_factory=dict)
    doubt: str = ""

    @property
    def sentence(self) -> str:
        """It, in a sentence."""
        first, *more = self.who
        people = first + "".join(f" and {each[0].lower()}{each[1:]}" for each in more)
        can = "may" if self.doubt else "can"
        verb = f"{can} now" if self.gained else f"{can} no longer"
        under = (" under wider conditions" if self.gained else " under as many conditions") if self.conditional else ""
        alarm = ", other users' data included" if self.others else ""
        hangs = f": it depends on what is not known ({self.doubt})" if self.doubt else ""
        return f"{people} {verb} {self.does} {self.place}{under}{alarm}{hangs}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """All of it.

    Attributes:
        changes: What was gained first.
        undecided: What could not be compared, in sentences.
        notes: What else changed that decides access, and what was not compared.
    """

    changes: tuple[Change, ...]
    undecided: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def gained(self) -> tuple[Change, ...]:
        """What was gained."""
        return tuple(change for change in self.changes if change.gained)

    @property
    def lost(self) -> tuple[Change, ...]:
        """What was lost."""
        return tuple(change for change in self.changes if not change.gained)
