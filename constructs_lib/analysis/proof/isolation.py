"""Checks whether callers with credentials reach other owners' data, and their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import Questions
from constructs_lib.analysis.engine.variable_length_owners import ambiguous_text, remedy
from constructs_lib.analysis.model.owned_places import owner_by
from constructs_lib.analysis.proof.declared_sharing import is_shared, remaining_obligation
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.verdicts import AUTOMATA, attack, decided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.engine.obligations import Obligation
    from constructs_lib.analysis.iam.requests import Request, Verdict
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Owner, Place
    from constructs_lib.analysis.proof.accepted_access import Accepted
from constructs_lib.analysis.proof.verdicts import Engine


class Isolation:
    """Checks of a model's callers against each owned place."""

    def __init__(self, model: Model, second: Engine | None, accepted: Sequence[Accepted]) -> None:
        """Prepare the checks of each caller."""
        self._model = model
        self._second = second
        self._accepted = accepted
        self._questions_by_caller = [(caller, Questions(caller, model)) for caller in model.callers]

    def findings(self, place: Place) -> Iterator[Finding]:
        """Yield findings about callers' access to other owners' data in a place."""
        for caller, questions in self._questions_by_caller:
            for obligation in questions.about(place):
                yield self._finding(obligation, caller)
            owner = None if place.owner is None else owner_by(place.owner.key, caller)
            if owner is not None and owner.forged and place.owner is not None and owner.form == place.owner.form:
                yield _forged(place, owner, caller)

    def has_reachable_owner(self, place: Place) -> bool:
        """Return whether any caller reaches their own data in a place."""
        return any(
            decide(obligation).answer is Answer.COUNTEREXAMPLE
            for _, questions in self._questions_by_caller
            for obligation in questions.about(place, own=True)
        )

    def _finding(self, obligation: Obligation, caller: Caller) -> Finding:
        doubt = "" if obligation.place.owner is None else obligation.place.owner.form.doubt
        finding = decided(obligation, None if doubt else self._second, Question.OTHERS_DATA)
        if finding.request is None:
            mends = remedy(obligation, ambiguous_text(obligation)) if doubt else ""
            story = f"{doubt}; {mends}" if mends else doubt
            return replace(finding, status=Status.UNDECIDED, story=story) if doubt else finding
        left = dict(self._not_shared(obligation, caller, finding))
        if not left:
            story = f"{caller} may call {', '.join(obligation.actions)} on {obligation.place.name}"
            return replace(finding, status=Status.ACCEPTED, story=story)
        action = min(left, key=lambda each: left[each].request is None)
        finding, request = replace(left[action], actions=tuple(left)), left[action].request
        if request is None:
            return finding
        if obligation.shape.resource == "*":
            story = f"{caller} can call {action}, which names no resource: whose data it is about is not known"
            return replace(finding, status=Status.UNDECIDED, request=None, story=story)
        request = replace(request, action=action)
        verdict = replay(request, caller, self._model)
        if not verdict.allowed:
            story = "the engine has an attack that the evaluator refuses: one of the two is wrong, please report it"
            return replace(finding, status=Status.UNDECIDED, request=request, story=story)
        return attack(finding, request, verdict, obligation.place, caller)

    def _not_shared(self, obligation: Obligation, caller: Caller, finding: Finding) -> Iterator[tuple[str, Finding]]:
        """Yield the actions by which an attack goes beyond intended access, each with that attack."""
        holder = self._model.holder(obligation.place.holder)
        assert holder is not None  # noqa: S101 - places are found in the model's resources
        for action in obligation.actions:
            if any(each.covers(obligation, action) for each in self._accepted):
                continue
            if is_shared(obligation, caller, action, holder):
                if self._has_namesakes(caller):
                    yield action, _of_several_pools(finding, caller, obligation.place)
                continue
            rest = remaining_obligation(obligation, caller, action, holder)
            found = finding if rest is None else decided(rest, self._second, Question.OTHERS_DATA)
            if found.status is not Status.PROVED:
                yield action, found

    def _has_namesakes(self, caller: Caller) -> bool:
        """Return whether another identity pool has callers of the same name, which makes declared sharing ambiguous."""
        return any(each.pool != caller.pool and each.kind_id == caller.kind_id for each in self._model.callers)


def _of_several_pools(finding: Finding, caller: Caller, place: Place) -> Finding:
    story = (
        f"{caller} may do this on {place.name}, which is opened on purpose to callers of that name, and several "
        "identity pools have some: whose are meant the templates do not say"
    )
    return replace(finding, status=Status.UNDECIDED, request=None, story=story)


def replay(request: Request, caller: Caller, model: Model) -> Verdict:
    """Decide a caller's concrete request with the evaluator, which shares no code with the engines' matching."""
    return caller.verdict(request, _holder_of(request.resource, model))


def _holder_of(resource: str, model: Model) -> Holder | None:
    found = (each for each in model.holders if resource == each.arn or resource.startswith(each.before))
    return next(found, None)


def _forged(place: Place, owner: Owner, caller: Caller) -> Finding:
    return Finding(
        question=Question.OTHERS_DATA,
        status=Status.COUNTEREXAMPLE,
        caller=str(caller),
        subject=place.name,
        engines=(AUTOMATA,),
        story=f"{caller} can become the owner of any {place.name} by {owner.key}: {owner.forged}",
    )
