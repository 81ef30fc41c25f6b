"""The first engine: decides a formula by automata, with a request that shows the attack when there is one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import OTHER, TooManyStatesError, Word
from constructs_lib.analysis.engine.formula import RESOURCE, Formula
from constructs_lib.analysis.engine.tokens import MARKS, Identity
from constructs_lib.analysis.evaluator import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.analysis.engine.obligations import Obligation

MAX_ASSIGNMENTS: Final = 500_000
CALLER_SUB: Final = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
CALLER_ID: Final = f"us-east-1:{CALLER_SUB}"
"""The caller A of a witness, as `sub` and as identity-pool ID."""
_WRITTEN: Final = {MARKS[Identity.POOL_IDENTITY]: CALLER_ID, MARKS[Identity.SUB]: CALLER_SUB}
_PLAIN: Final = "~"


class Answer(StrEnum):
    """What an engine says of an obligation."""

    PROVED = "PROVED"
    COUNTEREXAMPLE = "COUNTEREXAMPLE"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """An engine's answer to one obligation.

    Args:
        answer: The answer.
        request: The request of a counterexample.
        reason: Why it is undecided.
    """

    answer: Answer
    request: Request | None = None
    reason: str = ""


def decide(obligation: Obligation) -> Decision:
    """Decide whether some allowed request touches the space."""
    formula = Formula(obligation)
    try:
        for count, (assignment, words) in enumerate(formula.assignments()):
            if count > MAX_ASSIGNMENTS:
                return Decision(answer=Answer.UNDECIDED, reason=f"more than {MAX_ASSIGNMENTS:,} cases")
            if formula.touches(assignment) and formula.allowed(assignment):
                return Decision(answer=Answer.COUNTEREXAMPLE, request=witness(obligation, words))
    except TooManyStatesError as error:
        return Decision(answer=Answer.UNDECIDED, reason=str(error))
    return Decision(answer=Answer.PROVED)


def witness(obligation: Obligation, words: Mapping[str, tuple[Word, ...] | None]) -> Request:
    """Return the request that texts of a formula stand for, with identities written out."""
    context: dict[str, str | tuple[str, ...]] = {
        key: values[0] if len(values) == 1 and not key.endswith(":amr") else values
        for key, values in obligation.fixed.items()
    }
    context["cognito-identity.amazonaws.com:sub"] = CALLER_ID
    for tag, trusted in obligation.tags.items():
        if trusted:
            context[f"aws:principaltag/{tag}"] = CALLER_SUB
    for name, found in words.items():
        if name != RESOURCE and found is not None:
            texts = tuple(map(text, found))
            context[name] = texts if name == "dynamodb:leadingkeys" else texts[0]
    resource = words[RESOURCE]
    assert resource is not None  # noqa: S101 - a request always has a resource
    return Request(action=obligation.actions[0], resource=text(resource[0]), context=context)


def text(word: Word) -> str:
    """Return a text with the caller's identity in place of its symbols."""
    written: list[str] = []
    for symbol in word:
        if symbol == OTHER:
            written.append(_PLAIN)
        elif symbol[0] in _WRITTEN:
            whole = _WRITTEN[symbol[0]]
            written.append(whole if len(symbol) == 1 else whole[int(symbol[1:]) % len(whole)])
        else:
            written.append(symbol)
    return "".join(written)
