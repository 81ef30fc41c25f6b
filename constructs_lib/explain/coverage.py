"""Statement coverage: which policy statements of the templates decided the calls of a session."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.explain.answer import Status
from constructs_lib.explain.deciding_statements import names_action
from constructs_lib.explain.sentences import SentenceFormatter, friendly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.explain.answer import Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """Calls that one statement decided.

    Attributes:
        statement: The statement; its `source` is the construct that contains it.
        text: The statement on one line, with the names of the templates.
        allowed: The number of calls it allowed.
        refused: The number of calls refused by it, as an applicable Deny or as the nearest Allow that did not match.
        idle: Its actions, as it writes them, without effect: those for which an Allow allowed no call, and a Deny
            refused none. Empty: every action had an effect.
    """

    statement: Statement
    text: str
    allowed: int
    refused: int
    idle: tuple[str, ...]

    @property
    def used(self) -> bool:
        """Whether it has decided any call."""
        return bool(self.allowed or self.refused)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Calls that the statements of the templates decided.

    Attributes:
        uses: Every statement of a caller's role or of a resource policy, in the order of the templates.
        elsewhere: The number of calls that none of them decided: the user pool or a route's authorizer did, no
            statement names the action, or the templates alone leave the verdict open.
    """

    uses: tuple[Use, ...]
    elsewhere: int

    @property
    def used(self) -> int:
        """The number of statements that decided a call."""
        return sum(each.used for each in self.uses)


def coverage(models: Sequence[Model], answers: Sequence[Answer]) -> Coverage:
    """Count the calls that each statement decided.

    There is one model per choice of the templates' undecided conditions.
    """
    known = dict(_statements(models))
    counts: dict[Status, Counter[Statement]] = {status: Counter() for status in Status}
    effective: dict[Statement, set[str]] = {}
    elsewhere = 0
    for answer in answers:
        decided = [each.statement for each in answer.because if each.statement in known]
        elsewhere += not decided or answer.status is Status.UNDECIDED
        counts[answer.status].update(decided)
        for each in decided:
            if each.allow == (answer.status is Status.ALLOWED):
                effective.setdefault(each, set()).add(answer.action)
    uses = tuple(
        Use(
            statement=each,
            text=text,
            allowed=counts[Status.ALLOWED][each],
            refused=counts[Status.REFUSED][each],
            idle=_idle(each, effective.get(each, set())),
        )
        for each, text in known.items()
    )
    return Coverage(uses=uses, elsewhere=elsewhere)


def _statements(models: Sequence[Model]) -> Iterator[tuple[Statement, str]]:
    for model in models:
        words = SentenceFormatter(model)
        identity = (policy for caller in all_callers(model).values() for policy in caller.identity)
        for policy in (*identity, *(holder.policy for holder in model.holders)):
            yield from ((each, friendly(words.statement(each))) for each in policy.statements)


def _idle(statement: Statement, actions: set[str]) -> tuple[str, ...]:
    requests = [Request(action=each, resource="*") for each in actions]
    return tuple(
        written
        for written in statement.actions
        if not any(names_action(replace(statement, allow=True, actions=(written,)), each) for each in requests)
    )
