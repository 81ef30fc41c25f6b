"""Results of a comparison of access, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request

_FEW: Final = 3
"""The number of texts that a sentence has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Access that callers gain or lose.

    Attributes:
        gained: Whether it is gained; false if it is lost.
        subjects: The callers, by their ids in the matrix.
        who: The callers' names at the start of a sentence.
        actions: The IAM actions.
        does: The verbs in a sentence: `get and list`.
        resource: The resource's name.
        elsewhere: Whether the resource is not a bucket, table or API of the templates.
        where: The part of the resource: `public/*`, `{owner}`, `*`.
        place: The place in a sentence: `Documents public/*`.
        others: Whether it reaches data of other users.
        conditional: Whether requests on the same place were allowed before too (or still are), under narrower
            conditions.
        request: A request that shows it; None if no right of IAM decides.
        because: The statements that allow the request, in the version that allows it.
        replayed: Whether the evaluator confirms the request's result in both versions.
        assumed: The conditions of the template under which it holds, if it depends on any.
        doubt: The unknown that it depends on, which makes it possible only; empty if it is certain.
        decided_by: What decides it, if no request of IAM shows it.
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
    assumed: Mapping[str, bool | str] = field(default_factory=dict)
    doubt: str = ""
    decided_by: str = "the route or function asks for no IAM rights"

    @property
    def sentence(self) -> str:
        """The change as a sentence."""
        first, *more = self.who
        principals = first + "".join(f" and {each[0].lower()}{each[1:]}" for each in more)
        can = "may" if self.doubt else "can"
        verb = f"{can} now" if self.gained else f"{can} no longer"
        under = (" under wider conditions" if self.gained else " under as many conditions") if self.conditional else ""
        alarm = ", other users' data included" if self.others else ""
        hangs = f", depending on unknown values ({self.doubt})" if self.doubt else ""
        return f"{principals} {verb} {self.does} {self.place}{under}{alarm}{hangs}"


def setting_change(*, gained: bool, who: str, does: str, resource: str, place: str, decided_by: str) -> Change:
    """Return access that a setting gives or takes, and no request of IAM shows.

    `who`, `does` and `place` are the beginning, the verb and the end of a sentence; `decided_by` is the setting.
    """
    return Change(
        gained=gained, subjects=(who,), who=(who,), actions=(), does=does, resource=resource, where=does, place=place,
        replayed=True, decided_by=decided_by,
    )  # fmt: skip


def few(texts: Sequence[str]) -> str:
    """Return some texts in a sentence, and the number of the others."""
    return ", ".join(texts[:_FEW]) + (f" and {len(texts) - _FEW} more" if len(texts) > _FEW else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """The result of a comparison.

    Attributes:
        changes: The changes, gained access first.
        undecided: The parts that could not be compared, in sentences.
        notes: Other changes that affect access, and parts that were not compared.
    """

    changes: tuple[Change, ...]
    undecided: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def gained(self) -> tuple[Change, ...]:
        """The gained access."""
        return tuple(change for change in self.changes if change.gained)

    @property
    def lost(self) -> tuple[Change, ...]:
        """The lost access."""
        return tuple(change for change in self.changes if not change.gained)
