"""Whether callers with credentials reach what belongs to another, and what belongs to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.layers import limits_of
from constructs_lib.analysis.engine.obligations import Questions
from constructs_lib.analysis.engine.solve import Answer, decide
from constructs_lib.analysis.iam.evaluator import evaluate
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.verdicts import AUTOMATA, attack, decided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.iam.evaluator import Request, Verdict
    from constructs_lib.analysis.iam.policies import Policy
    from constructs_lib.analysis.model.model import Caller, Model
    from constructs_lib.analysis.model.spaces import Space
    from constructs_lib.analysis.proof.accepted import Accepted
    from constructs_lib.analysis.proof.verdicts import Engine


class Isolation:
    """The callers of a model, asked about one owned space after the other."""

    def __init__(self, model: Model, second: Engine | None, accepted: Sequence[Accepted]) -> None:
        """Prepare what is asked about each caller."""
        self._model = model
        self._second = second
        self._accepted = accepted
        self._asked = [(caller, Questions(caller, model)) for caller in model.callers]

    def findings(self, space: Space) -> Iterator[Finding]:
        """Yield whether anyone reaches what belongs to another in a space."""
        for caller, questions in self._asked:
            for obligation in questions.about(space):
                yield self._finding(obligation, caller)
            if space.claim and caller.signed_in and caller.pool.tags.get(space.key.partition("/")[2]) == space.claim:
                yield _forged(space, caller)

    def has_reachable_owner(self, space: Space) -> bool:
        """Whether any caller reaches what is theirs in a space."""
        return any(
            decide(obligation).answer is Answer.COUNTEREXAMPLE
            for _, questions in self._asked
            for obligation in questions.about(space, own=True)
        )

    def _finding(self, obligation: Obligation, caller: Caller) -> Finding:
        finding = decided(obligation, self._second, Question.OTHERS_DATA)
        if finding.request is None:
            if finding.status is Status.PROVED and obligation.space.doubt:
                return replace(finding, status=Status.UNDECIDED, story=obligation.space.doubt)
            return finding
        unmeant = tuple(
            action
            for action in obligation.actions
            if not any(each.covers(obligation, action) for each in self._accepted)
        )
        if not unmeant:
            story = f"accepted: {caller} may do this on {obligation.space.name}"
            return replace(finding, status=Status.ACCEPTED, story=story)
        request = replace(finding.request, action=unmeant[0])
        verdict = replay(request, caller, self._model)
        if not verdict.allowed:
            story = "the engine has an attack that the evaluator refuses: one of the two is wrong, please report it"
            return replace(finding, status=Status.UNDECIDED, request=request, story=story)
        return attack(replace(finding, actions=unmeant), request, verdict, obligation.space)


def replay(request: Request, caller: Caller, model: Model) -> Verdict:
    """Decide a caller's concrete request with the evaluator, which shares no code with the engines' matching."""
    boundary, session = (*limits_of(caller), None, None)[:2]
    return evaluate(
        replace(request, principal=caller.role.arn),
        identity=caller.role.policies,
        resource=_policy_on(request.resource, model),
        boundary=boundary,
        session=session,
    )


def _policy_on(resource: str, model: Model) -> Policy | None:
    for holder in (*model.holders, *model.apis):
        if resource == holder.arn or resource.startswith(f"{holder.arn}/"):
            return holder.policy
    return None


def _forged(space: Space, caller: Caller) -> Finding:
    return Finding(
        question=Question.OTHERS_DATA,
        status=Status.COUNTEREXAMPLE,
        caller=str(caller),
        subject=space.name,
        engines=(AUTOMATA,),
        story=f"{caller} can become the owner of any {space.name}: the principal tag {space.key!r} comes from the "
        f"claim {space.claim!r}, which users can write; map the tag to 'sub', or take the attribute from every "
        "client's write list",
    )


__all__ = ["Isolation", "replay"]
