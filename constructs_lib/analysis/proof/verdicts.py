"""The result of an obligation as a finding, by one engine or by both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from constructs_lib.analysis.engine.automata_engine import Answer, Decision, decide
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.iam.requests import Request, Verdict
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.places import Place

AUTOMATA: Final = "automata"


class Engine(Protocol):
    """A second engine."""

    name: str

    def decide(self, obligation: Obligation) -> Decision:
        """Decide one obligation independently of the first engine."""


def decided(obligation: Obligation, second: Engine | None, question: Question) -> Finding:
    """Decide an obligation; a counterexample has the request, and its story is added later.

    The second engine repeats the proofs of the first, and tries what the first left undecided.
    """
    decision = decide(obligation)
    finding = Finding(
        question=question,
        status=Status(decision.answer.value),
        caller=obligation.caller,
        subject=obligation.place.name,
        actions=obligation.actions,
        engines=(AUTOMATA,),
        request=decision.request,
        story=decision.reason,
    )
    if second is None or decision.answer is Answer.COUNTEREXAMPLE:
        return finding
    other = second.decide(obligation)
    if decision.answer is Answer.UNDECIDED:
        # A case that the second engine cannot rule out either adds no information.
        proved = other.answer is Answer.PROVED
        return replace(finding, status=Status.PROVED, engines=(second.name,), story="") if proved else finding
    if other.answer is Answer.COUNTEREXAMPLE:
        story = f"{AUTOMATA} says {decision.answer}, {second.name} has a counterexample: {other.reason}"
        return replace(finding, status=Status.UNDECIDED, story=story)
    if other.answer is Answer.UNDECIDED:
        return replace(finding, story=f"{second.name}: {other.reason}")
    return replace(finding, engines=(AUTOMATA, second.name))


def attack(finding: Finding, request: Request, verdict: Verdict, place: Place, caller: Caller) -> Finding:
    """Return a counterexample with its story: the request, the statements that allow it, and a remedy."""
    attack_story = _story(caller, request, verdict, place)
    story = f"{attack_story}; {finding.story}" if finding.story else attack_story
    return replace(finding, request=request, because=verdict.because, story=story)


def _story(caller: Caller, request: Request, verdict: Verdict, place: Place) -> str:
    details = {key: value for key, value in request.context.items() if key.startswith(("appsync:", "s3:", "dynamodb:"))}
    given = "".join(
        f", with {key} {value if isinstance(value, str) else list(value)}" for key, value in details.items()
    )
    by = "; ".join(str(statement) for statement in verdict.because)
    owner = place.owner
    known_by = "identity ID" if owner is None or owner.form is POOL_IDENTITY else str(owner.form)
    me = request.context.get("cognito-identity.amazonaws.com:sub" if owner is None else owner.key, "")
    another = "another's" if owner is None else owner.another
    known = f"{caller} whose {known_by} is {me}" if me and caller.of_pool else str(caller)
    return (
        f"{known} can call {request.action} on {request.resource}{given}, "
        f"which is {another} {place.name}{place.within_in_words}, because of {by}"
    )
